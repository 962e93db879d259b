package import GitWriter

/// One proposal, ready to be carried out: what to write, and in which words.
package struct Proposal: Sendable {
    /// Stable and safe in a branch's name.
    package let scopeKey: String
    /// Nil if the base has everything already.
    package let fingerprint: ContentFingerprint?
    package let changes: [FileChange]
    package let title: String
    package let body: String
    package let commitMessage: String
    package let time: GitTime

    package init(
        scopeKey: String, fingerprint: ContentFingerprint?, changes: [FileChange], title: String, body: String,
        commitMessage: String, time: GitTime
    ) {
        self.scopeKey = scopeKey
        self.fingerprint = fingerprint
        self.changes = changes
        self.title = title
        self.body = body
        self.commitMessage = commitMessage
        self.time = time
    }
}

/// What came of a proposal.
package enum ProposalOutcome: Sendable {
    case nothing(Action.Reason)
    /// Pushed, and opened or brought up to date where a forge is configured.
    case proposed(branch: String, pullRequest: PullRequestReference?, warnings: [String])
    /// The branch was right; only the pull request was opened or its text renewed.
    case pullRequestOnly(PullRequestReference, warnings: [String])
    /// The base has everything now: branch and pull request are gone.
    case retired(branch: String, pullRequest: Int?)
    /// The server refused the push, for this reason.
    case rejected(branch: String, reason: String)
    /// Somebody pushed to the branch at the same time; the next run sees it.
    case overtaken(branch: String)
}

/// A pull request as people find it.
package struct PullRequestReference: Hashable, Sendable {
    package let number: Int
    package let url: String
    package let isNew: Bool
}
