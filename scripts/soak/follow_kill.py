#!/usr/bin/env python3
"""Kills the service again and again while it follows a file that is written and rotated, and counts every record.

    follow_kill.py PROGRAM [--rounds 100] [--seed N]

An exporter appends numbered records in pieces that end anywhere, and rotates the file: by renaming it, with or without
compressing the old one (as Hubble's exporter and the API server do), or by copying and truncating it (as logrotate does).
SIGKILL comes at any time, or while the service commits. Whatever happens, each record is counted exactly once: after each
restart none more than once, and at the end none less.
"""
import argparse
import gzip
import os
import random
import shutil
import sys
import tempfile
import threading
import time
import pathlib

from moments import Moment
from numbered import flow, stored
from service import Failed, Service

ROTATIONS = ("rename", "rename and compress", "copy and truncate")


class Exporter(threading.Thread):
    """Writes and rotates. Keeps enough of the old files for what a killed service has not read."""

    KEPT = 200

    def __init__(self, folder, seed):
        super().__init__(daemon=True)
        self.path = pathlib.Path(folder) / "events.log"
        self.chance = random.Random(f"{seed}/exporter")
        self.done = threading.Event()
        self.written = 0
        self.rotations = {name: 0 for name in ROTATIONS}
        self.failure = None

    def run(self):
        try:
            file = open(self.path, "ab", buffering=0)
            while not self.done.is_set():
                for _ in range(self.chance.randrange(3, 15)):
                    self.append(file, self.chance.choice((1, 2, 40, 200)))
                    time.sleep(self.chance.uniform(0, 0.04))
                file = self.rotate(file)
            file.close()
        except Exception as error:  # Reported by the main thread.
            self.failure = error

    def append(self, file, count):
        data = "".join(flow(number) for number in range(self.written, self.written + count)).encode()
        while data:
            size = self.chance.choice((len(data), len(data), 1, 700, 4096))
            file.write(data[:size])
            data = data[size:]
        self.written += count

    def rotate(self, file):
        how = ROTATIONS[sum(self.rotations.values()) % len(ROTATIONS)]
        self.rotations[how] += 1
        old = self.path.with_name(f"events-{sum(self.rotations.values()):06}.log")
        if how == "copy and truncate":
            # Nothing is written in between here, where logrotate itself may lose records.
            shutil.copyfile(self.path, old)
            file.truncate(0)
        else:
            os.rename(self.path, old)
            file.close()
            file = open(self.path, "ab", buffering=0)
        if how == "rename and compress":
            part = old.with_name(f".{old.name}.part")
            with open(old, "rb") as plain, gzip.open(part, "wb", 1) as packed:
                shutil.copyfileobj(plain, packed)
            os.rename(part, f"{old}.gz")
            os.unlink(old)
        for extra in sorted(self.path.parent.glob("events-*"))[:-self.KEPT]:
            extra.unlink()
        return file


def check(service, exporter, when, complete=False):
    written = exporter.written
    counts = stored(service.database)["hubble"]
    twice = [number for number, count in counts.items() if count > 1]
    if twice:
        raise Failed(f"{when}: {len(twice)} records counted more than once, such as number {min(twice)}: {service.tail()}")
    missing = written - len(counts)
    if complete and missing:
        first = next(number for number in range(written) if not counts[number])
        raise Failed(f"{when}: {missing} of {written} records are missing, the first is number {first}: {service.tail()}")
    return missing


def run(program, folder, seed, rounds):
    chance = random.Random(f"{seed}/moments")
    logs = pathlib.Path(folder) / "logs"
    logs.mkdir()
    settings = {"follow.hubble": [f"{logs}/events*"], "follow.pollMilliseconds": 20, "server.commitMilliseconds": 20}
    exporter = Exporter(logs, seed)
    exporter.start()
    with Service(program, folder, settings) as service:
        for number in range(rounds):
            moment = Moment(chance, chance.choice(("any", "committing")), service.database)
            moment.skips //= 3
            service.start()
            check(service, exporter, f"before round {number + 1}")
            if not moment.wait():
                raise Failed(f"round {number + 1}: no commit came: {service.tail()}")
            service.kill()
            if exporter.failure:
                raise Failed(f"the exporter failed: {exporter.failure!r}")
        service.start()
        exporter.done.set()
        exporter.join()
        deadline = time.monotonic() + 90
        while check(service, exporter, "at the end") and time.monotonic() < deadline:
            time.sleep(0.5)
        service.stop()
        check(service, exporter, "at the end", complete=True)
    print(f"killed {rounds} times; {exporter.written} records, each counted once; rotations: {exporter.rotations}")
    if not all(exporter.rotations.values()):
        raise Failed("the file was not rotated in every way")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20261126)
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="leastwise-follow-") as folder:
        try:
            run(options.program, folder, options.seed, options.rounds)
        except Failed as failure:
            sys.exit(f"FAILED with seed {options.seed}: {failure}")


if __name__ == "__main__":
    main()
