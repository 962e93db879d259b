import Domain
import Inventory
import Layout

/// The policies and roles that a repository holds, for the judge, and its workloads.
struct RepositoryObjects {
    let tree: RepositoryTree
    private let cluster: ClusterName
    private var files: [String: File] = [:]
    /// Files that could not be judged.
    private(set) var unreadable: [String] = []

    private struct File {
        let policies: [NetworkPolicy]
        let grants: AccessGrants
        let workloads: [Workload]
        /// Policies that are not judged, each with the reason.
        let notes: [String]
    }

    init(_ tree: RepositoryTree, cluster: ClusterName) {
        self.tree = tree
        self.cluster = cluster
        for path in tree.files.keys.sorted() { read(path) }
    }

    /// The policies with files changed; only these are read again.
    func applying(_ changes: [FileChange]) -> RepositoryObjects {
        var changed = RepositoryObjects(tree: tree.applying(changes), cluster: cluster, files: files)
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
            let output = ObjectReader.read(list, cluster: cluster, file: path)
            let (inventory, notes) = InventoryBuilder.build(cluster: cluster, objects: output.objects)
            let problems =
                notes.map { (object: $0.object, problem: $0.problem) }
                + output.diagnostics.map { (object: $0.excerpt, problem: $0.kind.rawValue) }
            files[path] = File(
                policies: inventory.networkPolicies, grants: inventory.grants, workloads: inventory.workloads,
                notes: problems.filter { $0.object.contains("NetworkPolicy") }.map {
                    "\(path): \($0.object) is not judged: \($0.problem)"
                })
        }
    }

    var policies: [NetworkPolicy] { sorted.flatMap(\.policies) }

    /// What learning depends on.
    var declarations: RepositoryDeclarations {
        RepositoryDeclarations(workloads: sorted.flatMap(\.workloads), policies: policies)
    }

    /// What could not be judged, in words.
    var notes: [String] {
        sorted.flatMap(\.notes) + unreadable.map { "\($0) is a template or no YAML: not judged" }
    }

    var grants: AccessGrants {
        AccessGrants(roles: sorted.flatMap(\.grants.roles), bindings: sorted.flatMap(\.grants.bindings))
    }

    private var sorted: [File] { files.sorted { $0.key < $1.key }.map(\.value) }

    /// The policy of the same name, of the same dialect where there are several.
    func policy(like wanted: NetworkPolicy) -> NetworkPolicy? {
        let present = policies.filter { $0.namespace == wanted.namespace && $0.name == wanted.name }
        return present.first { $0.dialect == wanted.dialect } ?? present.first
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
