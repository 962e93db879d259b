"""What the forges behind scripted-forge.py share: pull requests, pages, and the way to a handler."""

import hashlib
import re

DATE = "2026-01-05T10:00:00Z"


class Answer:
    def __init__(self, status, body=None, headers=None, raw=None):
        self.status = status
        self.body = body
        self.headers = headers or {}
        self.raw = raw


class Forge:
    """A forge has a root, routes, documents and refusals of its own."""

    def __init__(self, kind, repository, token, port):
        self.kind = kind
        self.owner, self.name = repository.split("/")
        self.token = token
        self.web = f"http://127.0.0.1:{port}"
        self.branches = None
        self.pulls = []
        self.repository = {"permissions": {"admin": False, "push": True, "pull": True}}
        self.page_size = None
        self.scopes = None
        self.users = {"bot", "ann", "bob"}
        self.labels = ["policy", "security", "needs-review"]

    def configure(self, settings):
        for pull in settings.pop("pulls", []):
            self.add(pull)
        for number, state in settings.pop("states", {}).items():
            self.pull(number)["state"] = state
        self.repository |= settings.pop("repository", {})
        for name, value in settings.items():
            setattr(self, name, value)

    def add(self, fields):
        pull = {
            "number": len(self.pulls) + 1,
            "title": "",
            "body": "",
            "state": "open",
            "author": "bot",
            "draft": False,
            "labels": [],
            "reviewers": [],
            "comments": [],
            "base": "main",
        } | fields
        self.pulls.append(pull)
        return pull

    def has_branch(self, branch):
        return self.branches is None or branch in self.branches

    def pull(self, number):
        return next((pull for pull in self.pulls if pull["number"] == int(number)), None)

    def same(self, head, base):
        return [
            pull
            for pull in self.pulls
            if (pull["head"], pull["base"], pull["state"]) == (head, base, "open") and not pull.get("fork")
        ]

    def described_path(self, path):
        """The path as the forge's description has it."""
        return path

    def answer(self, request):
        path = request["path"].removeprefix(self.root)
        if not self.is_authorized(request["headers"].get("authorization")):
            return self.unauthorized()
        for pattern, handler in self.routes:
            found = re.fullmatch(pattern, f"{request['method']} {path}")
            if found:
                return handler(self, request, *found.groups())
        return self.not_found()

    def page(self, pulls, request, size):
        """One page and whether there are more."""
        size = min(size, self.page_size or size)
        number = max(1, int(request["query"].get("page", 1)))
        return pulls[(number - 1) * size : number * size], len(pulls) > number * size, number

    def link(self, request, number):
        query = request["query"] | {"page": str(number + 1)}
        text = "&".join(f"{name}={value}" for name, value in query.items())
        return f'<{self.link_root}{request["path"]}?{text}>; rel="next", <{self.link_root}/last?page=99>; rel="last"'

    @property
    def link_root(self):
        return self.web

    def sha(self, branch):
        return hashlib.sha1(branch.encode()).hexdigest()
