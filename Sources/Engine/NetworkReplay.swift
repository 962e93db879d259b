import Domain
import NetworkLearner
import PolicyEvaluator

/// Replays learned connections against policies, with the evaluator as the judge.
///
/// A workload stands for its pods: its template, and some of its pods, each with all labels that it has.
struct NetworkReplay {
    private let parties: PartyDirectory

    init(parties: PartyDirectory) {
        self.parties = parties
    }

    /// A connection that policies deny, and by whom.
    struct Denied: Hashable {
        let connection: LearnedConnection
        /// The isolating policies, or why there is nothing to judge by.
        let by: [String]
    }

    struct Outcome {
        var allowed: Set<LearnedConnection> = []
        var denied: [Denied] = []
    }

    /// Judges every connection: it counts as allowed only if it is for every pair of pods.
    func run(_ connections: LearnedConnections, policies: [NetworkPolicy]) -> Outcome {
        let evaluator = parties.evaluator(policies)
        var outcome = Outcome()
        for connection in connections {
            if let denied = denial(connection, evaluator) {
                outcome.denied.append(denied)
            } else {
                outcome.allowed.insert(connection)
            }
        }
        return outcome
    }

    private func denial(_ connection: LearnedConnection, _ evaluator: NetworkEvaluator) -> Denied? {
        let sources = parties.parties(for: connection.source)
        let destinations = parties.parties(for: connection.destination)
        // What cannot be judged must not pass for allowed.
        guard !sources.isEmpty, !destinations.isEmpty else {
            return Denied(connection: connection, by: ["nobody: no pod is known to judge it by"])
        }
        for source in sources {
            for destination in destinations {
                let attempt = ConnectionAttempt(
                    source: source, destination: destination, protocol: connection.protocol, port: connection.port)
                // Reasons cost more than the answer, and are asked for where it is no.
                if evaluator.isAllowed(attempt) { continue }
                switch evaluator.verdict(attempt) {
                case .allowed: continue
                case .denied(let denials):
                    return Denied(connection: connection, by: denials.flatMap(\.policies).map(\.description))
                case .notExpressible:
                    return Denied(connection: connection, by: ["nobody: the protocol is none that a policy can name"])
                }
            }
        }
        return nil
    }
}
