import Domain
import PolicyEvaluator

/// The definition of NetworkPolicy written down without any index: slow, and plain to check against the text.
struct DirectOracle {
    let policies: [NetworkPolicy]
    let namespaces: [Namespace: Labels]

    func allows(_ attempt: ConnectionAttempt) -> Bool {
        passes(.egress, attempt.source, attempt.destination, attempt)
            && passes(.ingress, attempt.destination, attempt.source, attempt)
    }

    private func isPod(_ party: NetworkParty) -> Bool { party.namespace != nil && !party.isHostNetwork }

    private func passes(
        _ direction: NetworkPolicy.PolicyType, _ subject: NetworkParty, _ peer: NetworkParty,
        _ attempt: ConnectionAttempt
    ) -> Bool {
        guard isPod(subject) else { return true }
        let isolating = policies.filter { policy in
            let types =
                policy.policyTypes.isEmpty
                ? (policy.egress.isEmpty ? [.ingress] : [.ingress, .egress]) : policy.policyTypes
            return policy.namespace == subject.namespace && selects(policy.podSelector, subject.labels)
                && types.contains(direction)
        }
        return isolating.isEmpty
            || isolating.contains { policy in
                (direction == .ingress ? policy.ingress : policy.egress).contains { rule in
                    (rule.ports.isEmpty || rule.ports.contains { holds($0, attempt) })
                        && (rule.peers.isEmpty || rule.peers.contains { holds($0, peer, policy.namespace) })
                }
            }
    }

    private func holds(_ port: NetworkPolicy.PolicyPort, _ attempt: ConnectionAttempt) -> Bool {
        guard port.protocol == attempt.protocol else { return false }
        switch port.port {
        case nil: return true
        case .number(let number):
            return (number.rawValue...(port.endPort ?? number).rawValue).contains(attempt.port.rawValue)
        case .name(let name):
            let declared = ContainerPort(name: name, number: attempt.port, protocol: attempt.protocol)
            return isPod(attempt.destination) && attempt.destination.ports.contains(declared)
        }
    }

    private func holds(_ peer: NetworkPolicy.Peer, _ party: NetworkParty, _ home: Namespace) -> Bool {
        switch peer {
        case .ipBlock(let range, let except):
            return party.addresses.contains { address in
                range.contains(address) && !except.contains { $0.contains(address) }
            }
        case .entity, .name: return false
        case .pods(let pods, let spaces):
            guard isPod(party), let namespace = party.namespace else { return false }
            let named = (namespaces[namespace] ?? [:]).merging(["kubernetes.io/metadata.name": "\(namespace)"]) { $1 }
            let inSpace = spaces.map { selects($0, named) } ?? (pods != nil && namespace == home)
            return inSpace && (pods.map { selects($0, party.labels) } ?? true)
        }
    }

    private func selects(_ selector: LabelSelector, _ labels: Labels) -> Bool {
        let equal = selector.matchLabels.filter { labels[$0.key] == $0.value }.count == selector.matchLabels.count
        return equal
            && selector.matchExpressions.filter { expression in
                let present = labels.keys.contains(expression.key)
                let listed = expression.values.contains { labels[expression.key] == $0 }
                return switch expression.operator {
                case .in: listed
                case .notIn: !listed
                case .exists: present
                case .doesNotExist: !present
                }
            }.count == selector.matchExpressions.count
    }
}
