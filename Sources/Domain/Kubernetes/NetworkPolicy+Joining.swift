/// Peers that differ in one label's value, as one peer; and back.
///
/// A selector that wants `key In (a, b)` selects what the selectors `key: a` and `key: b` select together, and nothing else
/// (API reference, LabelSelectorRequirement), so that neither way widens or narrows a rule.
extension NetworkPolicy.Peer {
    /// From so many on, peers are joined: fewer read better one by one.
    private static let fewestJoined = 4

    /// Peers of one namespace with the same label keys, and the same values but for one key.
    private struct Family: Hashable {
        let namespaces: LabelSelector?
        let key: String
        let rest: Labels

        func peer(_ values: [String]) -> NetworkPolicy.Peer {
            .pods(
                podSelector: LabelSelector(
                    matchLabels: rest, matchExpressions: [.init(key: key, operator: .in, values: values)]),
                namespaceSelector: namespaces)
        }
    }

    /// The same peers in fewer words: the largest family first, each where its first member stood.
    ///
    /// A peer may belong to a family by each of its labels. Same peers in the same order give the same result.
    package static func joined(_ peers: [NetworkPolicy.Peer]) -> [NetworkPolicy.Peer] {
        guard peers.count >= fewestJoined else { return peers }
        let families = Self.families(of: peers).filter { $0.value.count >= fewestJoined }
            .sorted { left, right in
                (right.value.count, left.value[0], left.key.key) < (left.value.count, right.value[0], right.key.key)
            }
        var written: [NetworkPolicy.Peer?] = peers
        var taken: Set<Int> = []
        for (family, members) in families {
            let free = members.filter { !taken.contains($0) }
            let values = Set(free.compactMap { peers[$0].plainLabels?[family.key] }).sorted()
            guard values.count >= fewestJoined else { continue }
            for member in free { written[member] = nil }
            written[free[0]] = family.peer(values)
            taken.formUnion(free)
        }
        return written.compactMap(\.self)
    }

    private static func families(of peers: [NetworkPolicy.Peer]) -> [Family: [Int]] {
        var members: [Family: [Int]] = [:]
        for (position, peer) in peers.enumerated() {
            guard case .pods(_, let namespaces) = peer, let labels = peer.plainLabels else { continue }
            for key in labels.keys {
                var rest = labels
                rest[key] = nil
                members[Family(namespaces: namespaces, key: key, rest: rest), default: []].append(position)
            }
        }
        return members
    }

    /// The labels of pods that are selected by labels alone; nil for other peers.
    private var plainLabels: Labels? {
        guard case .pods(let pods?, _) = self, pods.matchExpressions.isEmpty else { return nil }
        return pods.matchLabels
    }

    /// A peer for each value of its list, selected by labels alone; itself where it has no list, or more beside it.
    package var separated: [NetworkPolicy.Peer] {
        guard case .pods(let pods?, let namespaces) = self, pods.matchExpressions.count == 1,
            let list = pods.matchExpressions.first, list.operator == .in, !list.values.isEmpty,
            pods.matchLabels[list.key] == nil
        else { return [self] }
        return Set(list.values).sorted().map { value in
            var labels = pods.matchLabels
            labels[list.key] = value
            return .pods(podSelector: LabelSelector(matchLabels: labels), namespaceSelector: namespaces)
        }
    }
}
