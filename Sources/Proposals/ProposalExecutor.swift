package import Forge
package import GitWriter

/// Reads what git and the forge hold of a proposal, and carries out what was decided.
///
/// Git's work blocks; it runs on the repository's own queue.
package struct ProposalExecutor: Sendable {
    private let repository: GitRepository
    private let forge: (any ForgeClient)?
    private let options: Options

    /// Where proposals go, and under whose name.
    package struct Options: Sendable {
        package let base: String
        package let branchPrefix: String
        package let author: GitIdentity
        package let labels: [String]
        package let reviewers: [String]

        package init(base: String, branchPrefix: String, author: GitIdentity, labels: [String], reviewers: [String]) {
            self.base = base
            self.branchPrefix = branchPrefix
            self.author = author
            self.labels = labels
            self.reviewers = reviewers
        }
    }

    package init(repository: GitRepository, forge: (any ForgeClient)?, options: Options) {
        self.repository = repository
        self.forge = forge
        self.options = options
    }

    /// The branch of a scope.
    package func branch(of scopeKey: String) -> String { options.branchPrefix + scopeKey }

    /// Decides and performs. `baseHead` is the base as fetched, on which the proposal's changes were made.
    package func carryOut(_ proposal: Proposal, on baseHead: CommitID) async throws -> ProposalOutcome {
        let branch = branch(of: proposal.scopeKey)
        let head = try await repository.perform { (git) throws(GitError) in try git.head(of: branch) }
        let state = ProposalState(
            wanted: proposal.fingerprint, branch: try await branchState(head, baseHead),
            pullRequests: try await pullRequestState(branch))
        switch decide(state) {
        case .nothing(let reason):
            return .nothing(reason)
        case .push(let number):
            return try await push(proposal, branch, over: head, on: baseHead, updating: number)
        case .createPullRequest:
            let created = try await create(proposal, branch)
            return .pullRequestOnly(created.reference, warnings: created.warnings)
        case .updatePullRequest(let number):
            return .pullRequestOnly(try await update(number, proposal), warnings: [])
        case .retire(let number):
            return try await retire(branch, head, number)
        }
    }
}

// MARK: - Reading

extension ProposalExecutor {
    private func branchState(_ head: CommitID?, _ base: CommitID) async throws -> ProposalState.BranchState {
        guard let head else { return .absent }
        let commits = try await repository.perform { (git) throws(GitError) in try git.history(from: base, to: head) }
        // All commits count, not only the newest: a person's may lie below one of ours.
        let people = Set(commits.flatMap { [$0.author, $0.committer] }).filter { $0.email != options.author.email }
        guard people.isEmpty else { return .edited(by: people.map(\.name).sorted()) }
        return .ours(commits.first.flatMap { ProposalMarker.fingerprint(inCommit: $0.message) })
    }

    private func pullRequestState(_ branch: String) async throws -> ProposalState.PullRequestState? {
        guard let forge else { return nil }
        let all = try await forge.pullRequests(head: branch)
        let open = all.first { $0.state == .open && $0.baseBranch == options.base }
        let rejected = all.filter { $0.state == .closed }.compactMap { ProposalMarker.fingerprint(inBody: $0.body) }
        return ProposalState.PullRequestState(
            open: open?.number, openFingerprint: open.flatMap { ProposalMarker.fingerprint(inBody: $0.body) },
            rejected: Set(rejected))
    }
}

// MARK: - Acting

extension ProposalExecutor {
    private func push(
        _ proposal: Proposal, _ branch: String, over head: CommitID?, on base: CommitID, updating number: Int?
    ) async throws -> ProposalOutcome {
        let author = options.author
        let result = try await repository.perform { (git) throws(GitError) in
            let made = try git.commit(
                proposal.changes, on: base, message: proposal.commitMessage, author: author, time: proposal.time)
            return try git.push(made.commit, to: branch, expecting: head)
        }
        switch result {
        case .rejected(let rejection): return .rejected(branch: branch, reason: rejection.text)
        case .leaseLost: return .overtaken(branch: branch)
        case .pushed, .upToDate: break
        }
        guard forge != nil else { return .proposed(branch: branch, pullRequest: nil, warnings: []) }
        if let number {
            return .proposed(branch: branch, pullRequest: try await update(number, proposal), warnings: [])
        }
        let created = try await create(proposal, branch)
        return .proposed(branch: branch, pullRequest: created.reference, warnings: created.warnings)
    }

    private func create(
        _ proposal: Proposal, _ branch: String
    ) async throws -> (reference: PullRequestReference, warnings: [String]) {
        guard let forge else { throw ForgeError.notConfigured }
        let created = try await forge.create(
            NewPullRequest(
                title: proposal.title, body: proposal.body, head: branch, base: options.base, labels: options.labels,
                reviewers: options.reviewers))
        let pull = created.pullRequest
        return (
            PullRequestReference(number: pull.number, url: pull.url, isNew: !created.existedBefore), created.warnings
        )
    }

    private func update(_ number: Int, _ proposal: Proposal) async throws -> PullRequestReference {
        guard let forge else { throw ForgeError.notConfigured }
        let pull = try await forge.update(number, title: proposal.title, body: proposal.body)
        return PullRequestReference(number: pull.number, url: pull.url, isNew: false)
    }

    private func retire(_ branch: String, _ head: CommitID?, _ number: Int?) async throws -> ProposalOutcome {
        if let number, let forge {
            _ = try await forge.close(
                number,
                comment:
                    "There is nothing left to propose here: the base branch has all of it, or it is not wanted any more."
            )
        }
        guard let head else { return .retired(branch: branch, pullRequest: number) }
        let result = try await repository.perform { (git) throws(GitError) in
            try git.deleteBranch(branch, expecting: head)
        }
        switch result {
        case .rejected(let rejection): return .rejected(branch: branch, reason: rejection.text)
        case .leaseLost: return .overtaken(branch: branch)
        case .pushed, .upToDate: return .retired(branch: branch, pullRequest: number)
        }
    }
}

extension ForgeError {
    /// The executor was asked for a pull request without a forge; `decide` never does that.
    fileprivate static var notConfigured: ForgeError {
        ForgeError(code: .configuration, message: "no forge is configured", hint: "set forge.kind")
    }
}

extension PushRejection {
    /// The reason, with what the server's hooks said.
    fileprivate var text: String { serverText.isEmpty ? reason : "\(reason): \(serverText)" }
}
