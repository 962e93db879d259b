"""An HTTP server for transport tests: each path behaves in one way. Prints its port, then serves until it is killed.

    scripted-http.py [--certificate FILE --key FILE [--client-ca FILE]]

GET  /status/<code>                 that status, body "status <code>"
ANY  /echo                          a JSON object of what was received
GET  /redirect/<code>?to=<url>      a redirect
GET  /loop                          a redirect to itself
GET  /large/<bytes>                 so many bytes
GET  /bomb/<bytes>                  so many zero bytes, compressed
GET  /headers/<count>               so many header fields of 1,000 bytes
GET  /silent                        no answer until the client leaves
GET  /broken                        half an answer, then the connection closes
GET  /garbage                       no HTTP at all
ANY  /vanish                        no answer: the connection closes
GET  /vanished                      how often /vanish was asked for, as text
GET  /repeat                        a header field three times
GET  /stream/<count>                so many lines in chunks, and a trailer field behind them
GET  /endless                       lines until the client leaves
"""

import argparse
import gzip
import json
import os
import ssl
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Small answers wait for the client's delayed acknowledgement otherwise.
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        url = urllib.parse.urlsplit(self.path)
        _, kind, *rest = url.path.split("/")
        getattr(self, "do_" + kind)(url, rest, body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def do_status(self, _url, rest, _body):
        self.answer(int(rest[0]), f"status {rest[0]}".encode())

    def do_echo(self, _url, _rest, body):
        received = {
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode("utf-8", "replace"),
            "client": self.client_address[1],
        }
        self.answer(200, json.dumps(received).encode())

    def do_redirect(self, url, rest, _body):
        target = urllib.parse.parse_qs(url.query)["to"][0]
        self.answer(int(rest[0]), b"elsewhere", [("Location", target)])

    def do_loop(self, _url, _rest, _body):
        self.answer(302, b"", [("Location", "/loop")])

    def do_large(self, _url, rest, _body):
        self.answer(200, b"x" * int(rest[0]))

    def do_bomb(self, _url, rest, _body):
        self.answer(200, gzip.compress(b"\0" * int(rest[0])), [("Content-Encoding", "gzip")])

    def do_headers(self, _url, rest, _body):
        self.answer(200, b"", [(f"X-{number}", "y" * 1000) for number in range(int(rest[0]))])

    def do_repeat(self, _url, _rest, _body):
        self.answer(200, b"", [("X-Thing", "one"), ("x-thing", "two"), ("X-THING", " three ")])

    def do_silent(self, _url, _rest, _body):
        self.connection.recv(1)
        self.close_connection = True

    def chunk(self, text):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(text), text))
        self.wfile.flush()

    def begin_chunks(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def do_stream(self, _url, rest, _body):
        self.begin_chunks()
        for number in range(int(rest[0])):
            self.chunk(b"line %d\n" % number)
        self.wfile.write(b"0\r\nX-Status: done\r\n\r\n")

    def do_endless(self, _url, _rest, _body):
        self.begin_chunks()
        try:
            while True:
                self.chunk(b"line\n")
        except OSError:
            self.close_connection = True

    def do_vanish(self, _url, _rest, _body):
        self.server.vanished += 1
        self.close_connection = True

    def do_vanished(self, _url, _rest, _body):
        self.answer(200, str(self.server.vanished).encode())

    def do_broken(self, _url, _rest, _body):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    def do_garbage(self, _url, _rest, _body):
        self.wfile.write(b"SSH-2.0-not-http\r\n")
        self.close_connection = True


class Server(ThreadingHTTPServer):
    daemon_threads = True
    vanished = 0

    def handle_error(self, request, client_address):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--client-ca", help="ask for a certificate of this authority")
    arguments = parser.parse_args()
    server = Server(("127.0.0.1", 0), Handler)
    if arguments.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments.certificate, arguments.key)
        if arguments.client_ca:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(arguments.client_ca)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    # The parent's death closes stdin: no server outlives its tests.
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
