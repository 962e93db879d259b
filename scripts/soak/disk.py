#!/usr/bin/env python3
"""Fills the service's disk, makes it read-only and breaks it, and holds the service to what it acknowledged meanwhile.

    disk.py PROGRAM

- A full disk: a small tmpfs, where root may mount one. A line says so where not.
- A file system that goes read-only, and a disk that fails: the kernel keeps a file system that is written to from being
  remounted, so these come from a library (faults.c) that lets the process' own calls fail. It needs a C compiler.

While the disk is bad: 503, also from /readyz, nothing acknowledged that is not there. When it is good again: the service
recovers without a restart, takes what is sent again, and counts once what carried a key.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from numbered import body, stored
from service import Failed, Service

HERE = pathlib.Path(__file__).resolve().parent
BATCH = 400


class Ledger:
    """Sends numbered batches, each with a key, and knows which ones were acknowledged."""

    def __init__(self, service):
        self.service = service
        self.sent = 0
        self.acknowledged = set()

    def send(self, batch=None):
        """Sends a new batch or an old one again; returns the status."""
        if batch is None:
            batch, self.sent = self.sent, self.sent + 1
        status, answer = self.service.post(
            "hubble", body("hubble", range(batch * BATCH, (batch + 1) * BATCH)), {"Idempotency-Key": f"batch-{batch}"})
        if status // 100 == 2:
            self.acknowledged.add(batch)
        elif status not in (429, 503):
            raise Failed(f"answered with {status}: {answer[:300]}")
        elif b'"status":503' not in answer.replace(b" ", b"") and status == 503:
            raise Failed(f"no problem document: {answer[:300]}")
        return status

    def send_missing(self):
        for batch in range(self.sent):
            if batch not in self.acknowledged and self.send(batch) != 200:
                raise Failed(f"batch {batch} is still refused")

    def check(self, when):
        """What was acknowledged is there once; what was not, once or not at all."""
        counts = stored(self.service.database)["hubble"]
        for batch in range(self.sent):
            seen = {counts[number] for number in range(batch * BATCH, (batch + 1) * BATCH)}
            if seen != {1} and (batch in self.acknowledged or seen != {0}):
                raise Failed(f"{when}: batch {batch}, {'' if batch in self.acknowledged else 'not '}acknowledged, "
                             f"has counts {sorted(seen)}")


def wait_ready(service, status, patience):
    begin = time.monotonic()
    while (seen := service.get("/readyz"))[0] != status:
        if time.monotonic() - begin > patience:
            raise Failed(f"/readyz is {seen} and not {status} after {patience} s: {service.tail()}")
        time.sleep(0.05)
    return time.monotonic() - begin


def try_broken(name, service, break_disk, mend_disk):
    ledger = Ledger(service)
    service.start()
    for _ in range(3):
        if ledger.send() != 200:
            raise Failed(f"{name}: refused before the disk was broken: {service.tail()}")
    good = len(ledger.acknowledged)
    break_disk()
    refused, deadline = 0, time.monotonic() + 60
    while refused < 5:
        refused += ledger.send() == 503
        if time.monotonic() > deadline:
            raise Failed(f"{name}: still acknowledged: {ledger.sent} batches sent, {len(ledger.acknowledged)} acknowledged")
    wait_ready(service, 503, 5)
    if service.get("/livez")[0] != 200:
        raise Failed(f"{name}: /livez fails, so that it would be restarted, which does not help")
    ledger.check(f"{name}, while it lasts")
    during = len(ledger.acknowledged) - good
    mend_disk()
    seconds = wait_ready(service, 200, 15)
    ledger.send_missing()
    ledger.check(f"{name}, afterwards")
    service.stop()
    ledger.check(f"{name}, after the end")
    print(f"{name}: {good + during} batches acknowledged, {refused} refused with 503; ready again {seconds:.1f} s after it "
          f"was over, without a restart; all {ledger.sent} there once in the end")


def full_disk(program):
    name = "full disk"
    if os.geteuid() != 0:
        return print(f"{name}: SKIPPED, only root may mount a small file system")
    with tempfile.TemporaryDirectory(prefix="leastwise-disk-") as folder:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "soak", folder], stderr=subprocess.PIPE)
        if mounted.returncode != 0:
            return print(f"{name}: SKIPPED, a file system cannot be mounted here: {mounted.stderr.decode().strip()}")
        try:
            ballast = pathlib.Path(folder) / "ballast"

            def fill():
                with open(ballast, "wb", buffering=0) as file:
                    try:
                        while True:
                            file.write(bytes(65536))
                    except OSError:
                        pass  # Full, which was to be.

            with Service(program, folder) as service:
                try_broken(name, service, fill, ballast.unlink)
        finally:
            subprocess.run(["umount", folder], check=True)


def failing_calls(program):
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        return print("read-only file system, broken disk: SKIPPED, no C compiler")
    with tempfile.TemporaryDirectory(prefix="leastwise-faults-") as folder:
        library = f"{folder}/faults.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, HERE / "faults.c", "-ldl"], check=True)
        for name, fault in (("read-only file system", "30"), ("broken disk", "5"), ("disk that does not sync", "5 fsync")):
            place = pathlib.Path(folder) / name.replace(" ", "-")
            (place / "store").mkdir(parents=True)
            switch = place / "fault"
            environment = {
                "LD_PRELOAD": library, "SOAK_FAULT_FILE": str(switch), "SOAK_FAULT_FOLDER": f"{place}/store/leastwise.db"}
            with Service(program, place / "store", environment=environment) as service:
                try_broken(name, service, lambda: switch.write_text(fault), switch.unlink)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    options = parser.parse_args()
    try:
        full_disk(options.program)
        failing_calls(options.program)
    except Failed as failure:
        sys.exit(f"FAILED: {failure}")


if __name__ == "__main__":
    main()
