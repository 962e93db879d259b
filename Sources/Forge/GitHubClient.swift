import FoundationEssentials
package import HTTPTransport

/// GitHub's REST API, on github.com and on Enterprise servers (`https://host/api/v3`).
package struct GitHubClient: ForgeClient {
    /// What GitHub takes.
    package let limits = ForgeLimits.gitHub

    private let session: ForgeSession
    private let owner: String
    private let repository: String
    private let base: String

    /// Makes a client; nothing is contacted yet.
    package init(
        _ configuration: ForgeConfiguration,
        http: HTTPClient,
        rules: RetryRules = RetryRules(),
        clock: ForgeClock = .system
    ) {
        session = ForgeSession(configuration, dialect: .gitHub, http: http, rules: rules, clock: clock)
        owner = configuration.repository.lastOwner
        repository = configuration.repository.name
        base = "/repos/\(ForgeCall.encoded(owner))/\(ForgeCall.encoded(repository))"
    }

    /// See `ForgeClient`; the owner in the filter keeps forks out.
    package func openPullRequest(head: String, base: String) async throws -> PullRequest? {
        try await list(head: head, state: "open", base: base).first
    }

    /// See `ForgeClient`.
    package func pullRequests(head: String) async throws -> [PullRequest] {
        try await list(head: head, state: "all", base: nil)
    }

    /// See `ForgeClient`; where the repository knows no drafts, an ordinary pull request and a warning come of it.
    package func create(_ new: NewPullRequest) async throws -> CreatedPullRequest {
        var warnings: [String] = []
        var isDraft = new.isDraft
        let (pullRequest, existedBefore) = try await session.open(new) {
            let outcome = try await post(new, isDraft: isDraft)
            guard isDraft, case .exists(let error) = outcome, error.message.lowercased().contains("draft") else {
                return outcome
            }
            isDraft = false
            warnings.append("draft: \(error)")
            return try await post(new, isDraft: false)
        } find: {
            try await openPullRequest(head: new.head, base: new.base)
        }
        if !existedBefore { warnings += try await decorate(pullRequest.number, new) }
        return CreatedPullRequest(pullRequest: pullRequest, existedBefore: existedBefore, warnings: warnings)
    }

    /// See `ForgeClient`.
    package func update(_ number: Int, title: String?, body: String?) async throws -> PullRequest {
        try await patch(number, GitHubChange(title: title, body: body))
    }

    /// See `ForgeClient`.
    package func comment(_ number: Int, body: String) async throws {
        let call = try write("POST", "/issues/\(number)/comments", GitHubComment(body: body), effect: .once)
        let _: GitHubIdentified = try await session.value(call)
    }

    /// See `ForgeClient`.
    package func close(_ number: Int, comment: String?) async throws -> PullRequest {
        if let comment { try await self.comment(number, body: comment) }
        return try await patch(number, GitHubChange(state: "closed"))
    }

    /// See `ForgeClient`; classic tokens are judged by their scopes, others by what the repository says.
    package func checkAccess() async throws -> ForgeAccess {
        let call = ForgeCall.get(base)
        let response = try await session.send(call)
        let found: GitHubRepository = try session.decode(response, of: call)
        var missing = found.missingRights(scopes: response.headers["X-OAuth-Scopes"])
        let pulls = try await session.send(.get(base + "/pulls", query: [("per_page", "1")]))
        if !pulls.isSuccess { missing.append("Pull requests: read") }
        let user = ForgeCall.get("/user")
        let account: GitHubUser? = try? session.decode(try await session.send(user), of: user)
        return ForgeAccess(
            repository: found.full_name,
            defaultBranch: found.default_branch,
            account: account?.login,
            missingRights: missing
        )
    }

    private func list(head: String, state: String, base: String?) async throws -> [PullRequest] {
        var query = [("head", "\(owner):\(head)"), ("state", state), ("per_page", "100")]
        if let base { query.append(("base", base)) }
        let found: [GitHubPullRequest] = try await session.items(
            .get(self.base + "/pulls", query: query), paging: .link
        ) {
            $0.isFrom(branch: head) && (base == nil || $0.base.ref == base)
        }
        return found.map(\.value).sorted { $0.number > $1.number }
    }

    private func post(_ new: NewPullRequest, isDraft: Bool) async throws -> CreateOutcome {
        let document = GitHubNewPullRequest(
            title: new.title,
            body: new.body,
            head: new.head,
            base: new.base,
            draft: isDraft ? true : nil
        )
        let call = try write("POST", "/pulls", document, effect: .once).patient(Self.isLag)
        do {
            let response = try await session.send(call)
            let problem = ForgeProblem(response)
            if response.status == 422, problem.mentions("already exists") || (isDraft && problem.mentions("draft")) {
                return .exists(session.error(response, of: call))
            }
            let created: GitHubPullRequest = try session.decode(response, of: call)
            return .created(created.value)
        } catch let error as ForgeError where error.isAmbiguous {
            return .lost(error)
        }
    }

    /// A branch that was pushed a moment ago may not be known yet.
    private static func isLag(_ response: HTTPResponse) -> Bool {
        if response.status == 404 { return true }
        guard response.status == 422 else { return false }
        let problem = ForgeProblem(response)
        return problem.details.contains { $0.field == "head" && $0.code == "invalid" }
            || problem.mentions("could not resolve to a node")
    }

    private func decorate(_ number: Int, _ new: NewPullRequest) async throws -> [String] {
        var warnings = try await session.bestEffort("labels", new.labels) { names in
            try await apply("/issues/\(number)/labels", GitHubLabels(labels: names))
        }
        warnings += try await session.bestEffort("reviewers", new.reviewers) { names in
            try await apply("/pulls/\(number)/requested_reviewers", GitHubReviewers(reviewers: names))
        }
        warnings += try await session.bestEffort("team reviewers", new.teamReviewers) { names in
            try await apply("/pulls/\(number)/requested_reviewers", GitHubReviewers(team_reviewers: names))
        }
        return warnings
    }

    private func apply(_ path: String, _ document: some Encodable) async throws {
        let call = try write("POST", path, document, effect: .idempotent).patient { $0.status == 404 }
        let response = try await session.send(call)
        guard response.isSuccess else { throw session.error(response, of: call) }
    }

    private func patch(_ number: Int, _ change: GitHubChange) async throws -> PullRequest {
        let call = try write("PATCH", "/pulls/\(number)", change, effect: .idempotent)
        let changed: GitHubPullRequest = try await session.value(call)
        return changed.value
    }

    private func write(
        _ method: String,
        _ path: String,
        _ document: some Encodable,
        effect: ForgeCall.Effect
    ) throws -> ForgeCall {
        .write(method, base + path, try ForgeDocument.bytes(document), effect: effect)
    }
}

extension ForgeDialect {
    /// GitHub asks for a second between two writes and for a version of its API.
    static let gitHub = ForgeDialect(
        name: "GitHub",
        headers: ["Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"],
        credentials: { .bearer($0) },
        writeDistance: .seconds(1),
        rights: "Contents: write and Pull requests: write (a classic token: the scope repo)"
    )
}
