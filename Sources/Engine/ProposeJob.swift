package import Configuration
import Domain
import Forge
import GitWriter
import Layout
package import Proposals

/// One learning run: a branch, a commit and a pull request for each scope that has something new.
package struct ProposeJob {
    private let settings: Settings
    private let connections: Connections
    private let templates: TemplateSet

    package init(_ settings: Settings) throws {
        self.settings = settings
        connections = Connections(settings)
        templates = try TemplateSet(overrides: settings.templates)
    }

    /// What to propose, beyond the settings.
    package struct Request: Sendable {
        /// Only this scope's key; nil for all.
        package var scope: String?
        package var isDryRun = false

        package init() {}
    }

    /// Carries out the run. Learning stops short of a scope that would deny something observed; others go on.
    package func run(_ learned: LearnedCluster, _ request: Request) async throws -> [ScopeResult] {
        let repository = try connections.repository()
        let forge = try connections.forge()
        let base = settings.repository.base
        let snapshot = try RepositorySnapshot.fetch(
            repository, base: base, branchPrefix: settings.proposals.branchPrefix)
        let plans = try plans(learned, snapshot, request)
        let executor = ProposalExecutor(
            repository: repository, forge: forge,
            options: .init(
                base: base, branchPrefix: settings.proposals.branchPrefix,
                author: GitIdentity(name: settings.proposals.authorName, email: settings.proposals.authorEmail),
                labels: settings.forge.labels, reviewers: settings.forge.reviewers))
        var results: [ScopeResult] = []
        for plan in plans {
            results.append(
                try await result(of: plan, learned, executor, snapshot, request, limits: forge?.limits))
        }
        return results
    }

    /// The plans for all scopes with items that are mature enough, sorted by scope.
    private func plans(
        _ learned: LearnedCluster, _ snapshot: RepositorySnapshot, _ request: Request
    ) throws -> [ScopePlan] {
        let wanted = try ItemList.all(learned).filter { item in
            let isWantedKind =
                item.kind == .network ? settings.proposals.proposesNetwork : settings.proposals.proposesAccess
            return isWantedKind && item.maturity >= settings.proposals.minimumMaturity
        }
        let planner = ScopePlanner(
            learned: learned, judge: ClusterJudge(learned),
            placement: FilePlacement(
                placement: try Placement(pattern: settings.repository.path), cluster: learned.cluster),
            base: RepositoryPolicies(snapshot.tree, cluster: learned.cluster))
        let grouping = ProposalScope.Grouping(rawValue: settings.proposals.groupBy.rawValue) ?? .namespace
        let groups = ProposalScope.group(wanted, by: grouping).filter {
            request.scope == nil || $0.scope.key == request.scope
        }
        if let scope = request.scope, groups.isEmpty {
            throw EngineError(
                code: .notFound, message: "nothing is ready to be proposed for scope '\(scope)'",
                hint: "`leastwise preview` shows maturities; proposals.minimumMaturity is "
                    + settings.proposals.minimumMaturity.rawValue)
        }
        return groups.map { planner.plan($0.scope, $0.items) }
    }

    private func result(
        of plan: ScopePlan, _ learned: LearnedCluster, _ executor: ProposalExecutor, _ snapshot: RepositorySnapshot,
        _ request: Request, limits: ForgeLimits?
    ) async throws -> ScopeResult {
        var text = templates.render(plan.context)
        if let limits { text = text.fitting(limits) }
        var result = ScopeResult(
            scope: plan.scope, branch: executor.branch(of: plan.scope.key), title: text.title, body: text.body,
            difference: plan.changes.map { change in
                UnifiedDiff.between(
                    snapshot.tree.text(change.path), change.contents.map { String(decoding: $0, as: UTF8.self) },
                    path: change.path)
            }.joined(), refusedFiles: plan.refused, stopping: plan.stopping.map(\.text))
        guard plan.stopping.isEmpty, !request.isDryRun else { return result }
        let proposal = Proposal(
            scopeKey: plan.scope.key, fingerprint: plan.fingerprint,
            changes: plan.changes.map { change in
                change.contents.map { .write(path: change.path, contents: $0) } ?? .delete(path: change.path)
            }, title: text.title, body: text.body, commitMessage: text.commitMessage,
            time: GitTime(seconds: learned.last.rawValue / 1_000_000_000))
        result.outcome = try await executor.carryOut(proposal, on: snapshot.head)
        return result
    }
}

/// What one scope came to.
package struct ScopeResult: Sendable {
    package let scope: ProposalScope
    package let branch: String
    package let title: String
    package let body: String
    /// Against the base; empty if the base has everything.
    package let difference: String
    /// Files that were left to people.
    package let refusedFiles: [String]
    /// What would be denied; not empty means that nothing was proposed.
    package let stopping: [String]
    /// Nil in a dry run, and where the judge stopped it.
    package var outcome: ProposalOutcome?
}

extension PullRequestText {
    /// The texts cut to what the forge takes.
    fileprivate func fitting(_ limits: ForgeLimits) -> PullRequestText {
        PullRequestText(
            title: title.cut(toUTF16: limits.title),
            body: truncated(
                body: body, limit: limits.body,
                notice: "_This text was cut to what the forge takes; the files of this branch have everything._"),
            commitMessage: commitMessage)
    }
}

extension String {
    /// The longest beginning of whole characters that fits, in UTF-16 units as forges count. A code span that would be
    /// left open is cut off as well.
    fileprivate func cut(toUTF16 limit: Int) -> String {
        guard utf16.count > limit else { return self }
        var text = self
        while text.utf16.count > limit { text.removeLast() }
        let isOpen = text.count { $0 == "`" } % 2 == 1
        return isOpen ? String(text[..<(text.lastIndex(of: "`") ?? text.endIndex)]) : text
    }
}
