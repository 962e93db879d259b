package import Domain
import NetworkLearner
import PolicyEvaluator

/// What policies allow between workloads that was never observed.
package struct NetworkSlackReport: Hashable, Sendable {
    /// Cells of source workload, destination workload, protocol and port.
    package let unobserved: Int
    /// The first of them in words.
    package let examples: [String]
    /// The same for each workload of the scope.
    package let byWorkload: [WorkloadID: WorkloadSlack]

    package static let none = NetworkSlackReport(unobserved: 0, examples: [])

    package init(unobserved: Int, examples: [String], byWorkload: [WorkloadID: WorkloadSlack] = [:]) {
        self.unobserved = unobserved
        self.examples = examples
        self.byWorkload = byWorkload
    }
}

/// What policies allow one workload with the others, over the ports on which any of them was seen.
package struct WorkloadSlack: Hashable, Sendable, Encodable {
    /// Connections (other workload, protocol, port) that are allowed to it.
    package let allowedIncoming: Int
    /// Of these, connections that were never observed.
    package let unobservedIncoming: Int
    package let allowedOutgoing: Int
    package let unobservedOutgoing: Int
    /// What lets in those that were never observed, for a few of them; sorted.
    package let reasons: [String]
}

extension NetworkReplay {
    /// Counts what the policies allow among all workloads, over the ports on which any of them was seen.
    ///
    /// Only cells with a source or a destination in `scope` count, so that a proposal shows its own slack.
    static func slack(
        of scope: Set<WorkloadID>, learned: LearnedConnections, policies: [NetworkPolicy], parties: PartyDirectory
    ) -> NetworkSlackReport {
        let all = Set(learned.flatMap { [$0.source.workload, $0.destination.workload].compactMap { $0 } }).sorted()
        let evaluator = parties.evaluator(policies)
        let grid = SlackGrid(workloads: all, learned: learned)
        let whole = grid.slack(evaluator, parties)
        let others = all.filter { !scope.contains($0) }
        let elsewhere =
            others.isEmpty
            ? 0
            : SlackGrid(workloads: others, probes: grid.probes, learned: learned).slack(evaluator, parties).unobserved
        let own = whole.examples.filter { scope.contains(all[$0.source]) || scope.contains(all[$0.destination]) }
        let byWorkload = zip(all, whole.byParty).filter { scope.contains($0.0) }.map { id, slack in
            (id, grid.slack(slack, evaluator, parties))
        }
        return NetworkSlackReport(
            unobserved: whole.unobserved - elsewhere,
            examples: grid.reasons(for: own, evaluator, parties),
            byWorkload: Dictionary(uniqueKeysWithValues: byWorkload))
    }
}

/// Workloads and ports over which slack is counted, and the cells that were observed.
private struct SlackGrid {
    let workloads: [WorkloadID]
    let probes: [PortProbe]
    private var observed: Set<ConnectionCell> = []

    init(workloads: [WorkloadID], probes: [PortProbe]? = nil, learned: LearnedConnections) {
        self.workloads = workloads
        let seen = Set(learned.map { PortProbe(protocol: $0.protocol, port: $0.port) })
        self.probes = probes ?? seen.sorted { ($0.protocol, $0.port) < ($1.protocol, $1.port) }
        let numbers = Dictionary(uniqueKeysWithValues: workloads.enumerated().map { ($1, $0) })
        let places = Dictionary(uniqueKeysWithValues: self.probes.enumerated().map { ($1, $0) })
        for connection in learned {
            guard let source = connection.source.workload.flatMap({ numbers[$0] }),
                let destination = connection.destination.workload.flatMap({ numbers[$0] }),
                let probe = places[PortProbe(protocol: connection.protocol, port: connection.port)]
            else { continue }
            observed.insert(ConnectionCell(source: source, destination: destination, probe: probe))
        }
    }

    func slack(_ evaluator: NetworkEvaluator, _ parties: PartyDirectory) -> NetworkSlack {
        evaluator.slack(
            parties: parties.representatives(of: workloads), probes: probes, observed: observed,
            maximumExamples: 10_000)
    }

    /// One workload's slack with its reasons in words.
    func slack(_ party: PartySlack, _ evaluator: NetworkEvaluator, _ parties: PartyDirectory) -> WorkloadSlack {
        let reasons = party.examples.map { cell in
            let ends = parties.representatives(of: [workloads[cell.source], workloads[cell.destination]])
            let probe = probes[cell.probe]
            return Self.reason(
                evaluator.verdict(
                    ConnectionAttempt(
                        source: ends[0], destination: ends[1], protocol: probe.protocol, port: probe.port)))
        }
        return WorkloadSlack(
            allowedIncoming: party.incoming, unobservedIncoming: party.unobservedIncoming,
            allowedOutgoing: party.outgoing, unobservedOutgoing: party.unobservedOutgoing,
            reasons: Set(reasons).sorted())
    }

    /// At most so many lines explain slack.
    private static let shownReasons = 20

    /// The cells in words, those with one destination and one reason in one line; the largest first.
    func reasons(for cells: [ConnectionCell], _ evaluator: NetworkEvaluator, _ parties: PartyDirectory) -> [String] {
        let pods = parties.representatives(of: workloads)
        var groups: [Reason: [ConnectionCell]] = [:]
        for cell in cells {
            let probe = probes[cell.probe]
            let attempt = ConnectionAttempt(
                source: pods[cell.source], destination: pods[cell.destination], protocol: probe.protocol,
                port: probe.port)
            let reason = Reason(destination: workloads[cell.destination], text: Self.reason(evaluator.verdict(attempt)))
            groups[reason, default: []].append(cell)
        }
        let ordered = groups.sorted {
            ($1.value.count, $0.key.destination, $0.key.text) < ($0.value.count, $1.key.destination, $1.key.text)
        }
        return ordered.prefix(Self.shownReasons).map { reason, cells in
            let sources = Set(cells.map(\.source)).sorted()
            let ports = Set(cells.map(\.probe)).sorted().map { "\(probes[$0].protocol.name)/\(probes[$0].port)" }
            return "\(Self.short(sources.map { workloads[$0].description })) -> \(reason.destination) "
                + "\(Self.short(ports)): \(reason.text)"
        }
    }

    private struct Reason: Hashable {
        let destination: WorkloadID
        let text: String
    }

    /// What lets a connection in.
    private static func reason(_ verdict: NetworkVerdict) -> String {
        guard case .allowed(let egress, let ingress) = verdict else { return "" }
        switch (egress, ingress) {
        case (.rules(let out), .notIsolated): return "incoming traffic is open, outgoing by " + names(out)
        case (_, .rules(let into)): return "let in by " + names(into)
        default: return "no policy isolates either side"
        }
    }

    private static func names(_ rules: [RuleReference]) -> String {
        Set(rules.map(\.policy)).sorted().map(\.description).joined(separator: ", ")
    }

    private static func short(_ words: [String]) -> String {
        words.count <= 3 ? words.joined(separator: ", ") : "\(words[0]) and \(words.count - 1) more"
    }
}
