import Domain
import Inventory
import Layout

/// The policies and roles that a repository holds, for the judge.
struct RepositoryPolicies {
    let tree: RepositoryTree
    private let cluster: ClusterName
    private var files: [String: File] = [:]
    /// Files that could not be judged.
    private(set) var unreadable: [String] = []

    private struct File {
        let policies: [NetworkPolicy]
        let grants: AccessGrants
    }

    init(_ tree: RepositoryTree, cluster: ClusterName) {
        self.tree = tree
        self.cluster = cluster
        for path in tree.files.keys.sorted() { read(path) }
    }

    /// The policies with files changed; only these are read again.
    func applying(_ changes: [FileChange]) -> RepositoryPolicies {
        var changed = RepositoryPolicies(tree: tree.applying(changes), cluster: cluster, files: files)
        changed.unreadable = unreadable
        for change in changes {
            changed.files[change.path] = nil
            changed.read(change.path)
        }
        return changed
    }

    private init(tree: RepositoryTree, cluster: ClusterName, files: [String: File]) {
        self.tree = tree
        self.cluster = cluster
        self.files = files
    }

    private mutating func read(_ path: String) {
        switch RepositoryManifests.read(path, of: tree) {
        case nil: return
        case .unreadable: unreadable.append(path)
        case .objects(let list):
            let objects = ObjectReader.read(list, cluster: cluster, file: path).objects
            let (inventory, _) = InventoryBuilder.build(cluster: cluster, objects: objects)
            files[path] = File(policies: inventory.networkPolicies, grants: inventory.grants)
        }
    }

    var policies: [NetworkPolicy] { sorted.flatMap(\.policies) }

    var grants: AccessGrants {
        AccessGrants(roles: sorted.flatMap(\.grants.roles), bindings: sorted.flatMap(\.grants.bindings))
    }

    private var sorted: [File] { files.sorted { $0.key < $1.key }.map(\.value) }

    func policy(_ namespace: Namespace, _ name: String) -> NetworkPolicy? {
        policies.first { $0.namespace == namespace && $0.name == name }
    }

    /// Roles and bindings of the same names as the given ones.
    func grants(named wanted: AccessGrants) -> AccessGrants {
        let roles = Set(wanted.roles.map { "\($0.namespace)/\($0.name)" })
        let bindings = Set(wanted.bindings.map { "\($0.namespace)/\($0.name)" })
        let present = grants
        return AccessGrants(
            roles: present.roles.filter { roles.contains("\($0.namespace)/\($0.name)") },
            bindings: present.bindings.filter { bindings.contains("\($0.namespace)/\($0.name)") })
    }
}
