package import AppConfiguration
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

    /// Carries out the run: reads the repository, learns, and proposes. Learning stops short of a scope that would deny
    /// something observed; others go on.
    ///
    /// - Parameter learn: learns from what was observed, beside what the repository has at its base.
    package func run(
        _ request: Request, learning learn: (RepositoryDeclarations) throws -> LearnedCluster
    ) async throws -> [ScopeResult] {
        let repository = try connections.repository()
        let forge = try connections.forge()
        let snapshot = try RepositorySnapshot.fetch(
            repository, base: settings.repository.base, branchPrefix: settings.proposals.branchPrefix)
        let objects = RepositoryObjects(snapshot.tree, cluster: settings.cluster)
        let learned = try learn(objects.declarations)
        let executor = ProposalExecutor(repository: repository, forge: forge, options: options)
        let entries = try ScopeList(
            settings: settings.proposals, learned: learned, base: objects,
            removal: try RemovalList(learned, base: objects, settings: settings) { time in
                RepositoryObjects(try snapshot.earlier(time, in: repository), cluster: settings.cluster).grants
            },
            isProposed: { try repository.head(of: executor.branch(of: $0.key)) != nil }
        ).entries(only: request.scope)
        let planner = ScopePlanner(
            learned: learned, judge: ClusterJudge(learned),
            placement: FilePlacement(
                placement: try Placement(pattern: settings.repository.path), cluster: learned.cluster), base: objects)
        var results: [ScopeResult] = []
        for entry in entries {
            guard entry.obstacles.isEmpty else {
                results.append(try withheld(entry, branch: executor.branch(of: entry.scope.key), repository))
                continue
            }
            let plan =
                entry.removals.map { planner.removing.plan(entry.scope, $0) } ?? planner.plan(entry.scope, entry.items)
            var result = try await result(of: plan, learned, executor, snapshot, request, limits: forge?.limits)
            if entry.removals != nil, result.leavesBranch {
                let edited = EditedRemoval(
                    judge: planner.judge, base: objects, snapshot: snapshot, repository: repository)
                result.warnings = try edited.warnings(result.branch)
            }
            results.append(result)
        }
        return results
    }

    private var options: ProposalExecutor.Options {
        ProposalExecutor.Options(
            base: settings.repository.base, branchPrefix: settings.proposals.branchPrefix,
            author: GitIdentity(name: settings.proposals.authorName, email: settings.proposals.authorEmail),
            labels: settings.forge.labels, reviewers: settings.forge.reviewers)
    }

    /// The result of a scope that has to wait. What an earlier run proposed of it stays, so that people are told.
    private func withheld(
        _ entry: ScopeEntry, branch: String, _ repository: GitRepository
    ) throws -> ScopeResult {
        let isProposed = try repository.head(of: branch) != nil
        let warning = ["\(branch) was proposed earlier: do not merge it before that is settled"]
        return ScopeResult(
            scope: entry.scope, branch: branch, title: "", body: "", difference: "", refusedFiles: [], stopping: [],
            obstacles: entry.obstacles + (isProposed ? warning : []))
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
    /// What has to be settled first; not empty means that nothing was planned.
    package var obstacles: [String] = []
    /// What people have to know of a branch that was left as it is.
    package var warnings: [String] = []
    /// Nil in a dry run, where the judge stopped it, and where something is in the way.
    package var outcome: ProposalOutcome?
}

extension ScopeResult {
    /// True if an earlier proposal may go on standing as it is, although it is not what would be proposed now.
    fileprivate var leavesBranch: Bool {
        if case .nothing(.editedByPeople) = outcome { return true }
        return !stopping.isEmpty
    }
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
