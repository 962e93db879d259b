package import Domain

/// What a policy set allows among given parties beyond what was observed.
package struct NetworkSlack: Hashable, Sendable {
    /// All cells that the policies allow.
    package let allowed: Int
    /// Allowed cells that were not observed.
    package let unobserved: Int
    /// The first unobserved cells, in order of probe, destination and source.
    package let examples: [ConnectionCell]
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
        for (number, probe) in probes.enumerated() where probe.protocol.hasPorts {
            sweep.forEachDestination(probe) { destination, sources in
                var rest = sources
                for source in seen[[number, destination]] ?? [] { rest.remove(source) }
                allowed += sources.count
                unobserved += rest.count
                guard examples.count < maximumExamples else { return }
                examples += rest.indices.prefix(maximumExamples - examples.count).map {
                    ConnectionCell(source: $0, destination: destination, probe: number)
                }
            }
        }
        return NetworkSlack(allowed: allowed, unobserved: unobserved, examples: examples)
    }
}
