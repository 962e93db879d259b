package import Domain
import Yams

/// Where a Role, ClusterRole, RoleBinding or ClusterRoleBinding stands in people's plain YAML.
package struct RBACManifest: Hashable, Sendable {
    package let path: String
    /// The document's position in the file, from 0.
    package let document: Int
    /// The position in the `items` of a List; nil for a document of its own.
    package let item: Int?
    package let kind: Kind
    /// As `RepositoryManifests` resolves it; the cluster scope for cluster kinds, and where neither file nor
    /// kustomization says one.
    package let namespace: Namespace
    package let name: String

    /// The kinds of RBAC, by their Kubernetes names.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case role = "Role"
        case clusterRole = "ClusterRole"
        case roleBinding = "RoleBinding"
        case clusterRoleBinding = "ClusterRoleBinding"

        /// The key of the list that such an object is about.
        var listKey: String { self == .role || self == .clusterRole ? "rules" : "subjects" }
        var isClusterScoped: Bool { self == .clusterRole || self == .clusterRoleBinding }
    }

    package init(path: String, document: Int, item: Int? = nil, kind: Kind, namespace: Namespace, name: String) {
        self.path = path
        self.document = document
        self.item = item
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    /// All of the tree, sorted by path and position.
    package static func locate(in tree: RepositoryTree) -> [RBACManifest] {
        tree.files.keys.sorted().flatMap { locate(in: $0, of: tree) }
    }

    /// Those in one file. What cannot be edited is left out: templates (`{{`, `${`), JSON, what Leastwise wrote, what is
    /// no YAML, and objects that stand inside others, such as a ConfigMap's data.
    package static func locate(in path: String, of tree: RepositoryTree) -> [RBACManifest] {
        guard RepositoryManifests.isManifest(path), let text = tree.text(path), text.contains(group),
            let manifest = try? ManifestText(text, path: path)
        else { return [] }
        let namespace = RepositoryManifests.namespace(for: path, tree).map { Namespace($0) }
        return manifest.documents.enumerated().flatMap { number, node -> [RBACManifest] in
            guard let root = node.mapping, manifest.isBlock(node) else { return [] }
            guard isList(root), let items = root["items"] else {
                return [read(root, path, number, nil, namespace)].compactMap { $0 }
            }
            guard manifest.isBlock(items), let items = items.sequence else { return [] }
            return items.enumerated().compactMap { index, node in
                guard let item = node.mapping, manifest.isBlock(node) else { return nil }
                return read(item, path, number, index, namespace)
            }
        }
    }

    private static let group = "rbac.authorization.k8s.io"

    static func isList(_ root: Yams.Node.Mapping) -> Bool { root["kind"]?.string?.hasSuffix("List") ?? false }

    private static func read(
        _ object: Yams.Node.Mapping, _ path: String, _ document: Int, _ item: Int?, _ forced: Namespace?
    ) -> RBACManifest? {
        guard let kind = Self.kind(of: object), let name = Self.name(of: object) else { return nil }
        let own = object["metadata"]?.mapping?["namespace"]?.scalar?.string ?? ""
        guard !name.isEmpty, !"\(name)\(own)".contains("${") else { return nil }
        return RBACManifest(
            path: path, document: document, item: item, kind: kind,
            namespace: kind.isClusterScoped ? .clusterScope : forced ?? Namespace(own), name: name)
    }

    static func kind(of object: Yams.Node.Mapping) -> Kind? {
        guard object["apiVersion"]?.scalar?.string.hasPrefix(group + "/") ?? false else { return nil }
        return object["kind"]?.scalar.flatMap { Kind(rawValue: $0.string) }
    }

    static func name(of object: Yams.Node.Mapping) -> String? { object["metadata"]?.mapping?["name"]?.scalar?.string }
}
