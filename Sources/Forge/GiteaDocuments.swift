// The names of properties are Gitea's own; what the product can do without is optional.

struct GiteaUser: Decodable, Sendable {
    let login: String
}

struct GiteaIdentified: Decodable, Sendable {
    let id: Int
}

struct GiteaLabel: Decodable, Sendable {
    let id: Int
    let name: String
}

struct GiteaPullRequest: Decodable, Sendable {
    struct Branch: Decodable, Sendable {
        /// The branch, also when it is deleted; `ref` is `refs/pull/<number>/head` then.
        let label: String?
        let ref: String
        let sha: String?
        let repo_id: Int?

        var name: String { label ?? ref }
    }

    struct Label: Decodable, Sendable {
        let name: String?
    }

    let number: Int
    let html_url: String?
    let state: String
    let title: String?
    let body: String?
    let merged: Bool?
    let user: GiteaUser?
    let labels: [Label]?
    let head: Branch
    let base: Branch

    /// Whether it comes from a branch of the same repository: a fork may use the same branch name.
    func isFrom(branch: String) -> Bool {
        head.name == branch && head.repo_id == base.repo_id
    }

    /// The prefix of the title that marks a draft (the server's default for WORK_IN_PROGRESS_PREFIXES).
    var draftPrefix: String? {
        ["WIP:", "[WIP]"].first { title?.uppercased().hasPrefix($0) == true }
    }

    static func draftTitle(_ title: String) -> String {
        "WIP: " + title
    }

    var value: PullRequest {
        let bare = (title ?? "").dropFirst(draftPrefix?.count ?? 0).drop { $0 == " " }
        return PullRequest(
            number: number,
            url: html_url ?? "",
            state: merged == true ? .merged : state == "open" ? .open : .closed,
            title: draftPrefix == nil ? title ?? "" : String(bare),
            body: body ?? "",
            headBranch: head.name,
            headCommit: head.sha ?? "",
            baseBranch: base.name,
            isDraft: draftPrefix != nil,
            labels: (labels ?? []).compactMap(\.name),
            author: user?.login
        )
    }
}

struct GiteaRepository: Decodable, Sendable {
    struct Permissions: Decodable, Sendable {
        let push: Bool?
    }

    let full_name: String?
    let default_branch: String?
    let archived: Bool?
    let has_pull_requests: Bool?
    let permissions: Permissions?

    var missingRights: [String] {
        var missing: [String] = []
        if archived == true { missing.append("the repository is archived") }
        if has_pull_requests == false { missing.append("pull requests are switched off in the repository") }
        if permissions?.push == false { missing.append("write access to the repository") }
        return missing
    }
}

struct GiteaNewPullRequest: Encodable, Sendable {
    let title: String
    let body: String
    let head: String
    let base: String
}

struct GiteaChange: Encodable, Sendable {
    var title: String?
    var body: String?
    var state: String?
}

struct GiteaComment: Encodable, Sendable {
    let body: String
}

struct GiteaLabels: Encodable, Sendable {
    let labels: [Int]
}

struct GiteaReviewers: Encodable, Sendable {
    var reviewers: [String]?
    var team_reviewers: [String]?
}
