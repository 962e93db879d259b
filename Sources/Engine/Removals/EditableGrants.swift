import Domain
import Layout
import RBACLearner

/// The roles and bindings of a repository that stand in files people write, each in one place.
struct EditableGrants {
    private(set) var roles: [RoleKey: RBACManifest] = [:]
    private(set) var bindings: [BindingKey: RBACManifest] = [:]

    init(_ tree: RepositoryTree) {
        let all = RBACManifest.locate(in: tree)
        // What stands in two places, such as overlays of two clusters, is one thing here and another there.
        for (key, places) in Dictionary(
            grouping: all.filter(\.isRole), by: { RoleKey(namespace: $0.namespace, name: $0.name) })
        where places.count == 1 {
            roles[key] = places[0]
        }
        for (key, places) in Dictionary(
            grouping: all.filter { !$0.isRole }, by: { BindingKey(namespace: $0.namespace, name: $0.name) })
        where places.count == 1 {
            bindings[key] = places[0]
        }
    }
}

extension RBACManifest {
    fileprivate var isRole: Bool { kind == .role || kind == .clusterRole }
}
