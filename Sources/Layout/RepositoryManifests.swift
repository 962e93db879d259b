import Foundation

/// The policies, roles and workloads that a file of a repository holds, as JSON objects for the inventory to read.
///
/// Templates (Helm) are not rendered here; such files are named, so that a report can say what was not judged.
package enum RepositoryManifests {
    /// What one file holds.
    package enum Content: Sendable {
        /// A Kubernetes `List`, as JSON.
        case objects([UInt8])
        /// It may hold policies or roles but cannot be read as it stands. Of workloads in such files nothing is known.
        case unreadable
    }

    /// Words of which one is in every manifest with a policy, role or binding.
    private static let policyMarks = ["NetworkPolicy", "rbac.authorization.k8s.io"]
    /// A word of every pod and pod template.
    private static let workloadMark = "containers"

    /// Reads a YAML or JSON file of the tree; nil if it holds no NetworkPolicy, role, binding or workload.
    package static func read(_ path: String, of tree: RepositoryTree) -> Content? {
        guard isManifest(path), let text = tree.text(path) else { return nil }
        let mayHoldPolicies = policyMarks.contains { text.contains($0) }
        guard mayHoldPolicies || text.contains(workloadMark) else { return nil }
        // What Leastwise wrote is no template, whatever the names in it look like.
        let isTemplate = text.contains("{{") && GeneratedFile.origin(of: text) == .foreign
        guard !isTemplate, let documents = documents(text) else { return mayHoldPolicies ? .unreadable : nil }
        let namespace = namespace(for: path, tree)
        let items = documents.flatMap(unpacked).map { placed($0, in: namespace) }
        let root: [String: Any] = ["apiVersion": "v1", "kind": "List", "items": items]
        guard let data = try? JSONSerialization.data(withJSONObject: root, options: [.sortedKeys]) else {
            return .unreadable
        }
        return .objects(Array(data))
    }

    static func isManifest(_ path: String) -> Bool {
        [".yaml", ".yml", ".json"].contains { path.hasSuffix($0) }
    }

    private static func documents(_ text: String) -> [[String: Any]]? {
        JSONForm.documents(text)?.compactMap { $0 as? [String: Any] }
    }

    private static func unpacked(_ document: [String: Any]) -> [[String: Any]] {
        guard let kind = document["kind"] as? String, kind.hasSuffix("List"),
            let items = document["items"] as? [[String: Any]]
        else { return [document] }
        return items
    }

    /// The namespace that the kustomization beside a file sets, nil where there is none.
    static func namespace(for path: String, _ tree: RepositoryTree) -> String? {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        return Kustomization.find(in: folder, tree).flatMap { try? $0.namespace() }
    }

    private static func placed(_ document: [String: Any], in namespace: String?) -> [String: Any] {
        guard let namespace, let kind = document["kind"] as? String, !kind.hasPrefix("Cluster"),
            var metadata = document["metadata"] as? [String: Any]
        else { return document }
        var document = document
        metadata["namespace"] = namespace
        document["metadata"] = metadata
        return document
    }
}
