/// A pull request as any forge has it.
package struct PullRequest: Sendable, Equatable {
    /// Where it stands.
    package enum State: String, Sendable, Equatable {
        /// Waits for people.
        case open
        /// Closed without a merge.
        case closed
        /// Merged.
        case merged
    }

    /// The number within the repository.
    package let number: Int
    /// The page for people.
    package let url: String
    /// Where it stands.
    package let state: State
    /// The title without a draft prefix.
    package let title: String
    /// The description; empty where there is none.
    package let body: String
    /// The branch that it proposes, without `refs/heads/`.
    package let headBranch: String
    /// The commit at its head.
    package let headCommit: String
    /// The branch that it goes into.
    package let baseBranch: String
    /// Whether it is marked as not ready.
    package let isDraft: Bool
    /// The label names in the forge's order.
    package let labels: [String]
    /// The login of who opened it; nil where the account is gone.
    package let author: String?

    /// Makes a pull request.
    package init(
        number: Int,
        url: String,
        state: State,
        title: String,
        body: String,
        headBranch: String,
        headCommit: String,
        baseBranch: String,
        isDraft: Bool = false,
        labels: [String] = [],
        author: String? = nil
    ) {
        self.number = number
        self.url = url
        self.state = state
        self.title = title
        self.body = body
        self.headBranch = headBranch
        self.headCommit = headCommit
        self.baseBranch = baseBranch
        self.isDraft = isDraft
        self.labels = labels
        self.author = author
    }
}

/// A pull request to be opened.
package struct NewPullRequest: Sendable, Equatable {
    /// The title, within the forge's limit.
    package var title: String
    /// The description in Markdown, within the forge's limit.
    package var body: String
    /// A branch of the same repository, pushed already.
    package var head: String
    /// The branch to go into.
    package var base: String
    /// Whether to mark it as not ready.
    package var isDraft: Bool
    /// Names of labels; best effort.
    package var labels: [String]
    /// Logins of people to ask; best effort.
    package var reviewers: [String]
    /// Slugs of the owner's teams to ask; best effort.
    package var teamReviewers: [String]

    /// Makes a pull request to be opened.
    package init(
        title: String,
        body: String,
        head: String,
        base: String,
        isDraft: Bool = false,
        labels: [String] = [],
        reviewers: [String] = [],
        teamReviewers: [String] = []
    ) {
        self.title = title
        self.body = body
        self.head = head
        self.base = base
        self.isDraft = isDraft
        self.labels = labels
        self.reviewers = reviewers
        self.teamReviewers = teamReviewers
    }
}

/// What came of opening a pull request.
package struct CreatedPullRequest: Sendable, Equatable {
    /// The open pull request.
    package let pullRequest: PullRequest
    /// Whether somebody had opened it before; title and body are theirs then.
    package let existedBefore: Bool
    /// What the forge refused after creation: labels, reviewers, draft.
    package let warnings: [String]

    /// Makes an outcome.
    package init(pullRequest: PullRequest, existedBefore: Bool = false, warnings: [String] = []) {
        self.pullRequest = pullRequest
        self.existedBefore = existedBefore
        self.warnings = warnings
    }
}
