"""A Kubernetes API server for tests: lists in pages and watches, in the wire shape of a kube-apiserver, with faults on
demand. Prints its port, then serves until it is killed.

    scripted-kubernetes.py [--certificate FILE --key FILE [--client-ca FILE]]

Everything but the API itself is done with POST /_control, a JSON list of commands, each a list of a name and its
arguments (see Control), whose last result is the answer. The rules are those of "Kubernetes API concepts".
"""

import argparse
import base64
import json
import os
import random
import ssl
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BUILT_IN = ("apps", "batch", "extensions", "policy")


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


class Resource:
    """One kind with its objects, and the events of it that are remembered."""

    def __init__(self, version, kind, name, namespaced):
        self.version, self.kind, self.name, self.namespaced = version, kind, name, namespaced
        self.objects = {}
        self.events = []
        self.forgotten = 0

    @property
    def path(self):
        return ("/apis/" if "/" in self.version else "/api/") + f"{self.version}/{self.name}"

    @property
    def items_have_kinds(self):
        group = self.version.split("/")[0] if "/" in self.version else ""
        return bool(group) and group not in BUILT_IN and not group.endswith("k8s.io")


class World:
    def __init__(self):
        self.changed = threading.Condition()
        self.resources = {}
        self.hidden_groups = set()
        self.revision = 1000
        self.compacted = 0
        self.snapshots = {}
        self.token = None
        self.faults = []
        self.chaos = None
        self.cuts = 0
        self.cut_cleanly = True
        self.bookmarks = 0
        self.log = []
        self.page_delay = 0
        self.watchers = 0

    def resource(self, kind):
        return next(r for r in self.resources.values() if r.kind == kind)

    def put(self, resource, item):
        """Creates or updates an object; its version is the world's next one."""
        self.revision += 1
        item = json.loads(json.dumps(item))
        item["kind"], item["apiVersion"] = resource.kind, resource.version
        item["metadata"]["resourceVersion"] = str(self.revision)
        key = (item["metadata"].get("namespace", ""), item["metadata"]["name"])
        kind = "MODIFIED" if key in resource.objects else "ADDED"
        resource.objects[key] = item
        resource.events.append((self.revision, kind, item))

    def delete(self, resource, key):
        item = resource.objects.pop(key)
        self.revision += 1
        item = json.loads(json.dumps(item))
        item["metadata"]["resourceVersion"] = str(self.revision)
        resource.events.append((self.revision, "DELETED", item))

    def fault(self, resource, request):
        """The fault that this request meets; none for nil."""
        for fault in self.faults:
            if fault["request"] == request and fault.get("kind", resource.kind) == resource.kind:
                fault["count"] -= 1
                if fault["count"] <= 0:
                    self.faults.remove(fault)
                return fault
        if self.chaos and self.chaos.random() < self.chaos_rate:
            choices = [{"status": 500}, {"status": 429, "retryAfter": 0}, {"close": True}, {"status": 410}]
            if request == "watch":
                choices += [{"cut": self.chaos.randrange(1, 4000)}] * 4 + [{"goneAfter": self.chaos.randrange(4)}] * 2
                choices += [{"garbageAfter": self.chaos.randrange(3)}]
            else:
                choices += [{"cut": self.chaos.randrange(1, 20000)}] * 2
            return self.chaos.choice(choices)
        return None


class Control:
    """The commands. Each runs while the world is locked, but for `wait`."""

    def __init__(self, world):
        self.world = world

    def serve(self, version, kind, name, namespaced):
        resource = Resource(version, kind, name, namespaced)
        self.world.resources[resource.path] = resource

    def unserve(self, kind):
        resource = self.world.resource(kind)
        del self.world.resources[resource.path]

    def put(self, kind, *items):
        for item in items:
            self.world.put(self.world.resource(kind), item)

    def delete(self, kind, namespace, name):
        self.world.delete(self.world.resource(kind), (namespace, name))

    def compact(self):
        """Forgets all events and snapshots, as etcd does every five minutes."""
        world = self.world
        world.compacted = world.revision
        world.snapshots = {}
        for resource in world.resources.values():
            if resource.events:
                resource.forgotten = resource.events[-1][0]
            resource.events = []

    def bookmark(self):
        """Sends a bookmark of the newest version on every watch."""
        self.world.revision += 1
        self.world.bookmarks += 1

    def drop(self, cleanly):
        """Ends all watches: in order, or in the middle of an event."""
        self.world.cut_cleanly = cleanly
        self.world.cuts += 1

    def fault(self, fault):
        self.world.faults.append({"count": 1, **fault})

    def token(self, token):
        self.world.token = token

    def slow(self, seconds):
        self.world.page_delay = seconds

    def chaos(self, seed, rate):
        self.world.chaos = random.Random(seed) if rate else None
        self.world.chaos_rate = rate
        self.world.faults = []

    def churn(self, seed, count):
        """Random changes of pods and what owns them, as deployments roll and jobs come and go."""
        chance = random.Random(seed)
        for _ in range(count):
            kind = chance.choice(["Pod", "Pod", "Pod", "ReplicaSet", "Deployment"])
            resource = self.world.resource(kind)
            number = chance.randrange(12)
            names = {"Deployment": f"d{number % 3}", "ReplicaSet": f"d{number % 3}-bcd{number % 4 + 4}"}
            name = names.get(kind, f"d{number % 3}-bcd{number % 4 + 4}-{number}")
            key = ("shop", name)
            if key in resource.objects and chance.random() < 0.4:
                self.world.delete(resource, key)
            else:
                self.world.put(resource, self.made(kind, name, chance))
            if chance.random() < 0.02:
                self.compact()

    def made(self, kind, name, chance):
        metadata = {"name": name, "namespace": "shop", "uid": f"u{chance.random()}", "labels": {"app": name[:2]}}
        metadata["creationTimestamp"] = f"2026-01-01T00:00:{chance.randrange(60):02d}Z"
        metadata["managedFields"] = [{"manager": "x" * chance.randrange(3000)}]
        owner = {"Pod": ("ReplicaSet", name.rsplit("-", 1)[0]), "ReplicaSet": ("Deployment", name[:2])}.get(kind)
        if owner:
            metadata["ownerReferences"] = [
                {"apiVersion": "apps/v1", "kind": owner[0], "name": owner[1], "controller": True, "uid": "u"}
            ]
        template = {"metadata": {"labels": {"app": name[:2]}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
        if kind == "Pod":
            status = {"phase": "Running", "podIP": f"10.0.0.{chance.randrange(1, 40)}"}
            return {"metadata": metadata, "spec": template["spec"], "status": status}
        selector = {"matchLabels": {"app": name[:2]}}
        return {"metadata": metadata, "spec": {"selector": selector, "template": template}}

    def truth(self):
        """All objects, as `kubectl get -o json` prints them."""
        items = [item for resource in self.world.resources.values() for item in resource.objects.values()]
        return {"apiVersion": "v1", "kind": "List", "items": items}

    def requests(self):
        """The requests so far, and forgets them."""
        log, self.world.log = self.world.log, []
        return log

    def watching(self):
        """How many watches are open."""
        return self.world.watchers


class Stream:
    """A chunked answer that may end in its middle."""

    def __init__(self, handler, fault):
        self.handler = handler
        self.left = (fault or {}).get("cut")

    def write(self, data):
        """False where the answer was cut."""
        cut = self.left is not None and len(data) > self.left
        if cut:
            data = data[: self.left]
        if self.left is not None:
            self.left -= len(data)
        if data:
            self.handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        return not cut

    def end(self):
        self.handler.wfile.write(b"0\r\n\r\n")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    world = World()

    def log_message(self, *_):
        pass

    def answer(self, status, value, headers=()):
        body = compact(value)
        self.send_response(status)
        for name, text in headers:
            self.send_header(name, text)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, reason, message, headers=()):
        self.answer(status, self.status(status, reason, message), headers)

    @staticmethod
    def status(code, reason, message):
        return {
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
            "reason": reason, "code": code,
        }

    def do_POST(self):
        commands = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        control, result = Control(self.world), None
        with self.world.changed:
            for name, *arguments in commands:
                result = getattr(control, name)(*arguments)
            self.world.changed.notify_all()
        self.answer(200, result)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        world = self.world
        with world.changed:
            world.log.append(self.path)
            refused = world.token and self.headers["Authorization"] != f"Bearer {world.token}"
            resource = world.resources.get(url.path)
        if refused:
            return self.refuse(401, "Unauthorized", "Unauthorized")
        if resource is None:
            return self.discover(url.path)
        request = "watch" if query.get("watch") in ("1", "true") else "list"
        with world.changed:
            fault = world.fault(resource, request)
        if fault and fault.get("close"):
            self.close_connection = True
            return None
        if fault and "status" in fault:
            headers = [("Retry-After", str(fault["retryAfter"]))] if "retryAfter" in fault else []
            return self.refuse(fault["status"], "Fault", f"a fault with {fault['status']}", headers)
        return self.watch(resource, query, fault) if request == "watch" else self.list(resource, query, fault)

    def discover(self, path):
        world = self.world
        with world.changed:
            served = list(world.resources.values())
        groups = sorted({r.version.split("/")[0] for r in served if "/" in r.version})
        if path == "/apis":
            value = {"kind": "APIGroupList", "apiVersion": "v1", "groups": [self.group(g, served) for g in groups]}
            return self.answer(200, value)
        version = path.removeprefix("/apis/").removeprefix("/api/")
        found = [r for r in served if r.version == version]
        if not found and version != "v1":
            return self.refuse(404, "NotFound", "the server could not find the requested resource")
        resources = [
            {
                "name": r.name, "singularName": "", "namespaced": r.namespaced, "kind": r.kind,
                "verbs": ["create", "delete", "get", "list", "patch", "update", "watch"],
            }
            for r in found
        ]
        status = {"name": "pods/status", "singularName": "", "namespaced": True, "kind": "Pod", "verbs": ["get"]}
        value = {"kind": "APIResourceList", "groupVersion": version, "resources": [status] + resources}
        return self.answer(200, value)

    @staticmethod
    def group(name, served):
        versions = sorted({r.version for r in served if r.version.split("/")[0] == name})
        listed = [{"groupVersion": v, "version": v.split("/")[1]} for v in versions]
        return {"name": name, "versions": listed, "preferredVersion": listed[0]}

    def list(self, resource, query, fault):
        world = self.world
        with world.changed:
            delay = world.page_delay
            if "continue" in query:
                revision, start = json.loads(base64.b64decode(query["continue"]))
                items = world.snapshots.get(revision, {}).get(resource.path)
                if items is None or revision < world.compacted:
                    return self.refuse(410, "Expired", "The provided continue parameter is too old")
            else:
                revision, start = world.revision, 0
                items = [resource.objects[key] for key in sorted(resource.objects)]
                world.snapshots.setdefault(revision, {})[resource.path] = items
        limit = int(query.get("limit") or 0) or len(items)
        metadata = {"resourceVersion": str(revision)}
        if start + limit < len(items):
            token = base64.b64encode(compact([revision, start + limit])).decode()
            metadata |= {"continue": token, "remainingItemCount": len(items) - start - limit}
        page = [self.shown(resource, item) for item in items[start : start + limit]]
        value = {"kind": resource.kind + "List", "apiVersion": resource.version, "metadata": metadata, "items": page}
        return self.send_pieces(compact(value), fault, delay)

    def send_pieces(self, body, fault, delay):
        self.begin()
        stream = Stream(self, fault)
        for start in range(0, len(body), 7001):
            if delay:
                time.sleep(delay)
            if not stream.write(body[start : start + 7001]):
                self.close_connection = True
                return
        stream.end()

    @staticmethod
    def shown(resource, item):
        if resource.items_have_kinds:
            return item
        return {key: value for key, value in item.items() if key not in ("kind", "apiVersion")}

    def begin(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def watch(self, resource, query, fault):
        world = self.world
        version = int(query["resourceVersion"])
        with world.changed:
            is_gone = version < world.compacted
        if is_gone:
            # A real server answers with status 200 and an event, or with the status, by where it notices.
            if version % 2:
                return self.refuse(410, "Expired", f"too old resource version: {version}")
            self.begin()
            stream = Stream(self, fault)
            if stream.write(self.event("ERROR", self.status(410, "Expired", f"too old resource version: {version}"))):
                stream.end()
            return None
        self.begin()
        with world.changed:
            world.watchers += 1
            world.changed.notify_all()
        try:
            self.stream(resource, version, query, fault or {})
        finally:
            with world.changed:
                world.watchers -= 1
                world.changed.notify_all()
        return None

    @staticmethod
    def event(kind, item):
        return compact({"type": kind, "object": item}) + b"\n"

    def stream(self, resource, version, query, fault):
        world, stream, sent = self.world, Stream(self, fault), 0
        deadline = time.monotonic() + int(query["timeoutSeconds"])
        with world.changed:
            cuts, bookmarks = world.cuts, world.bookmarks
        while True:
            with world.changed:
                world.changed.wait_for(
                    lambda: self.fresh(resource, version)
                    or version < resource.forgotten
                    or (world.cuts, world.bookmarks) != (cuts, bookmarks),
                    max(0, min(deadline - time.monotonic(), 0.2 if fault else 60)),
                )
                events = [] if fault.get("silent") else self.fresh(resource, version)
                is_cut, cleanly = world.cuts != cuts, world.cut_cleanly
                marks, revision = world.bookmarks - bookmarks, world.revision
                bookmarks = world.bookmarks
                is_over = world.resources.get(resource.path) is not resource
                is_behind = version < resource.forgotten
            if is_behind:
                stream.write(self.event("ERROR", self.status(410, "Expired", "too old resource version")))
                return stream.end()
            for number, kind, item in events:
                version = number
                if not stream.write(self.event(kind, item)):
                    return self.hang_up()
                sent += 1
                if sent > fault.get("goneAfter", 1 << 30):
                    stream.write(self.event("ERROR", self.status(410, "Expired", "too old resource version")))
                    return stream.end()
                if sent > fault.get("garbageAfter", 1 << 30):
                    stream.write(b'{"type":"ADDED","object":{"metadata":{"name":\n')
                    return stream.end()
                if "oversize" in fault:
                    stream.write(b"x" * fault["oversize"])
            if marks and (cleanly or not is_cut):
                mark = {"kind": resource.kind, "apiVersion": resource.version}
                mark["metadata"] = {"resourceVersion": str(revision)}
                version = max(version, revision)
                if not stream.write(self.event("BOOKMARK", mark)):
                    return self.hang_up()
            if is_cut and not cleanly:
                stream.write(b'{"type":"MODIFIED","object":{"kind":"')
                return self.hang_up()
            if is_cut or is_over or time.monotonic() >= deadline:
                return stream.end()
            # A client that left is noticed by writing only.
            if fault.get("silent"):
                time.sleep(0.05)

    def hang_up(self):
        self.close_connection = True

    @staticmethod
    def fresh(resource, version):
        return [event for event in resource.events if event[0] > version]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--client-ca")
    options = parser.parse_args()
    server = Server(("127.0.0.1", 0), Handler)
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
        if options.client_ca:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(options.client_ca)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    # The parent's death closes stdin: no server outlives its tests.
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
