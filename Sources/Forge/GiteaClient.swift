import FoundationEssentials
package import HTTPTransport

/// The API that Gitea and Forgejo share (`https://host/api/v1`).
package struct GiteaClient: ForgeClient {
    private static let pageSize = "50"

    /// What Gitea takes.
    package let limits = ForgeLimits.gitea

    private let session: ForgeSession
    private let owner: String
    private let base: String

    /// Makes a client; nothing is contacted yet.
    package init(
        _ configuration: ForgeConfiguration,
        http: HTTPClient,
        rules: RetryRules = RetryRules(),
        clock: ForgeClock = .system
    ) {
        session = ForgeSession(configuration, dialect: .gitea, http: http, rules: rules, clock: clock)
        owner = ForgeCall.encoded(configuration.repository.lastOwner)
        base = "/repos/\(owner)/\(ForgeCall.encoded(configuration.repository.name))"
    }

    /// See `ForgeClient`; older servers cannot filter by branch, so all open ones are read.
    package func openPullRequest(head: String, base: String) async throws -> PullRequest? {
        try await list(state: "open") { $0.isFrom(branch: head) && $0.base.name == base }.first
    }

    /// See `ForgeClient`.
    package func pullRequests(head: String) async throws -> [PullRequest] {
        try await list(state: "all") { $0.isFrom(branch: head) }
    }

    /// See `ForgeClient`; drafts are marked by the title.
    package func create(_ new: NewPullRequest) async throws -> CreatedPullRequest {
        let (pullRequest, existedBefore) = try await session.open(new) {
            try await post(new)
        } find: {
            try await openPullRequest(head: new.head, base: new.base)
        }
        let warnings = existedBefore ? [] : try await decorate(pullRequest.number, new)
        return CreatedPullRequest(pullRequest: pullRequest, existedBefore: existedBefore, warnings: warnings)
    }

    /// See `ForgeClient`; a draft stays one.
    package func update(_ number: Int, title: String?, body: String?) async throws -> PullRequest {
        var change = GiteaChange(title: title, body: body)
        if let title, try await read(number).draftPrefix != nil {
            change.title = GiteaPullRequest.draftTitle(title)
        }
        return try await patch(number, change)
    }

    /// See `ForgeClient`.
    package func comment(_ number: Int, body: String) async throws {
        let call = try write("POST", "/issues/\(number)/comments", GiteaComment(body: body), effect: .once)
        let _: GiteaIdentified = try await session.value(call)
    }

    /// See `ForgeClient`; one that is merged already is returned as it is.
    package func close(_ number: Int, comment: String?) async throws -> PullRequest {
        if let comment { try await self.comment(number, body: comment) }
        do {
            return try await patch(number, GiteaChange(state: "closed"))
        } catch let error as ForgeError where error.status == 412 {
            return try await read(number).value
        }
    }

    /// See `ForgeClient`; what a token's scopes leave out shows only when it is used.
    package func checkAccess() async throws -> ForgeAccess {
        let found: GiteaRepository = try await session.value(.get(base))
        var missing = found.missingRights
        let pulls = try await session.send(.get(base + "/pulls", query: [("limit", "1"), ("state", "open")]))
        if !pulls.isSuccess { missing.append("read pull requests (scope read:issue or read:repository)") }
        let user = ForgeCall.get("/user")
        let account: GiteaUser? = try? session.decode(try await session.send(user), of: user)
        return ForgeAccess(
            repository: found.full_name ?? session.configuration.repository.path,
            defaultBranch: found.default_branch,
            account: account?.login,
            missingRights: missing
        )
    }

    private func list(state: String, where passes: (GiteaPullRequest) -> Bool) async throws -> [PullRequest] {
        let call = ForgeCall.get(base + "/pulls", query: [("state", state), ("limit", Self.pageSize)])
        return try await session.items(call, paging: .number, where: passes)
            .map(\.value).sorted { $0.number > $1.number }
    }

    private func read(_ number: Int) async throws -> GiteaPullRequest {
        try await session.value(.get(base + "/pulls/\(number)"))
    }

    private func post(_ new: NewPullRequest) async throws -> CreateOutcome {
        let document = GiteaNewPullRequest(
            title: new.isDraft ? GiteaPullRequest.draftTitle(new.title) : new.title,
            body: new.body,
            head: new.head,
            base: new.base
        )
        // A branch that was pushed a moment ago may not be known yet: 404 then.
        let call = try write("POST", "/pulls", document, effect: .once).patient { $0.status == 404 }
        do {
            let response = try await session.send(call)
            if response.status == 409 { return .exists(session.error(response, of: call)) }
            let created: GiteaPullRequest = try session.decode(response, of: call)
            return .created(created.value)
        } catch let error as ForgeError where error.isAmbiguous {
            return .lost(error)
        }
    }

    private func decorate(_ number: Int, _ new: NewPullRequest) async throws -> [String] {
        var warnings = try await label(number, new.labels)
        warnings += try await session.bestEffort("reviewers", new.reviewers) { names in
            try await apply("/pulls/\(number)/requested_reviewers", GiteaReviewers(reviewers: names))
        }
        warnings += try await session.bestEffort("team reviewers", new.teamReviewers) { names in
            try await apply("/pulls/\(number)/requested_reviewers", GiteaReviewers(team_reviewers: names))
        }
        return warnings
    }

    /// Labels go by number, those of the repository before those of its organization.
    private func label(_ number: Int, _ names: [String]) async throws -> [String] {
        guard !names.isEmpty else { return [] }
        do {
            let known = try await knownLabels(names)
            let identifiers = names.compactMap { known[$0] }
            if !identifiers.isEmpty {
                try await apply("/issues/\(number)/labels", GiteaLabels(labels: identifiers))
            }
            return names.filter { known[$0] == nil }.map { "labels \($0): the repository has no such label" }
        } catch let error as ForgeError {
            return ["labels \(names.joined(separator: ", ")): \(error)"]
        }
    }

    private func knownLabels(_ names: [String]) async throws -> [String: Int] {
        let wanted = Set(names)
        var known: [String: Int] = [:]
        for path in [base + "/labels", "/orgs/\(owner)/labels"] where known.count < wanted.count {
            do {
                let call = ForgeCall.get(path, query: [("limit", Self.pageSize)])
                let labels: [GiteaLabel] = try await session.items(call, paging: .number) { wanted.contains($0.name) }
                for label in labels where known[label.name] == nil { known[label.name] = label.id }
            } catch let error as ForgeError where [.notFound, .forbidden].contains(error.code) {
                // A person's repository has no organization behind it.
                continue
            }
        }
        return known
    }

    private func apply(_ path: String, _ document: some Encodable) async throws {
        let call = try write("POST", path, document, effect: .idempotent).patient { $0.status == 404 }
        let response = try await session.send(call)
        guard response.isSuccess else { throw session.error(response, of: call) }
    }

    private func patch(_ number: Int, _ change: GiteaChange) async throws -> PullRequest {
        let call = try write("PATCH", "/pulls/\(number)", change, effect: .idempotent)
        let changed: GiteaPullRequest = try await session.value(call)
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
    /// Gitea takes its tokens in a scheme of their own and sets no distance between writes.
    static let gitea = ForgeDialect(
        name: "Gitea",
        headers: ["Accept": "application/json"],
        credentials: { .scheme("token", $0) },
        writeDistance: .zero,
        rights: "the scopes write:repository and write:issue, and write access to the repository"
    )
}
