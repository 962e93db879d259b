import Configuration
import Domain
import GitWriter
import Layout
import NetworkLearner
import Rendering

extension Session {
    /// The preview's objects against what the repository has at its base; without one, against the live cluster.
    package func difference(of report: PreviewReport) throws -> String {
        guard settings.repository.url != nil else {
            return Self.difference(of: report.items, live: report.learned.inventory)
        }
        let repository = try Connections(settings).repository()
        let snapshot = try RepositorySnapshot.fetch(
            repository, base: settings.repository.base, branchPrefix: settings.proposals.branchPrefix)
        let placement = FilePlacement(
            placement: try Placement(pattern: settings.repository.path), cluster: settings.cluster)
        return report.items.flatMap { placement.files(of: $0) }.map { placed in
            UnifiedDiff.between(
                snapshot.tree.text(placed.file.path), placed.file.contents, path: placed.file.path)
        }.joined()
    }

    private static func difference(of items: [ProposedItem], live: ClusterInventory) -> String {
        let policies = Dictionary(live.networkPolicies.map { ($0.objectKey, $0) }) { first, _ in first }
        return items.map { item in
            let present = item.policies.compactMap { policies[$0.objectKey] }
            let old =
                present.isEmpty ? nil : present.map { ManifestRenderer.document($0).text }.joined(separator: "---\n")
            let new = item.documents.map(\.text).joined(separator: "---\n")
            return UnifiedDiff.between(old, new, path: "\(item.namespace)/\(item.fileName)")
        }.joined()
    }
}

extension NetworkPolicy {
    /// Which object of the cluster it is: of two dialects two objects can have one name.
    fileprivate var objectKey: String { "\(dialect.rawValue) \(namespace)/\(name)" }
}
