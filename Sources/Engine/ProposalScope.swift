import Domain

/// What one pull request covers.
package struct ProposalScope: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Stable and safe in a branch name: `shop`, `shop-deployment-web`, `cluster`.
    package let key: String
    /// In words: `namespace shop`.
    package let description: String

    package static func < (left: Self, right: Self) -> Bool { left.key < right.key }

    /// What closes a namespace. The point is in no namespace's name (RFC 1123), nor `default-deny` in a file's.
    static func defaultDeny(of namespace: Namespace) -> ProposalScope {
        ProposalScope(
            key: GeneratedName.object("\(namespace).\(DefaultDeny.name)"),
            description: "default-deny of namespace \(namespace)"
        )
    }

    /// How proposals are grouped.
    package enum Grouping: String, Sendable {
        case namespace, workload, cluster
    }

    /// The items of each scope, in order.
    package static func group(
        _ items: [ProposedItem], by grouping: Grouping
    ) -> [(scope: ProposalScope, items: [ProposedItem])] {
        Dictionary(grouping: items) { scope(of: $0, grouping) }
            .sorted { $0.key < $1.key }
            .map { ($0.key, $0.value.sorted { ($0.namespace, $0.fileName) < ($1.namespace, $1.fileName) }) }
    }

    private static func scope(of item: ProposedItem, _ grouping: Grouping) -> ProposalScope {
        switch grouping {
        case .cluster:
            return ProposalScope(key: "cluster", description: "the cluster")
        case .namespace where item.namespace == .clusterScope:
            // No namespace can have this name: an underscore is not allowed in one (RFC 1123).
            return ProposalScope(key: "_cluster", description: "users and groups of the cluster")
        case .namespace:
            return ProposalScope(
                key: GeneratedName.object(item.namespace.rawValue), description: "namespace \(item.namespace)")
        case .workload:
            // The point is in no namespace's name, so that no two pairs share a key.
            let stem = item.fileName.hasSuffix(".yaml") ? String(item.fileName.dropLast(5)) : item.fileName
            return ProposalScope(key: GeneratedName.object("\(item.namespace).\(stem)"), description: item.title)
        }
    }
}
