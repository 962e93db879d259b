"""A forge for tests: answers like GitHub, Gitea or Forgejo, keeps pull requests, fails on demand, records everything.

    scripted-forge.py --kind github|gitea|forgejo --repository OWNER/NAME --token TOKEN --log FILE

Prints its port, then serves until it is killed or its standard input closes. The API's root is `/` and `/api/v3` for
GitHub, `/api/v1` for the others. The log gets one JSON object a line for every API exchange.

`POST /_control` takes a JSON object, every key of it optional:

    branches   list of the branches that exist; any branch exists until this is set
    pulls      list of pull requests to add: head, base, title, body, state (open, closed, merged), author, draft,
               labels, fork (from another owner's repository), fork_deleted, branch_deleted
    states     what people did with pull requests: number to state (open, closed, merged)
    repository fields to set on the repository, such as archived, permissions, draft_supported
    page_size  the largest page
    scopes     the value of X-OAuth-Scopes
    faults     list of faults; each applies to the next `times` (1) requests whose "METHOD path" holds `match`:
               kind "status": answers `status` with `headers` and `body` (any JSON) or `raw` (text)
               kind "lag": answers as if the branch were not known yet
               kind "lost_before_commit", "lost_after_commit": closes the connection before or after it acts
               kind "timeout_after_commit": acts and never answers

`GET /_control` returns the pull requests with their comments.
"""

import argparse
import json
import os
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.dont_write_bytecode = True

from scripted_forges import Answer  # noqa: E402
from scripted_gitea import Gitea  # noqa: E402
from scripted_github import GitHub  # noqa: E402


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Small answers wait for the client's delayed acknowledgement otherwise.
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urllib.parse.urlsplit(self.path)
        # One request at a time: the state stays consistent and the log in order.
        with self.server.lock:
            if url.path == "/_control":
                return self.control(body)
            answer, after = self.exchange(url, body)
        if after == "timeout_after_commit":
            self.connection.recv(1)
        if after in ("lost_before_commit", "lost_after_commit", "timeout_after_commit"):
            self.close_connection = True
            return None
        return self.send(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def control(self, body):
        if self.command == "POST":
            settings = json.loads(body)
            self.server.faults += settings.pop("faults", [])
            self.server.forge.configure(settings)
        self.send(Answer(200, {"pulls": self.server.forge.pulls}))

    def exchange(self, url, body):
        fault = self.take_fault(url.path)
        kind = fault.get("kind")
        request = {
            "method": self.command,
            "path": urllib.parse.unquote(url.path),
            "query": dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True)),
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": json.loads(body) if body else None,
        }
        if kind == "status":
            answer = Answer(fault["status"], fault.get("body"), fault.get("headers", {}), fault.get("raw"))
        elif kind == "lag":
            answer = self.server.forge.lag()
        elif kind == "lost_before_commit":
            answer = Answer(0)
        else:
            answer = self.server.forge.answer(request)
        self.record(request, answer, kind)
        return answer, kind

    def take_fault(self, path):
        for fault in self.server.faults:
            if fault.get("match", "") in f"{self.command} {path}":
                fault["times"] = fault.get("times", 1) - 1
                if fault["times"] == 0:
                    self.server.faults.remove(fault)
                return fault
        return {}

    def record(self, request, answer, fault):
        line = {
            "method": request["method"],
            "path": self.server.forge.described_path(request["path"]),
            "query": request["query"],
            "headers": request["headers"],
            "request_body": request["body"],
            "status": answer.status,
            "response_body": answer.body,
            "fault": fault,
        }
        self.server.log.write(json.dumps(line) + "\n")
        self.server.log.flush()

    def send(self, answer):
        text = answer.raw if answer.raw is not None else json.dumps(answer.body)
        data = text.encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", required=True, choices=["github", "gitea", "forgejo"])
    parser.add_argument("--repository", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--log", required=True)
    arguments = parser.parse_args()
    server = Server(("127.0.0.1", 0), Handler)
    server.lock = threading.Lock()
    server.faults = []
    server.log = open(arguments.log, "a", encoding="utf-8")
    forge = GitHub if arguments.kind == "github" else Gitea
    server.forge = forge(arguments.kind, arguments.repository, arguments.token, server.server_address[1])
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
