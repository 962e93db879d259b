/// What the product needs of a forge; one conforming type a forge, checked by one contract suite.
///
/// All answers come from the forge, nothing is remembered. Errors are `ForgeError`.
package protocol ForgeClient: Sendable {
    /// What the forge takes.
    var limits: ForgeLimits { get }

    /// The open pull request from a branch of this repository into another; nil where there is none.
    func openPullRequest(head: String, base: String) async throws -> PullRequest?

    /// All pull requests from a branch of this repository, closed and merged ones too, newest first.
    func pullRequests(head: String) async throws -> [PullRequest]

    /// Opens a pull request, or returns the open one that is there already.
    ///
    /// An answer that got lost is not repeated blindly: the forge is asked first whether it acted. Labels and reviewers
    /// that it refuses become warnings.
    func create(_ new: NewPullRequest) async throws -> CreatedPullRequest

    /// Changes title, body or both; nil leaves a text as it is.
    func update(_ number: Int, title: String?, body: String?) async throws -> PullRequest

    /// Adds a comment; not repeated when the answer gets lost.
    func comment(_ number: Int, body: String) async throws

    /// Closes without a merge, after a comment where one is given.
    func close(_ number: Int, comment: String?) async throws -> PullRequest

    /// What the token may do here; a right that is missing is a value, not an error.
    func checkAccess() async throws -> ForgeAccess
}

/// The largest texts that a forge takes, counted in UTF-16 units, which is never less than characters.
package struct ForgeLimits: Sendable, Equatable {
    /// For titles.
    package let title: Int
    /// For descriptions and comments.
    package let body: Int

    /// Makes limits.
    package init(title: Int, body: Int) {
        self.title = title
        self.body = body
    }

    /// GitHub refuses more than 65,536; what it counts has varied, hence the distance.
    package static let gitHub = ForgeLimits(title: 256, body: 58_000)
    /// Gitea and Forgejo take long texts; titles end at their database's 255.
    package static let gitea = ForgeLimits(title: 255, body: 1_000_000)
}

/// What a token may do with a repository.
package struct ForgeAccess: Sendable, Equatable {
    /// The repository's name as the forge writes it.
    package let repository: String
    /// The branch that pull requests go to by default.
    package let defaultBranch: String?
    /// Whose token it is; nil where the forge does not tell, as for GitHub Apps.
    package let account: String?
    /// Rights that are missing, in the forge's own words; empty when all is well.
    package let missingRights: [String]

    /// Makes an access report.
    package init(repository: String, defaultBranch: String?, account: String?, missingRights: [String]) {
        self.repository = repository
        self.defaultBranch = defaultBranch
        self.account = account
        self.missingRights = missingRights
    }
}
