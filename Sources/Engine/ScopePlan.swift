import Domain
import Inventory
import Layout
import NetworkLearner
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
    /// Nil if there are no changes.
    let fingerprint: ContentFingerprint?
    let context: any ReviewText
}

/// Plans scopes against one state of the repository.
struct ScopePlanner {
    let learned: LearnedCluster
    let judge: ClusterJudge
    let placement: FilePlacement
    let base: RepositoryObjects

    /// Plans what goes, against the same state.
    var removing: RemovalPlanner { RemovalPlanner(learned: learned, judge: judge, base: base) }

    func plan(_ scope: ProposalScope, _ items: [ProposedItem]) -> ScopePlan {
        let kept = items.map(keeping)
        let placed = kept.flatMap { placement.files(of: $0) }
        let namespaces = Dictionary(placed.map { ($0.file.path, $0.namespaces) }) { first, _ in first }
        let plan = RepositoryLayout(tree: base.tree).plan(placed.map(\.file), namespaces: namespaces)
        let proposed = base.applying(plan.changes)
        let before = judge.replay(policies: base.policies, grants: base.grants, touching: kept)
        let after = judge.replay(policies: proposed.policies, grants: proposed.grants, touching: kept)
        let known = Set(before.denied.map { ExactText($0.what) })
        let own = Set(kept.filter { isWritten($0, in: proposed.tree) }.flatMap(\.policies).map { $0.identity })
        let stopping = after.denied.filter { !known.contains(ExactText($0.what)) || !own.isDisjoint(with: $0.by) }
        let workloads = Set(kept.flatMap(\.workloads))
        let fingerprint = ContentFingerprint(of: plan.changes, generated: Set(placed.map(\.file.path)))
        let refusals = refusals(beside: kept)
        let context = ReviewContext(
            scope: scope, cluster: learned.cluster,
            fingerprint: fingerprint?.rawValue ?? "", items: changed(kept, plan.changes),
            first: learned.first, last: learned.last, before: before, after: after,
            deniedBefore: after.denied.filter { known.contains(ExactText($0.what)) }.count,
            slackBefore: judge.slack(of: workloads, policies: base.policies),
            slackAfter: judge.slack(of: workloads, policies: proposed.policies),
            uncovered: kept.flatMap(\.uncovered) + refusals,
            notes: learned.notes.filter { !refusals.contains($0) } + plan.notes + proposed.notes)
        return ScopePlan(
            scope: scope, items: kept, changes: plan.changes, refused: plan.refused.map(\.description), before: before,
            after: after, stopping: stopping, fingerprint: fingerprint, context: context)
    }

    /// The workloads of the items' namespaces that no selector can be written for, each with what would mend it.
    private func refusals(beside items: [ProposedItem]) -> [String] {
        let namespaces = Set(items.filter { $0.kind == .network }.map(\.namespace))
        return learned.network.refused.filter { namespaces.contains($0.workload.namespace) }.map {
            "\($0.workload): \($0.advice)"
        }
    }

    /// False where a file was left to people: then its policy is theirs, and what it denies is not this change's doing.
    private func isWritten(_ item: ProposedItem, in tree: RepositoryTree) -> Bool {
        placement.files(of: item).allSatisfy { tree.files[$0.file.path] == Array($0.file.contents.utf8) }
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
            guard let present = base.policy(like: policy) else { return policy }
            let grown = Growth.of(present, policy)
            kept += grown.kept
            return grown.value
        }
        let grants = Growth.of(base.grants(named: item.grants), item.grants)
        kept += grants.kept
        guard kept > 0 else { return item }
        return item.replacing(
            policies: policies, grants: grants.value,
            warnings: ["\(kept) earlier entries are kept although they were not seen again: an update only adds"])
    }
}

extension NetworkPolicy {
    /// As the judge names it.
    fileprivate var identity: String { "\(namespace)/\(name)" }
}

extension ContentFingerprint {
    /// The fingerprint of changes; nil if there are none.
    ///
    /// It begins with that of the generated files alone: what else stands in the listings beside them is not what
    /// people close a pull request for.
    init?(of changes: [FileChange], generated: Set<String>) {
        guard !changes.isEmpty else { return nil }
        let own = changes.filter { generated.contains($0.path) }
        self.init(rawValue: "\(Self.hash(own.isEmpty ? changes : own))-\(Self.hash(changes))")
    }

    private static func hash(_ changes: [FileChange]) -> String {
        var hash = StableHash()
        for change in changes.sorted() {
            hash.combine(Array(change.path.utf8))
            hash.combine(change.contents ?? [0])
        }
        return hash.text
    }
}
