// The names of properties are GitHub's own. Everything that the product can do without is optional, because GitHub
// answers null in places where its description does not say so.

struct GitHubUser: Decodable, Sendable {
    let login: String
}

struct GitHubIdentified: Decodable, Sendable {
    let id: Int
}

struct GitHubPullRequest: Decodable, Sendable {
    struct Branch: Decodable, Sendable {
        let ref: String
        let sha: String?
        let repo: GitHubIdentified?
    }

    struct Label: Decodable, Sendable {
        let name: String?
    }

    let number: Int
    let html_url: String?
    let state: String
    let title: String?
    let body: String?
    let draft: Bool?
    let merged_at: String?
    let user: GitHubUser?
    let labels: [Label]?
    let head: Branch
    let base: Branch

    /// Whether it comes from a branch of the same repository; a deleted fork has no repository any more.
    func isFrom(branch: String) -> Bool {
        guard head.ref == branch else { return false }
        guard let from = head.repo?.id, let into = base.repo?.id else { return true }
        return from == into
    }

    var value: PullRequest {
        PullRequest(
            number: number,
            url: html_url ?? "",
            state: merged_at != nil ? .merged : state == "open" ? .open : .closed,
            title: title ?? "",
            body: body ?? "",
            headBranch: head.ref,
            headCommit: head.sha ?? "",
            baseBranch: base.ref,
            isDraft: draft ?? false,
            labels: (labels ?? []).compactMap(\.name),
            author: user?.login
        )
    }
}

struct GitHubRepository: Decodable, Sendable {
    struct Permissions: Decodable, Sendable {
        let push: Bool?
    }

    let full_name: String
    let default_branch: String?
    let archived: Bool?
    let `private`: Bool?
    let permissions: Permissions?

    /// The scopes come from a header that only classic tokens get.
    func missingRights(scopes header: String?) -> [String] {
        var missing: [String] = []
        if archived == true { missing.append("the repository is archived") }
        if permissions?.push == false { missing.append("Contents: write") }
        if let header, !header.isEmpty {
            let scopes = header.split(separator: ",").map { String($0.filter { $0 != " " }) }
            let isEnough = scopes.contains("repo") || (self.private == false && scopes.contains("public_repo"))
            if !isEnough { missing.append("scope repo") }
        }
        return missing
    }
}

struct GitHubNewPullRequest: Encodable, Sendable {
    let title: String
    let body: String
    let head: String
    let base: String
    let draft: Bool?
}

struct GitHubChange: Encodable, Sendable {
    var title: String?
    var body: String?
    var state: String?
}

struct GitHubComment: Encodable, Sendable {
    let body: String
}

struct GitHubLabels: Encodable, Sendable {
    let labels: [String]
}

struct GitHubReviewers: Encodable, Sendable {
    var reviewers: [String]?
    var team_reviewers: [String]?
}
