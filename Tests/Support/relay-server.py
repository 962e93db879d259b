"""A Hubble Relay for tests, on Google's own gRPC and on Cilium's own protos, so that it shares no code with the client.

It compiles the protos into a temporary folder, makes flows of JSON lines with protobuf's json_format, and prints the
port it got. It ends when its standard input closes. The n-th call of GetFlows does what the n-th --script says, the
last one again and again; a script is a list of steps, separated by commas:

    flows[:A-B]    the records (or those with the numbers A up to B) that --records has, from `since` on; without
                   `since` those that were not sent yet
    raw:HEX        a message of these bytes
    huge:N         a message of N bytes
    node:STATE     a node status of nodes n1 and n2
    lost:N         N lost events
    status:CODE    end with this status and the message "no, 100% no"
    kill           break the connection without a status
    hang           send nothing more until the client goes away
    end            end with OK
"""
import argparse
import os
import sys

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".build", "relay-tools", "bin", "python")
if os.path.exists(TOOLS) and "relay-tools" not in sys.prefix:
    os.execv(TOOLS, [TOOLS] + sys.argv)

import socket
import tempfile
import threading
from concurrent import futures

import grpc
from google.protobuf import json_format
from grpc_tools import protoc
import grpc_tools


def compile_protos(folder):
    out = tempfile.TemporaryDirectory()
    names = ["flow/flow.proto", "relay/relay.proto", "observer/observer.proto"]
    own = os.path.join(os.path.dirname(grpc_tools.__file__), "_proto")
    status = protoc.main(["protoc", f"-I{folder}", f"-I{own}", f"--python_out={out.name}", *names])
    if status != 0:
        sys.exit("the protos do not compile")
    sys.path.insert(0, out.name)
    return out


def nanoseconds(moment):
    return moment.seconds * 1_000_000_000 + moment.nanos


class Relay:
    """The service, registered by hand: the plugin for gRPC's stubs is not needed."""

    def __init__(self, options, observer, relay):
        self.options, self.observer, self.relay = options, observer, relay
        self.calls = 0
        self.sent = 0
        self.lock = threading.Lock()
        self.records = [r for path in options.records for r in self.read(path)]

    def read(self, path):
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                response = self.observer.GetFlowsResponse()
                try:
                    json_format.Parse(line, response, ignore_unknown_fields=True)
                except json_format.ParseError as error:
                    print(f"{path}: {error}", file=sys.stderr)
                    continue
                if response.WhichOneof("response_types"):
                    yield response.SerializeToString()

    def get_flows(self, request, context):
        with self.lock:
            call = min(self.calls, len(self.options.script) - 1)
            self.calls += 1
        request = self.observer.GetFlowsRequest.FromString(request)
        if self.options.log:
            with open(self.options.log, "a", encoding="utf-8") as log:
                log.write(json_format.MessageToJson(request, indent=None) + "\n")
        for step in self.options.script[call].split(","):
            yield from self.step(step, request, context)

    def step(self, step, request, context):
        name, _, value = step.partition(":")
        if name == "flows":
            first, _, last = value.partition("-")
            start = int(first) if value else 0
            end = int(last) if value else len(self.records)
            if not request.HasField("since"):
                start = max(start, self.sent)
            for index in range(start, min(end, len(self.records))):
                self.sent = max(self.sent, index + 1)
                if self.is_wanted(self.records[index], request):
                    yield self.records[index]
        elif name == "raw":
            yield bytes.fromhex(value)
        elif name == "huge":
            yield self.observer.GetFlowsResponse(node_name="x" * int(value)).SerializeToString()
        elif name == "node":
            status = self.relay.NodeStatusEvent(
                state_change=self.relay.NodeState.Value(value), node_names=["n1", "n2"], message="out of reach")
            yield self.observer.GetFlowsResponse(node_status=status).SerializeToString()
        elif name == "lost":
            response = self.observer.GetFlowsResponse()
            response.lost_events.num_events_lost = int(value)
            response.lost_events.source = 3
            response.time.FromJsonString("2026-11-01T00:00:00Z")
            yield response.SerializeToString()
        elif name == "status":
            context.abort(getattr(grpc.StatusCode, value), "no, 100% no")
        elif name == "kill":
            self.break_connection()
            self.hang(context)
        elif name == "hang":
            self.hang(context)

    def is_wanted(self, record, request):
        if not request.HasField("since"):
            return True
        response = self.observer.GetFlowsResponse.FromString(record)
        return not response.HasField("flow") or nanoseconds(response.flow.time) >= nanoseconds(request.since)

    def break_connection(self):
        """Resets all connections of this process but the listening one."""
        for name in os.listdir("/proc/self/fd"):
            descriptor = int(name)
            try:
                target = os.readlink(f"/proc/self/fd/{name}")
                if not target.startswith("socket:"):
                    continue
                copy = socket.socket(fileno=os.dup(descriptor))
                try:
                    copy.getpeername()
                    if copy.family in (socket.AF_INET, socket.AF_INET6):
                        copy.shutdown(socket.SHUT_RDWR)
                finally:
                    copy.close()
            except OSError:
                continue

    @staticmethod
    def hang(context):
        gone = threading.Event()
        if context.add_callback(gone.set):
            gone.wait()


def credentials(options):
    def read(path):
        with open(path, "rb") as file:
            return file.read()

    authority = read(options.client_ca) if options.client_ca else None
    return grpc.ssl_server_credentials(
        [(read(options.key), read(options.certificate))], authority, bool(authority))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--protos", required=True)
    parser.add_argument("--records", action="append", default=[])
    parser.add_argument("--script", action="append", required=True)
    parser.add_argument("--log", help="a file for the requests, as JSON lines")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--client-ca")
    options = parser.parse_args()
    folder = compile_protos(options.protos)
    from observer import observer_pb2
    from relay import relay_pb2

    relay = Relay(options, observer_pb2, relay_pb2)
    handler = grpc.unary_stream_rpc_method_handler(relay.get_flows)
    server = grpc.server(futures.ThreadPoolExecutor(16))
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("observer.Observer", {"GetFlows": handler}),))
    address = "127.0.0.1:0"
    port = (server.add_secure_port(address, credentials(options)) if options.certificate
            else server.add_insecure_port(address))
    server.start()
    print(port, flush=True)
    sys.stdin.read()
    server.stop(None)
    folder.cleanup()
    os._exit(0)


if __name__ == "__main__":
    main()
