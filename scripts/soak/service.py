"""The service as a process: started, watched, killed; and the least HTTP that clients of a killed service need."""
import gzip
import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request


class Failed(Exception):
    """What must hold does not."""


class Service:
    """`leastwise serve` on a port of its own. Its log stands in a file beside the store."""

    def __init__(self, program, folder, settings=None, environment=None):
        self.program = os.path.realpath(program)
        self.folder = pathlib.Path(folder)
        self.database = self.folder / "leastwise.db"
        self.log = self.folder / "service.log"
        self.settings = settings or {}
        self.environment = environment or {}
        self.process = None
        self.port = None
        self.starts = []  # seconds from the start of the process to an answered /readyz

    def start(self, ready=True, patience=60):
        configuration = self.folder / "leastwise.yaml"
        configuration.write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in self.settings.items()))
        begin = time.monotonic()
        offset = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--listen", "127.0.0.1:0", "--config", configuration, "--database",
                 self.database, "--cluster", "soak"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                # Backtraces of a debug build take seconds, in which the process is not gone.
                env={**os.environ, "SWIFT_BACKTRACE": "enable=no", **self.environment})
        self.port = self._listening(offset, begin + patience)
        if ready:
            while self.get("/readyz")[0] != 200:
                if time.monotonic() > begin + patience:
                    raise Failed(f"not ready within {patience} s: {self.get('/readyz')}")
                time.sleep(0.002)
            self.starts.append(time.monotonic() - begin)
        return self

    def _listening(self, offset, deadline):
        while time.monotonic() < deadline:
            with open(self.log, "rb") as log:
                log.seek(offset)
                for line in log:
                    if b'"listening"' in line and line.endswith(b"\n"):
                        return int(json.loads(line)["port"])
            if self.process.poll() is not None:
                raise Failed(f"the service ended with {self.process.returncode}: {self.tail()}")
            time.sleep(0.002)
        raise Failed(f"the service does not listen: {self.tail()}")

    def tail(self):
        return self.log.read_bytes()[-2000:].decode(errors="replace")

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, patience=60):
        """Ends it as Kubernetes does; what it acknowledged or has in hand is then durable."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed(f"not stopped {patience} s after SIGTERM: {self.tail()}") from None
        if code != 0:
            raise Failed(f"ended with {code} after SIGTERM: {self.tail()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.is_running:
            self.kill()

    # -- Requests

    def get(self, path):
        return self.request("GET", path)

    def post(self, source, body, headers=None):
        return self.request(
            "POST", f"/v1/observations/{source}", body, {"Content-Type": "application/x-ndjson", **(headers or {})})

    def request(self, method, path, body=None, headers=None, timeout=30):
        """Status and body of an answer; status 0 where there is none."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data=body, headers=headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError as error:
            return 0, str(error).encode()

    # -- What the kernel says of the process

    def memory(self):
        """Fields of /proc/PID/status in KiB: VmRSS, RssAnon, RssFile, VmHWM."""
        fields = {}
        for line in open(f"/proc/{self.process.pid}/status", encoding="ascii"):
            name, _, rest = line.partition(":")
            if name in ("VmRSS", "RssAnon", "RssFile", "VmHWM"):
                fields[name] = int(rest.split()[0])
        return fields

    def cpu_seconds(self):
        fields = open(f"/proc/{self.process.pid}/stat", encoding="ascii").read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Connection:
    """One kept-alive connection, which says how far a request came before it broke."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        self.socket.close()

    def post(self, source, body, key=None, coding=None, chunked=False, reached=lambda moment: None):
        """Sends a body and returns the answer's status line as soon as it is there, and its fields.

        `reached` is told of "receiving" (half of the body is sent), "sent" and "answering" (the answer's first byte).
        """
        fields = [f"POST /v1/observations/{source} HTTP/1.1", "Host: localhost", "Content-Type: application/x-ndjson"]
        if key:
            fields.append(f"Idempotency-Key: {key}")
        if coding:
            fields.append(f"Content-Encoding: {coding}")
        fields.append("Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}")
        half = len(body) // 2
        self.socket.sendall("\r\n".join(fields + ["", ""]).encode())
        self._send(body[:half], chunked)
        reached("receiving")
        self._send(body[half:], chunked)
        if chunked:
            self.socket.sendall(b"0\r\n\r\n")
        reached("sent")
        return self._answer(reached)

    def _send(self, part, chunked):
        if chunked and part:
            self.socket.sendall(b"%x\r\n%s\r\n" % (len(part), part))
        elif part:
            self.socket.sendall(part)

    def _answer(self, reached):
        head = b""
        while b"\r\n\r\n" not in head:
            more = self.socket.recv(65536)
            if not more:
                # A status line that came is an acknowledgement, whatever became of the rest.
                if head.startswith(b"HTTP/1.1 2") and b"\r\n" in head:
                    return int(head[9:12]), {}
                raise ConnectionError("closed before the answer")
            if not head:
                reached("answering")
            head += more
        head, _, rest = head.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        code = int(status.split()[1])
        missing = int(fields.get("content-length", 0)) - len(rest)
        try:
            while missing > 0:
                more = self.socket.recv(missing)
                if not more:
                    break
                missing -= len(more)
        except OSError:
            if code // 100 != 2:
                raise
        return code, fields


def compressed(body):
    return gzip.compress(body, 1)


class Sampler(threading.Thread):
    """Looks at a process' memory once in a while, until stopped."""

    def __init__(self, service, interval=0.5):
        super().__init__(daemon=True)
        self.service, self.interval = service, interval
        self.samples = []  # (seconds, memory)
        self.done = threading.Event()

    def run(self):
        begin = time.monotonic()
        while not self.done.wait(self.interval):
            try:
                self.samples.append((time.monotonic() - begin, self.service.memory()))
            except OSError:
                return

    def stop(self):
        self.done.set()
        self.join()
        return self.samples
