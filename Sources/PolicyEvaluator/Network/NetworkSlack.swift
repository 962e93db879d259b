package import Domain

/// What a policy set allows among given parties beyond what was observed.
package struct NetworkSlack: Hashable, Sendable {
    /// All cells that the policies allow.
    package let allowed: Int
    /// Allowed cells that were not observed.
    package let unobserved: Int
    /// The first unobserved cells, in order of probe, destination and source.
    package let examples: [ConnectionCell]
    /// The same of each party, in the order of the parties.
    package let byParty: [PartySlack]
}

/// What a policy set allows one party among the others.
package struct PartySlack: Hashable, Sendable {
    /// Cells with the party as their destination, and those of them that were not observed.
    package fileprivate(set) var incoming = 0
    package fileprivate(set) var unobservedIncoming = 0
    /// Cells with the party as their source, and those of them that were not observed.
    package fileprivate(set) var outgoing = 0
    package fileprivate(set) var unobservedOutgoing = 0
    /// The first unobserved cells with the party as their destination, three at most.
    package fileprivate(set) var examples: [ConnectionCell] = []

    package init() {}

    fileprivate static let mostExamples = 3
}

/// A port that slack is computed for.
package struct PortProbe: Hashable, Sendable {
    package let `protocol`: NetworkProtocol
    package let port: Port

    package init(protocol: NetworkProtocol, port: Port) {
        self.protocol = `protocol`
        self.port = port
    }
}

/// One possible connection: positions in the lists of parties and probes that slack is computed over.
package struct ConnectionCell: Hashable, Sendable {
    package let source: Int
    package let destination: Int
    package let probe: Int

    package init(source: Int, destination: Int, probe: Int) {
        self.source = source
        self.destination = destination
        self.probe = probe
    }
}

extension NetworkEvaluator {
    /// Counts the cells (source, destination, probe) that are allowed and not observed; examples stop at a maximum.
    ///
    /// Left out is what no policy decides: a party to itself, two ends that no policy can select, ICMP probes, and the
    /// exemption of a pod's own node. Unobserved cells of pods that nothing isolates count. Costs grow with
    /// probes × (rules + parties × matching peers) × parties / 64.
    package func slack(
        parties: [NetworkParty], probes: [PortProbe], observed: Set<ConnectionCell>, maximumExamples: Int = 100
    ) -> NetworkSlack {
        let sweep = SlackSweep(evaluator: self, parties: parties)
        var seen: [[Int]: [Int]] = [:]
        for cell in observed where parties.indices.contains(cell.source) {
            seen[[cell.probe, cell.destination], default: []].append(cell.source)
        }
        var allowed = 0
        var unobserved = 0
        var examples: [ConnectionCell] = []
        var counts = PartyCounts(parties.count)
        for (number, probe) in probes.enumerated() where probe.protocol.hasPorts {
            sweep.forEachDestination(probe) { destination, sources in
                var rest = sources
                for source in seen[[number, destination]] ?? [] { rest.remove(source) }
                allowed += sources.count
                unobserved += rest.count
                counts.add(sources, rest, ConnectionCell(source: 0, destination: destination, probe: number))
                guard examples.count < maximumExamples else { return }
                examples += rest.indices.prefix(maximumExamples - examples.count).map {
                    ConnectionCell(source: $0, destination: destination, probe: number)
                }
            }
        }
        return NetworkSlack(
            allowed: allowed, unobserved: unobserved, examples: examples, byParty: counts.byParty())
    }
}

/// Counts of cells by party.
private struct PartyCounts {
    private var parties: [PartySlack]
    /// Sets of many sources, how often each occurred: open directions let the same ones through to one destination after
    /// the other, so that their members are counted once for all of these.
    private var wide: [PartyMask: Int] = [:]
    private var wideUnobserved: [PartyMask: Int] = [:]

    private static let widest = 256

    init(_ count: Int) { parties = Array(repeating: PartySlack(), count: count) }

    /// Adds the sources that reach a destination at a probe, and those of them that were not observed to.
    mutating func add(_ sources: PartyMask, _ unobserved: PartyMask, _ cell: ConnectionCell) {
        let (all, rest) = (sources.count, unobserved.count)
        parties[cell.destination].incoming += all
        parties[cell.destination].unobservedIncoming += rest
        if all > Self.widest {
            wide[sources, default: 0] += 1
        } else if all > 0 {
            sources.forEach { parties[$0].outgoing += 1 }
        }
        guard rest > 0 else { return }
        if rest > Self.widest {
            wideUnobserved[unobserved, default: 0] += 1
        } else {
            unobserved.forEach { parties[$0].unobservedOutgoing += 1 }
        }
        let missing = PartySlack.mostExamples - parties[cell.destination].examples.count
        guard missing > 0 else { return }
        parties[cell.destination].examples += unobserved.indices.prefix(missing).map {
            ConnectionCell(source: $0, destination: cell.destination, probe: cell.probe)
        }
    }

    func byParty() -> [PartySlack] {
        var result = parties
        for (mask, times) in wide { mask.forEach { result[$0].outgoing += times } }
        for (mask, times) in wideUnobserved { mask.forEach { result[$0].unobservedOutgoing += times } }
        return result
    }
}
