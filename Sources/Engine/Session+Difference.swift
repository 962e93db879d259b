import Configuration
import Domain
import GitWriter
import Layout
import NetworkLearner
import Rendering

extension Session {
    /// The preview's objects against what the repository has at its base; without one, against the live cluster.
    ///
    /// Throws what `PreviewJob` throws.
    package func difference(_ filter: PreviewJob.Filter) throws -> String {
        guard settings.repository.url != nil else {
            let report = try PreviewJob(learn()).run(filter)
            return Self.difference(of: report.items, live: report.learned.inventory)
        }
        let tree = try RepositorySnapshot.fetch(
            Connections(settings).repository(), base: settings.repository.base,
            branchPrefix: settings.proposals.branchPrefix
        ).tree
        let declared = RepositoryObjects(tree, cluster: settings.cluster).declarations
        let placement = FilePlacement(
            placement: try Placement(pattern: settings.repository.path), cluster: settings.cluster)
        let items = try PreviewJob(learn(declared)).run(filter).items
        return items.flatMap { placement.files(of: $0) }.map { placed in
            UnifiedDiff.between(tree.text(placed.file.path), placed.file.contents, path: placed.file.path)
        }.joined()
    }

    private static func difference(of items: [ProposedItem], live: ClusterInventory) -> String {
        let policies = Dictionary(live.networkPolicies.map { ("\($0.namespace)/\($0.name)", $0) }) { first, _ in first }
        return items.map { item in
            let present = item.policies.compactMap { policies["\($0.namespace)/\($0.name)"] }
            let old =
                present.isEmpty ? nil : present.map { ManifestRenderer.document($0).text }.joined(separator: "---\n")
            let new = item.documents.map(\.text).joined(separator: "---\n")
            return UnifiedDiff.between(old, new, path: "\(item.namespace)/\(item.fileName)")
        }.joined()
    }
}
