#!/usr/bin/env python3
"""Serves bare repositories over git's smart HTTP on 127.0.0.1, with faults on demand; for tests.

It prints its port, and ends when its standard input closes.
"""

import argparse
import base64
import os
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FAULTS = [
    "none", "unauthorized", "forbidden", "hang", "hang-push", "wrong-type", "redirect", "moved", "error", "truncate",
    "lose-answer",
]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True, help="the folder that holds the repositories")
    parser.add_argument("--user", help="asks for Basic authentication")
    parser.add_argument("--token")
    parser.add_argument("--fault", choices=FAULTS, default="none")
    parser.add_argument("--location", help="where `redirect` leads")
    parser.add_argument("--log", help="a file that gets one line for each request")
    parser.add_argument("--cert", help="speaks TLS with this certificate")
    parser.add_argument("--key")
    return parser.parse_args()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Small answers wait for the client's delayed acknowledgement otherwise.
    disable_nagle_algorithm = True

    def do_GET(self):
        self.serve(b"")

    def do_POST(self):
        self.serve(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def serve(self, body):
        options = self.server.options
        is_push = self.path.endswith("/git-receive-pack")
        self.note()
        if options.fault == "hang" or (options.fault == "hang-push" and is_push):
            threading.Event().wait()
        elif options.fault == "unauthorized" or not self.is_authorized():
            self.answer(401, [("WWW-Authenticate", 'Basic realm="git"')], b"no: " + self.credentials())
        elif options.fault == "forbidden":
            self.answer(403, [], b"no: " + self.credentials())
        elif options.fault == "wrong-type":
            self.answer(200, [("Content-Type", "text/html")], b"<html>Sign in</html>")
        elif options.fault == "error":
            self.answer(500, [], b"broken")
        elif options.fault == "redirect":
            self.answer(302, [("Location", options.location + self.path)], b"")
        elif options.fault == "moved" and self.path.startswith("/old/"):
            self.answer(301, [("Location", "/" + self.path[len("/old/"):])], b"")
        else:
            self.backend(body, is_push)

    def note(self):
        if self.server.options.log:
            with open(self.server.options.log, "a") as log:
                log.write(f"{self.command} {self.path} {'Authorization' in self.headers}\n")

    def credentials(self):
        """What was sent, as careless servers repeat it."""
        value = self.headers.get("Authorization", "").removeprefix("Basic ")
        return base64.b64decode(value) if value else b""

    def is_authorized(self):
        options = self.server.options
        return not options.user or self.credentials() == f"{options.user}:{options.token}".encode()

    def backend(self, body, is_push):
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_PROJECT_ROOT": self.server.options.root,
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_USER": "tester",
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(["git", "http-backend"], input=body, stdout=subprocess.PIPE, env=environment, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n") if ": " in line]
        status = next((int(value[:3]) for name, value in headers if name == "Status"), 200)
        fault = self.server.options.fault
        if fault == "lose-answer" and is_push:
            self.close_connection = True
        elif fault == "truncate" and self.command == "POST":
            self.answer(status, headers, content, cut=len(content) // 2)
        else:
            self.answer(status, headers, content)

    def answer(self, status, headers, content, cut=None):
        self.send_response(status)
        for name, value in headers:
            if name not in ("Status", "Content-Length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content if cut is None else content[:cut])
        if cut is not None:
            self.close_connection = True

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Clients that refuse a certificate or give up are part of the tests."""


def main():
    options = arguments()
    server = Server(("127.0.0.1", 0), Handler)
    server.options = options
    if options.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert, options.key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
