"""Gitea and Forgejo behind scripted-forge.py: their addresses, documents and refusals."""

from scripted_forges import DATE, Answer, Forge


class Gitea(Forge):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.root = "/api/v1"

    def is_authorized(self, header):
        return header == f"token {self.token}"

    @property
    def link_root(self):
        # Behind a proxy a Gitea names the address of its settings.
        return "http://gitea.example.com"

    def refusal(self, status, message):
        return Answer(status, {"message": message, "url": f"{self.web}/api/swagger"})

    def unauthorized(self):
        return self.refusal(401, "invalid username, password or token")

    def not_found(self):
        return Answer(404, {"message": "The target couldn't be found.", "url": f"{self.web}/api/swagger", "errors": []})

    lag = not_found

    def get_repository(self, _request):
        return Answer(200, self.repository_document(self.owner, 1) | self.repository)

    def get_user(self, _request):
        return Answer(200, self.user("bot"))

    def list_pulls(self, request):
        state = request["query"].get("state", "open")
        found = [
            pull for pull in reversed(self.pulls) if state == "all" or (pull["state"] == "open") == (state == "open")
        ]
        size = min(50, int(request["query"].get("limit", 30)))
        page, has_more, number = self.page(found, request, size)
        headers = {"X-Total-Count": str(len(found))} | ({"Link": self.link(request, number)} if has_more else {})
        return Answer(200, [self.document(pull) for pull in page], headers)

    def create_pull(self, request):
        fields = request["body"]
        if not self.has_branch(fields["head"]) or not self.has_branch(fields["base"]):
            return self.not_found()
        if self.same(fields["head"], fields["base"]):
            return self.refusal(409, "pull request already exists for these targets [id: 1]")
        pull = self.add({key: fields[key] for key in ("title", "body", "head", "base")})
        return Answer(201, self.document(pull))

    def get_pull(self, _request, number):
        pull = self.pull(number)
        return Answer(200, self.document(pull)) if pull else self.not_found()

    def change_pull(self, request, number):
        pull = self.pull(number)
        if pull is None:
            return self.not_found()
        fields = request["body"]
        if pull["state"] == "merged" and "state" in fields:
            return self.refusal(412, "cannot change state of this pull request, it was already merged")
        pull |= {key: fields[key] for key in ("title", "body", "state") if key in fields}
        return Answer(201, self.document(pull))

    def list_labels(self, request):
        page, _, _ = self.page(self.labels, request, min(50, int(request["query"].get("limit", 30))))
        return Answer(200, [self.label(name) for name in page], {"X-Total-Count": str(len(self.labels))})

    def list_organization_labels(self, _request):
        return self.not_found()

    def add_labels(self, request, number):
        pull = self.pull(number)
        if pull is None:
            return self.not_found()
        pull["labels"] += [self.labels[identifier - 1] for identifier in request["body"]["labels"]]
        return Answer(200, [self.label(name) for name in pull["labels"]])

    def add_reviewers(self, request, number):
        pull = self.pull(number)
        if pull is None:
            return self.not_found()
        names = request["body"].get("reviewers", [])
        if not set(names) <= self.users or request["body"].get("team_reviewers"):
            return self.refusal(404, "user does not exist")
        if pull["author"] in names:
            return self.refusal(422, "poster of pr can't be reviewer")
        pull["reviewers"] += names
        return Answer(201, [{"id": 1, "state": "REQUEST_REVIEW", "user": self.user(name)} for name in names])

    def add_comment(self, request, number):
        pull = self.pull(number)
        if pull is None:
            return self.not_found()
        pull["comments"].append(request["body"]["body"])
        return Answer(201, {"id": len(pull["comments"]), "body": request["body"]["body"], "user": self.user("bot"),
            "html_url": f"{self.web}/comment", "created_at": DATE, "updated_at": DATE, "assets": []})

    def user(self, login):
        return {"id": 7, "login": login, "login_name": "", "full_name": "", "email": f"{login}@example.com",
            "avatar_url": f"{self.web}/avatars/7", "is_admin": False, "created": DATE}

    def label(self, name):
        return {"id": self.labels.index(name) + 1, "name": name, "color": "ededed", "description": "",
            "exclusive": False, "is_archived": False, "url": f"{self.web}/labels/{name}"}

    def repository_document(self, owner, identifier):
        return {"id": identifier, "owner": self.user(owner), "name": self.name, "full_name": f"{owner}/{self.name}",
            "description": "", "empty": False, "private": False, "fork": identifier != 1, "parent": None,
            "default_branch": "main", "archived": False, "has_pull_requests": True, "created_at": DATE,
            "html_url": f"{self.web}/{owner}/{self.name}", "permissions": {"admin": False, "push": True, "pull": True}}

    def document(self, pull):
        number = pull["number"]
        is_fork = pull.get("fork", False)
        is_gone = pull.get("fork_deleted", False)
        owner, identifier = ("stranger", 2) if is_fork else (self.owner, 1)
        source = None if is_gone else self.repository_document(owner, identifier)
        ref = f"refs/pull/{number}/head" if is_gone or pull.get("branch_deleted") else pull["head"]
        document = {"id": 1000 + number, "number": number, "url": f"{self.web}/{self.owner}/{self.name}/pulls/{number}",
            "html_url": f"{self.web}/{self.owner}/{self.name}/pulls/{number}", "title": pull["title"],
            "body": pull["body"], "state": "open" if pull["state"] == "open" else "closed",
            "merged": pull["state"] == "merged", "mergeable": True, "milestone": None, "assignee": None,
            "assignees": None, "merged_by": None, "due_date": None, "created_at": DATE, "updated_at": DATE,
            "closed_at": None if pull["state"] == "open" else DATE, "is_locked": False, "comments": 0,
            "user": None if pull["author"] is None else self.user(pull["author"]),
            "labels": [self.label(name) for name in pull["labels"]],
            "head": {"label": pull["head"], "ref": ref, "sha": self.sha(pull["head"]),
                     "repo_id": -1 if is_gone else identifier, "repo": source},
            "base": {"label": pull["base"], "ref": pull["base"], "sha": self.sha(pull["base"]), "repo_id": 1,
                     "repo": self.repository_document(self.owner, 1)}}
        if self.kind == "forgejo":
            document["draft"] = pull["title"].startswith("WIP:")
        return document

    routes = [
        (r"GET /repos/[^/]+/[^/]+", get_repository),
        (r"GET /user", get_user),
        (r"GET /repos/[^/]+/[^/]+/pulls", list_pulls),
        (r"POST /repos/[^/]+/[^/]+/pulls", create_pull),
        (r"GET /repos/[^/]+/[^/]+/pulls/(\d+)", get_pull),
        (r"PATCH /repos/[^/]+/[^/]+/pulls/(\d+)", change_pull),
        (r"GET /repos/[^/]+/[^/]+/labels", list_labels),
        (r"GET /orgs/[^/]+/labels", list_organization_labels),
        (r"POST /repos/[^/]+/[^/]+/issues/(\d+)/labels", add_labels),
        (r"POST /repos/[^/]+/[^/]+/pulls/(\d+)/requested_reviewers", add_reviewers),
        (r"POST /repos/[^/]+/[^/]+/issues/(\d+)/comments", add_comment),
    ]
