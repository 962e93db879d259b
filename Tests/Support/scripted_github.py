"""GitHub behind scripted-forge.py: its addresses, documents and refusals."""

from scripted_forges import DATE, Answer, Forge

MAX_BODY = 65_536
DOCUMENTATION = "https://docs.github.com/rest"


class GitHub(Forge):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.root = ""

    def described_path(self, path):
        return path.removeprefix("/api/v3")

    def answer(self, request):
        request = request | {"path": self.described_path(request["path"])}
        return super().answer(request)

    def is_authorized(self, header):
        return header == f"Bearer {self.token}"

    def unauthorized(self):
        return self.refusal(401, "Bad credentials")

    def not_found(self):
        return self.refusal(404, "Not Found")

    def refusal(self, status, message):
        return Answer(status, {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)})

    def invalid(self, *errors):
        body = {"message": "Validation Failed", "documentation_url": DOCUMENTATION, "errors": list(errors)}
        return Answer(422, body)

    def custom(self, message):
        return self.invalid({"resource": "PullRequest", "code": "custom", "message": message})

    def lag(self):
        return self.invalid({"resource": "PullRequest", "field": "head", "code": "invalid"})

    def get_repository(self, _request):
        headers = {} if self.scopes is None else {"X-OAuth-Scopes": self.scopes}
        return Answer(200, self.full_repository(), headers)

    def get_user(self, _request):
        return Answer(200, self.user("bot") | {"public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
            "created_at": DATE, "updated_at": DATE, "name": None, "company": None, "blog": None, "location": None,
            "email": None, "hireable": None, "bio": None})

    def list_pulls(self, request):
        query = request["query"]
        found = [pull for pull in reversed(self.pulls) if self.passes(pull, query)]
        size = int(query.get("per_page", 30))
        page, has_more, number = self.page(found, request, size)
        headers = {"Link": self.link(request, number)} if has_more else {}
        return Answer(200, [self.simple(pull) for pull in page], headers)

    def passes(self, pull, query):
        state = query.get("state", "open")
        is_state = state == "all" or (pull["state"] == "open") == (state == "open")
        owner, _, branch = query.get("head", "").partition(":")
        # GitHub ignores the filter where it has no owner.
        is_head = not branch or (pull["head"] == branch and self.head_owner(pull) == owner)
        return is_state and is_head and query.get("base", pull["base"]) == pull["base"]

    def head_owner(self, pull):
        return "stranger" if pull.get("fork") else self.owner

    def create_pull(self, request):
        fields = request["body"]
        if not self.repository.get("draft_supported", True) and fields.get("draft"):
            return self.refusal(422, "Draft pull requests are not supported in this repository.")
        if not self.has_branch(fields["head"]):
            return self.lag()
        if not self.has_branch(fields["base"]):
            return self.invalid({"resource": "PullRequest", "field": "base", "code": "invalid"})
        if len(fields.get("body") or "") > MAX_BODY:
            return self.custom(f"body is too long (maximum is {MAX_BODY} characters)")
        if self.same(fields["head"], fields["base"]):
            return self.custom(f"A pull request already exists for {self.owner}:{fields['head']}.")
        pull = self.add({key: fields[key] for key in ("title", "body", "head", "base", "draft") if key in fields})
        return Answer(201, self.full(pull))

    def get_pull(self, _request, number):
        pull = self.pull(number)
        return Answer(200, self.full(pull)) if pull else self.not_found()

    def change_pull(self, request, number):
        pull = self.pull(number)
        if pull is None:
            return self.not_found()
        fields = request["body"]
        if len(fields.get("body") or "") > MAX_BODY:
            return self.custom(f"body is too long (maximum is {MAX_BODY} characters)")
        if pull["state"] == "merged":
            fields = {key: value for key, value in fields.items() if key != "state"}
        pull |= {key: fields[key] for key in ("title", "body", "state") if key in fields}
        return Answer(200, self.full(pull))

    def add_labels(self, request, number):
        pull = self.pull(number)
        if pull is None:
            return self.not_found()
        if any(len(name) > 50 for name in request["body"]["labels"]):
            return self.invalid({"resource": "Label", "field": "name", "code": "invalid"})
        pull["labels"] = list(dict.fromkeys(pull["labels"] + request["body"]["labels"]))
        return Answer(200, [self.label(name) for name in pull["labels"]])

    def add_reviewers(self, request, number):
        pull = self.pull(number)
        if pull is None:
            return self.not_found()
        names = request["body"].get("reviewers", [])
        if pull["author"] in names:
            return self.refusal(422, "Review cannot be requested from pull request author.")
        if not set(names) <= self.users or request["body"].get("team_reviewers"):
            return self.refusal(422, "Reviews may only be requested from collaborators.")
        pull["reviewers"] += names
        return Answer(201, self.simple(pull))

    def add_comment(self, request, number):
        pull = self.pull(number)
        if pull is None:
            return self.not_found()
        pull["comments"].append(request["body"]["body"])
        url = f"{self.web}/comments/{len(pull['comments'])}"
        return Answer(201, {"id": len(pull["comments"]), "node_id": "IC_1", "url": url, "html_url": url,
            "issue_url": f"{self.web}/issues/{number}", "body": request["body"]["body"], "user": self.user("bot"),
            "created_at": DATE, "updated_at": DATE, "author_association": "NONE"})

    def user(self, login):
        names = ["avatar", "followers", "following", "gists", "starred", "subscriptions", "organizations", "repos",
                 "events", "received_events"]
        urls = {f"{name}_url": f"{self.web}/users/{login}/{name}" for name in names}
        return urls | {"login": login, "id": 7, "node_id": "U_7", "gravatar_id": None,
            "url": f"{self.web}/users/{login}",
            "html_url": f"{self.web}/{login}", "type": "User", "site_admin": False}

    def label(self, name):
        return {"id": 1 + len(name), "node_id": "L_1", "url": f"{self.web}/labels/{name}", "name": name,
            "description": None, "color": "ededed", "default": False, "archived_at": None, "archived_by": None}

    def short_repository(self, owner, identifier):
        names = """archive assignees blobs branches collaborators comments commits compare contents contributors
            deployments downloads events forks git_commits git_refs git_tags git issue_comment issue_events issues keys
            labels languages merges milestones notifications pulls releases ssh stargazers statuses subscribers
            subscription tags teams trees clone hooks svn""".split()
        api = f"{self.web}/repos/{owner}/{self.name}"
        flags = ["disabled", "has_pages", "has_issues", "has_projects", "has_wiki", "has_downloads", "has_discussions",
                 "fork", "private", "archived"]
        counts = ["forks", "forks_count", "stargazers_count", "watchers", "watchers_count", "size", "open_issues",
                  "open_issues_count"]
        return ({f"{name}_url": f"{api}/{name}" for name in names} | dict.fromkeys(flags, False)
            | dict.fromkeys(counts, 0) | {"id": identifier, "node_id": "R_1", "name": self.name,
            "full_name": f"{owner}/{self.name}", "owner": self.user(owner), "description": None, "homepage": None,
            "language": None, "license": None, "mirror_url": None, "default_branch": "main", "url": api,
            "html_url": f"{self.web}/{owner}/{self.name}", "pushed_at": DATE, "created_at": DATE, "updated_at": DATE})

    def full_repository(self):
        settings = {key: value for key, value in self.repository.items() if key != "draft_supported"}
        return self.short_repository(self.owner, 1) | {"subscribers_count": 0, "network_count": 0} | settings

    def branch(self, owner, branch, repository):
        return {"label": f"{owner}:{branch}", "ref": branch, "sha": self.sha(branch), "user": self.user(owner),
            "repo": repository}

    def simple(self, pull):
        api = f"{self.web}/repos/{self.owner}/{self.name}/pulls/{pull['number']}"
        names = ["diff", "patch", "issue", "commits", "review_comments", "review_comment", "comments", "statuses"]
        links = ["comments", "commits", "statuses", "html", "issue", "review_comments", "review_comment", "self"]
        owner = self.head_owner(pull)
        source = None if pull.get("fork_deleted") else self.short_repository(owner, 2 if pull.get("fork") else 1)
        author = None if pull["author"] is None else self.user(pull["author"])
        return {f"{name}_url": f"{api}/{name}" for name in names} | {
            "_links": {name: {"href": f"{api}/{name}"} for name in links},
            "url": api, "html_url": f"{self.web}/{self.owner}/{self.name}/pull/{pull['number']}",
            "id": 1000 + pull["number"], "node_id": "PR_1", "number": pull["number"], "locked": False,
            "state": "open" if pull["state"] == "open" else "closed", "title": pull["title"],
            "body": pull["body"] or None, "draft": pull["draft"], "user": author,
            "labels": [self.label(name) | {"archived_by": None} for name in pull["labels"]],
            "milestone": None, "created_at": DATE, "updated_at": DATE,
            "closed_at": None if pull["state"] == "open" else DATE,
            "merged_at": DATE if pull["state"] == "merged" else None, "merge_commit_sha": None, "assignee": None,
            "assignees": [], "requested_reviewers": [self.user(name) for name in pull["reviewers"]],
            "requested_teams": [], "author_association": "NONE", "auto_merge": None, "active_lock_reason": None,
            "head": self.branch(owner, pull["head"], source),
            "base": self.branch(self.owner, pull["base"], self.short_repository(self.owner, 1))}

    def full(self, pull):
        counts = ["comments", "review_comments", "commits", "additions", "deletions", "changed_files"]
        return self.simple(pull) | dict.fromkeys(counts, 0) | {"merged": pull["state"] == "merged", "mergeable": None,
            "mergeable_state": "unknown", "merged_by": None, "maintainer_can_modify": False, "rebaseable": None}

    routes = [
        (r"GET /repos/[^/]+/[^/]+", get_repository),
        (r"GET /user", get_user),
        (r"GET /repos/[^/]+/[^/]+/pulls", list_pulls),
        (r"POST /repos/[^/]+/[^/]+/pulls", create_pull),
        (r"GET /repos/[^/]+/[^/]+/pulls/(\d+)", get_pull),
        (r"PATCH /repos/[^/]+/[^/]+/pulls/(\d+)", change_pull),
        (r"POST /repos/[^/]+/[^/]+/issues/(\d+)/labels", add_labels),
        (r"POST /repos/[^/]+/[^/]+/pulls/(\d+)/requested_reviewers", add_reviewers),
        (r"POST /repos/[^/]+/[^/]+/issues/(\d+)/comments", add_comment),
    ]
