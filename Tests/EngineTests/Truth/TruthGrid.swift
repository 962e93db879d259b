import Domain

/// Everybody and every port that a case names, and where two sets of policies differ on it.
///
/// A cell is one subject, direction, other side and port, and says what the policies on the subject do with it. Texts:
/// `+ web -> db TCP/5432` is allowed by what was learned and not by the golden, `-` the other way round; `<-` is
/// ingress. Where only one of both isolates a direction its cells say nothing: `+ web egress` is open in what was
/// learned and isolated by the golden, `-` the other way round.
struct TruthGrid {
    let parties: [TruthParty]
    let ports: [TruthPort]
    let directions: [TruthPolicy.Direction]

    /// The grid of a case: its own parties and ports, those that either side's policies name, and strangers.
    init(
        parties own: [TruthParty], ports: Set<TruthPort>, directions: [TruthPolicy.Direction], golden: TruthReach,
        learned: TruthReach
    ) {
        var parties = own
        func add(_ party: TruthParty) {
            let isKnown = parties.contains {
                party.namespace == nil
                    ? $0.address == party.address : $0.namespace == party.namespace && $0.labels == party.labels
            }
            if !isKnown { parties.append(party) }
        }
        add(.resolver)
        golden.named.forEach(add)
        learned.named.filter { $0.namespace == nil }.forEach(add)
        for namespace in Set(parties.compactMap(\.namespace)).sorted() { add(.bystander(in: namespace)) }
        add(.stranger)
        self.parties = parties
        self.ports = ports.union(golden.ports).union(learned.ports).union([.unnamed]).sorted()
        self.directions = directions
    }

    func differences(learned: TruthReach, golden: TruthReach) -> Set<String> {
        var found: Set<String> = []
        for subject in parties where subject.namespace != nil {
            for direction in directions {
                found.formUnion(differences(of: subject, direction, learned, golden))
            }
        }
        return found
    }

    private func differences(
        of subject: TruthParty, _ direction: TruthPolicy.Direction, _ learned: TruthReach, _ golden: TruthReach
    ) -> [String] {
        let isIsolated = learned.isolates(subject, direction)
        guard isIsolated == golden.isolates(subject, direction) else {
            return ["\(isIsolated ? "-" : "+") \(subject.name) \(direction)"]
        }
        let arrow = direction == .egress ? "->" : "<-"
        return parties.flatMap { other in
            ports.compactMap { port in
                let isLearned = learned.allows(subject, direction, other, port)
                guard isLearned != golden.allows(subject, direction, other, port) else { return nil }
                return "\(isLearned ? "+" : "-") \(subject.name) \(arrow) \(other.name) \(port)"
            }
        }
    }
}

extension TruthReach {
    /// Whom the policies name, each as somebody who has just what the policy asks for.
    fileprivate var named: [TruthParty] {
        policies.flatMap { policy in
            [Self.pod(policy.namespace, policy.subject)].compactMap { $0 }
                + policy.rules.values.flatMap { $0 }.compactMap(\.peers).flatMap { $0 }.flatMap(Self.parties)
        }
    }

    fileprivate var ports: Set<TruthPort> {
        let rules = policies.flatMap { $0.rules.values.flatMap { $0 } }
        return Set(
            rules.compactMap(\.ports).flatMap { $0 }.flatMap { range in
                [range.first, range.last].map { TruthPort(protocol: range.protocol, number: $0) }
            })
    }

    private static func parties(_ peer: TruthPolicy.Peer) -> [TruthParty] {
        switch peer {
        case .pods(let selector, let namespace):
            return [pod(namespace, selector)].compactMap { $0 }
        case .podsAnywhere(let selector, let namespaces):
            guard let name = namespaces.matchLabels["kubernetes.io/metadata.name"] else { return [] }
            let namespace = Namespace(name)
            return [selector.isEmpty ? .bystander(in: namespace) : pod(namespace, selector)].compactMap { $0 }
        case .block(let range, _):
            // A range's own address, and one that nobody used where it is more than a host.
            let other = IPAddress(high: range.address.high, low: range.address.low | 0x2A)
            let last = range.address.isIPv4 ? IPAddress(ipv4: UInt32(truncatingIfNeeded: other.low)) : other
            return (range.contains(last) ? [range.address, last] : [range.address]).map { .outside($0) }
        case .name(let name):
            return [.elsewhere(name)]
        case .entity(let name):
            return [NetworkEntity(rawValue: name)].compactMap { $0 }.map { .elsewhere($0) }
        case .service:
            return []
        }
    }

    private static func pod(_ namespace: Namespace, _ selector: LabelSelector) -> TruthParty? {
        var labels = selector.matchLabels
        for requirement in selector.matchExpressions where requirement.operator == .in {
            labels[requirement.key] = requirement.values.first
        }
        guard !labels.isEmpty else { return nil }
        let text = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        return .pod(namespace.rawValue, "only \(text)", labels)
    }
}
