import Domain

/// A policy of any dialect, as far as reachability goes: what goldens and learned policies are both judged as.
///
/// Deliberately apart from the program's own judge: what is compared here must not share its mistakes.
struct TruthPolicy {
    enum Direction: String, CaseIterable {
        case ingress, egress
    }

    let namespace: Namespace
    let subject: LabelSelector
    /// The rules of each isolated direction; a direction that is missing stays open.
    var rules: [Direction: [Rule]] = [:]

    struct Rule {
        /// Nil for everyone.
        var peers: [Peer]?
        /// Nil for every port.
        var ports: [PortRange]?
    }

    struct PortRange: Hashable {
        let `protocol`: NetworkProtocol
        let first: UInt16
        let last: UInt16

        func contains(_ port: TruthPort) -> Bool {
            port.protocol == `protocol` && (first...last).contains(port.number)
        }
    }

    enum Peer {
        /// Pods of one namespace, or of every namespace that the selector matches.
        case pods(LabelSelector, in: Namespace)
        case podsAnywhere(LabelSelector, namespaces: LabelSelector)
        case block(CIDR, except: [CIDR])
        case entity(String)
        case name(String)
        case service(String)
    }

    func selects(_ party: TruthParty) -> Bool {
        party.namespace == namespace && subject.holds(party.labels)
    }
}

extension TruthPolicy.Rule {
    func allows(_ party: TruthParty, _ port: TruthPort) -> Bool {
        (peers?.contains { $0.isMet(by: party) } ?? true) && (ports?.contains { $0.contains(port) } ?? true)
    }
}

extension TruthPolicy.Peer {
    func isMet(by party: TruthParty) -> Bool {
        switch self {
        case .pods(let selector, let namespace): return party.namespace == namespace && selector.holds(party.labels)
        case .podsAnywhere(let selector, let namespaces):
            guard let namespace = party.namespace else { return false }
            // Every namespace carries its own name as a label (KEP-2161).
            return selector.holds(party.labels) && namespaces.holds(["kubernetes.io/metadata.name": namespace.rawValue])
        case .block(let range, let except):
            guard let address = party.address else { return false }
            return range.contains(address) && !except.contains { $0.contains(address) }
        case .entity(let name): return party.entity?.rawValue == name || name == "all"
        case .name(let pattern): return party.hostNames.contains { Self.matches($0[...], pattern[...]) }
        case .service(let name): return party.services.contains(name)
        }
    }

    /// `*` stands for any characters of one label (Cilium documentation, "DNS based").
    private static func matches(_ text: Substring, _ pattern: Substring) -> Bool {
        guard let head = pattern.first else { return text.isEmpty }
        if head == "*" {
            let rest = pattern.dropFirst()
            return matches(text, rest) || (text.first.map { $0 != "." } ?? false) && matches(text.dropFirst(), pattern)
        }
        return text.first == head && matches(text.dropFirst(), pattern.dropFirst())
    }
}

extension LabelSelector {
    func holds(_ labels: Labels) -> Bool {
        matchLabels.allSatisfy { labels[$0.key] == $0.value }
            && matchExpressions.allSatisfy { requirement in
                let value = labels[requirement.key]
                switch requirement.operator {
                case .in: return value.map(requirement.values.contains) ?? false
                case .notIn: return value.map { !requirement.values.contains($0) } ?? true
                case .exists: return value != nil
                case .doesNotExist: return value == nil
                }
            }
    }
}

/// What a set of policies lets through, seen from one side.
struct TruthReach {
    let policies: [TruthPolicy]

    /// True if some policy restricts what the pod does in that direction.
    func isolates(_ party: TruthParty, _ direction: TruthPolicy.Direction) -> Bool {
        policies.contains { $0.rules[direction] != nil && $0.selects(party) }
    }

    /// What the subject's own policies say; those of the other side are another cell.
    func allows(_ subject: TruthParty, _ direction: TruthPolicy.Direction, _ other: TruthParty, _ port: TruthPort)
        -> Bool
    {
        guard isolates(subject, direction) else { return true }
        return policies.contains { policy in
            policy.selects(subject) && (policy.rules[direction]?.contains { $0.allows(other, port) } ?? false)
        }
    }
}
