package import Domain
import Ingest
import Inventory
package import Store

/// Reads cluster objects, as `kubectl get ... -A -o json` prints them, into the store.
package struct ObserveObjectsJob {
    private let store: Store
    private let cluster: ClusterName
    /// More than the objects of the largest clusters.
    private static let largestFile = 1 << 30

    package init(store: Store, cluster: ClusterName) {
        self.store = store
        self.cluster = cluster
    }

    /// What a run came to.
    package struct Summary: Sendable {
        /// Kind to number of objects.
        package var objects: [String: Int] = [:]
        package var changes = ObjectChanges()
        /// Objects that learning has no use for.
        package var skipped: [String: Int] = [:]
        package var diagnostics: [Diagnostic] = []
    }

    /// Reads all files, then stores what they hold in one transaction.
    ///
    /// Unless `isPartial`, the run tells the whole of every kind that it holds: objects of these kinds that are not in it
    /// are gone from the cluster, and from the store. Throws if a file cannot be read, or holds no object at all.
    package func run(paths: [String], isPartial: Bool) throws -> Summary {
        var summary = Summary()
        var objects: [ClusterObject] = []
        for file in try InputFile.list(paths) {
            let output = ObjectReader.read(
                try file.contents(limit: Self.largestFile), cluster: cluster, file: file.path)
            objects += output.objects
            summary.diagnostics += output.diagnostics
            summary.skipped.merge(output.skipped, uniquingKeysWith: +)
        }
        guard !objects.isEmpty else {
            throw EngineError(
                code: .unreadableFile, message: "no Kubernetes object was found in \(paths.joined(separator: ", "))",
                hint: "make the file with: kubectl get nodes,namespaces,pods,deployments,services -A -o json")
        }
        for object in objects { summary.objects[object.kind, default: 0] += 1 }
        let kinds = isPartial ? nil : Set(summary.objects.keys)
        summary.changes = try store.replaceObjects(objects, cluster: cluster, kinds: kinds)
        return summary
    }
}

extension ObserveObjectsJob.Summary {
    /// The summary as lines for a person.
    package var text: String {
        let total = objects.values.reduce(0, +)
        let kinds = objects.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key.split(separator: "/").last ?? "")" }
        var lines = [
            "\(total) objects: \(kinds.joined(separator: ", "))",
            "\(changes.added) new, \(changes.changed) changed, \(changes.removed) gone",
        ]
        if !skipped.isEmpty {
            let names = skipped.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            lines.append("not needed: \(names.joined(separator: ", "))")
        }
        lines += diagnostics.prefix(20).map { "rejected: \($0.file):\($0.line): \($0.kind.rawValue): \($0.excerpt)" }
        return lines.map { $0 + "\n" }.joined()
    }
}
