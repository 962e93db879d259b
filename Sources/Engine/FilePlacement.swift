import Domain
import Layout
import Rendering

/// Turns items into files: each object stands in the folder of its namespace, one file a workload or subject there.
struct FilePlacement {
    let placement: Placement
    let cluster: ClusterName

    struct Placed {
        let file: GeneratedFile
        let namespaces: Set<Namespace>
    }

    /// The files of an item, sorted by path. Cluster-wide objects stand beside the subject's own.
    func files(of item: ProposedItem) -> [Placed] {
        var folders: [String: (documents: [YAMLValue], namespaces: Set<Namespace>)] = [:]
        for (namespace, document) in item.placedDocuments {
            let home = namespace == .clusterScope ? item.namespace : namespace
            let folder = placement.folder(cluster: cluster, namespace: home)
            folders[folder, default: ([], [])].documents.append(document)
            if namespace != .clusterScope { folders[folder]?.namespaces.insert(namespace) }
        }
        return folders.sorted { $0.key < $1.key }.map { folder, content in
            let body = content.documents.map(\.text).joined(separator: "---\n")
            let file = GeneratedFile(path: "\(folder)/\(item.fileName)", comment: item.comment, body: body)
            return Placed(file: file, namespaces: content.namespaces)
        }
    }
}

extension ProposedItem {
    /// The documents with the namespace that each lies in.
    fileprivate var placedDocuments: [(Namespace, YAMLValue)] {
        policies.map { ($0.namespace, ManifestRenderer.document($0)) }
            + grants.roles.map { ($0.namespace, ManifestRenderer.document($0)) }
            + grants.bindings.map { ($0.namespace, ManifestRenderer.document($0)) }
    }
}
