import AppConfiguration
import Domain
import GitWriter
import Layout
import NetworkLearner
import Rendering

extension Session {
    /// What a preview would change.
    package struct Difference: Sendable {
        /// One unified diff for all files.
        package let text: String
        /// Why a namespace gets no default-deny, where these are wanted; each is one line.
        package let notes: [String]
    }

    /// The preview's objects against what the repository has at its base; without one, against the live cluster.
    ///
    /// Throws what `PreviewJob` throws.
    package func difference(_ filter: PreviewJob.Filter) throws -> Difference {
        guard settings.repository.url != nil else {
            let report = try PreviewJob(learn()).run(filter)
            return Difference(text: Self.difference(of: report.items, live: report.learned.inventory), notes: [])
        }
        let tree = try RepositorySnapshot.fetch(
            Connections(settings).repository(), base: settings.repository.base,
            branchPrefix: settings.proposals.branchPrefix
        ).tree
        let base = RepositoryObjects(tree, cluster: settings.cluster)
        let learned = try learn(base.declarations)
        let closing = closing(learned, base, filter)
        let placement = FilePlacement(
            placement: try Placement(pattern: settings.repository.path), cluster: settings.cluster)
        let items = try PreviewJob(learned).run(filter).items + closing.compactMap(\.item)
        let text = items.flatMap { placement.files(of: $0) }.map { placed in
            UnifiedDiff.between(tree.text(placed.file.path), placed.file.contents, path: placed.file.path)
        }.joined()
        let notes = closing.flatMap { outcome in
            outcome.obstacles.map { "\(ProposalScope.defaultDeny(of: outcome.namespace)): first: \($0)" }
        }
        return Difference(text: text, notes: notes.map { TerminalText.oneLine($0) })
    }

    /// The namespaces that could be closed, of those that the filter shows.
    private func closing(
        _ learned: LearnedCluster, _ base: RepositoryObjects, _ filter: PreviewJob.Filter
    ) -> [DefaultDeny.Outcome] {
        guard settings.proposals.namespaceDefaultDeny, filter.workload == nil, filter.kind != .rbac else { return [] }
        return DefaultDeny(learned, base: base, minimumMaturity: settings.proposals.minimumMaturity).outcomes()
            .filter { filter.namespace == nil || $0.namespace.rawValue == filter.namespace }
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
