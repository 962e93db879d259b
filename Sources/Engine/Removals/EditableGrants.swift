import Domain
import Layout
import RBACLearner

/// The roles and bindings of a repository that stand in files people write, each in one place that is applied once.
///
/// What stands in two places, such as overlays of two clusters, is one thing here and another there; what two overlays
/// share may be used where nobody looked. An object whose namespace is not known is none of the cluster's.
struct EditableGrants {
    let roles: [RoleKey: RBACManifest]
    let bindings: [BindingKey: RBACManifest]

    init(_ tree: RepositoryTree) {
        let all = RBACManifest.locate(in: tree).filter { $0.isClusterScoped == ($0.namespace == .clusterScope) }
        let deliveries = Deliveries(tree)
        roles = Self.single(all.filter(\.isRole), deliveries) { RoleKey(namespace: $0.namespace, name: $0.name) }
        bindings = Self.single(all.filter { !$0.isRole }, deliveries) {
            BindingKey(namespace: $0.namespace, name: $0.name)
        }
    }

    private static func single<Key: Hashable>(
        _ manifests: [RBACManifest], _ deliveries: Deliveries, by key: (RBACManifest) -> Key
    ) -> [Key: RBACManifest] {
        Dictionary(grouping: manifests, by: key).compactMapValues { places in
            places.count == 1 && !deliveries.share(places[0].path) ? places[0] : nil
        }
    }
}

extension RBACManifest {
    fileprivate var isRole: Bool { kind == .role || kind == .clusterRole }
    fileprivate var isClusterScoped: Bool { kind == .clusterRole || kind == .clusterRoleBinding }
}
