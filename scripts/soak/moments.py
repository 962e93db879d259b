"""When the service is killed: at a random occurrence of a moment in its life, or at any time."""
import os
import threading
import time


class Moment:
    """Waits for one moment, which clients report and the store's log shows."""

    KINDS = ("receiving", "sent", "committing", "answering", "any")

    def __init__(self, chance, kind, database):
        self.kind = kind
        self.database = database
        self.skips = chance.randrange(12)
        # Decoding follows the last byte, and the disk the first byte of a commit, by so much.
        self.delay = {"sent": chance.uniform(0, 0.03), "committing": chance.uniform(0, 0.006)}.get(kind, 0)
        self.time = chance.uniform(0.02, 1.2)
        self.event = threading.Event()
        self.lock = threading.Lock()

    def reached(self, kind):
        """Called by clients, on their threads."""
        if kind != self.kind:
            return
        with self.lock:
            self.skips -= 1
            if self.skips < 0:
                self.event.set()

    def wait(self, patience=20):
        """Returns when it is time to kill; false where the moment did not come."""
        if self.kind == "any":
            time.sleep(self.time)
            return True
        came = self._wait_for_write(patience) if self.kind == "committing" else self.event.wait(patience)
        if came and self.delay:
            time.sleep(self.delay)
        return came

    def _wait_for_write(self, patience):
        """A commit writes to the write-ahead log first."""
        path, deadline, last = f"{self.database}-wal", time.monotonic() + patience, None
        while time.monotonic() < deadline:
            try:
                status = os.stat(path)
            except FileNotFoundError:
                continue
            state = (status.st_mtime_ns, status.st_size)
            if last is not None and state != last:
                self.skips -= 1
                if self.skips < 0:
                    return True
            last = state
            time.sleep(0.0005)
        return False
