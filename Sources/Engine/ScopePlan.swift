import Domain
import Inventory
import Layout
import Proposals

/// What one scope wants of a repository at its base: files, the judge's word before and after, and the reviewer's text.
struct ScopePlan {
    let scope: ProposalScope
    let items: [ProposedItem]
    /// Sorted by path; empty if the base has everything.
    let changes: [FileChange]
    /// Files that people have to decide about.
    let refused: [String]
    let before: ReplayReport
    let after: ReplayReport
    /// What would be denied by this change alone: it stops the scope.
    let stopping: [ReplayReport.Denied]
    let context: ReviewContext

    var fingerprint: ContentFingerprint? { ContentFingerprint(of: changes) }
}

/// Plans scopes against one state of the repository.
struct ScopePlanner {
    let learned: LearnedCluster
    let judge: ClusterJudge
    let placement: FilePlacement
    let base: RepositoryPolicies

    func plan(_ scope: ProposalScope, _ items: [ProposedItem]) -> ScopePlan {
        let kept = items.map(keeping)
        let placed = kept.flatMap { placement.files(of: $0) }
        let namespaces = Dictionary(placed.map { ($0.file.path, $0.namespaces) }) { first, _ in first }
        let plan = RepositoryLayout(tree: base.tree).plan(placed.map(\.file), namespaces: namespaces)
        let proposed = base.applying(plan.changes)
        let before = judge.replay(policies: base.policies, grants: base.grants, touching: kept)
        let after = judge.replay(policies: proposed.policies, grants: proposed.grants, touching: kept)
        let known = Set(before.denied.map(\.what))
        let own = Set(kept.flatMap(\.policies).map { "\($0.namespace)/\($0.name)" })
        let stopping = after.denied.filter { !known.contains($0.what) || !own.isDisjoint(with: $0.by) }
        let workloads = Set(kept.compactMap(\.workload))
        let context = ReviewContext(
            scope: scope, cluster: learned.cluster,
            fingerprint: ContentFingerprint(of: plan.changes)?.rawValue ?? "", items: changed(kept, plan.changes),
            first: learned.first, last: learned.last, before: before, after: after,
            deniedBefore: after.denied.filter { known.contains($0.what) }.count,
            slackBefore: judge.slack(of: workloads, policies: base.policies),
            slackAfter: judge.slack(of: workloads, policies: proposed.policies),
            uncovered: kept.flatMap(\.uncovered),
            notes: learned.notes + plan.notes + proposed.unreadable.map { "\($0) is a template or no YAML: not judged" }
        )
        return ScopePlan(
            scope: scope, items: kept, changes: plan.changes, refused: plan.refused.map(\.description), before: before,
            after: after, stopping: stopping, context: context)
    }

    /// The items whose files change; all of them where only a list of files does.
    private func changed(_ items: [ProposedItem], _ changes: [FileChange]) -> [ProposedItem] {
        let paths = Set(changes.map(\.path))
        let own = items.filter { item in placement.files(of: item).contains { paths.contains($0.file.path) } }
        return own.isEmpty ? items : own
    }

    /// The item with what an earlier proposal already put into the base.
    private func keeping(_ item: ProposedItem) -> ProposedItem {
        var kept = 0
        let policies = item.policies.map { policy in
            guard let present = base.policy(policy.namespace, policy.name) else { return policy }
            let merged = KeptRules.merge(policy, keeping: present)
            kept += merged.kept
            return merged.policy
        }
        let merged = KeptRules.merge(item.grants, keeping: base.grants(named: item.grants))
        kept += merged.kept
        guard kept > 0 else { return item }
        return item.replacing(
            policies: policies, grants: merged.grants,
            warnings: ["\(kept) earlier entries are kept although they were not seen again: an update only adds"])
    }
}

extension ContentFingerprint {
    /// The fingerprint of changes; nil if there are none.
    init?(of changes: [FileChange]) {
        guard !changes.isEmpty else { return nil }
        var hash = StableHash()
        for change in changes.sorted() {
            hash.combine(Array(change.path.utf8))
            hash.combine(change.contents ?? [0])
        }
        self.init(rawValue: hash.text)
    }
}
