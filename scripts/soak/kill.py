#!/usr/bin/env python3
"""Kills the service again and again while clients send to it, and holds it to what it acknowledged.

    kill.py PROGRAM [--rounds 100] [--seed N]

Several connections stream numbered records of two sources, in bodies of all sizes: with and without Idempotency-Key,
compressed, in chunks. SIGKILL comes while a body is received, decoded, committed, answered, or at any time; the same seed
chooses the same moments. After each restart:
- every record of a body that was answered with 2xx is in the store;
- a body with a key is there once or not at all, however often it was sent;
- a body without one is there no more often than it was sent, and nothing is there that nobody sent;
- `PRAGMA integrity_check` and `foreign_key_check` find nothing.
"""
import argparse
import collections
import random
import sys
import tempfile
import threading
import time

from moments import Moment
from numbered import body, stored
from service import Connection, Failed, Service, compressed

SIZES = (1, 3, 20, 20, 150, 150, 600, 2500)


class Batch:
    """A body, what became of it, and what may be in the store because of it."""

    def __init__(self, chance, source, name, first):
        self.source = source
        self.numbers = range(first, first + chance.choice(SIZES))
        self.key = name if chance.random() < 0.6 else None
        self.chunked = chance.random() < 0.3
        self.coding = "gzip" if chance.random() < 0.4 else None
        self.attempts = 0
        self.acknowledged = False
        plain = body(source, self.numbers)
        self.body = compressed(plain) if self.coding else plain

    def check(self, counts):
        """Returns what is wrong, if anything."""
        seen = {counts[number] for number in self.numbers}
        if self.acknowledged and min(seen) < 1:
            missing = sum(1 for number in self.numbers if counts[number] == 0)
            return f"{missing} of {len(self.numbers)} acknowledged records are not there"
        if self.key and len(seen) > 1:
            return f"a body with a key is there in part: counts {sorted(seen)}"
        if max(seen) > (1 if self.key else self.attempts):
            return f"counted {max(seen)} times; sent {self.attempts} times"
        return None


class Client(threading.Thread):
    """Sends one body after another on one connection, and each until it is acknowledged, as an exporter does."""

    def __init__(self, test, index, source, seed):
        super().__init__(daemon=True)
        self.test, self.index, self.source = test, index, source
        self.chance = random.Random(f"{seed}/{index}")
        self.next = index * 10_000_000
        self.batches = []
        self.answers = collections.Counter()
        self.replays = 0
        self.failure = None

    def run(self):
        try:
            while not self.test.finishing.is_set():
                batch = Batch(self.chance, self.source, f"{self.index}-{len(self.batches)}", self.next)
                self.next = batch.numbers.stop
                self.batches.append(batch)
                self.send(batch)
        except Exception as error:  # Reported by the main thread, which ends the test.
            self.failure = error

    def send(self, batch):
        connection = None
        while not batch.acknowledged:
            port = self.test.port_when_up()
            try:
                connection = connection if connection and connection.port == port else self.connect(port)
                batch.attempts += 1
                moment = self.test.moment
                status, fields = connection.post(
                    self.source, batch.body, batch.key, batch.coding, batch.chunked, moment.reached)
            except OSError:
                connection = None
                time.sleep(0.005)
                continue
            self.answers[status] += 1
            if status // 100 == 2:
                batch.acknowledged = True
                self.replays += fields.get("idempotency-replayed") == "true"
            elif status not in (409, 429, 503):
                raise Failed(f"answered with {status}")
            else:
                time.sleep(0.02)

    @staticmethod
    def connect(port):
        connection = Connection(port)
        connection.port = port
        return connection


class KillTest:
    def __init__(self, program, folder, seed):
        self.seed = seed
        self.chance = random.Random(f"{seed}/moments")
        self.service = Service(program, folder)
        self.finishing = threading.Event()
        self.up = threading.Event()
        self.moment = self.new_moment("any")
        self.clients = [Client(self, index, source, seed) for index, source in
                        enumerate(("hubble", "hubble", "hubble", "audit", "audit"))]

    def new_moment(self, kind):
        return Moment(self.chance, kind, self.service.database)

    def port_when_up(self):
        if not self.up.wait(120):
            raise Failed("the service did not come back")
        return self.service.port

    def run(self, rounds):
        kinds = [Moment.KINDS[index % len(Moment.KINDS)] for index in range(rounds)]
        self.chance.shuffle(kinds)
        for client in self.clients:
            client.start()
        with self.service:
            for number, kind in enumerate(kinds):
                self.moment = self.new_moment(kind)
                # Commits follow each other closely, or wait for others as in a real service.
                self.service.settings["server.commitMilliseconds"] = self.chance.choice((0, 20, 200))
                self.service.start()
                self.verify(f"before round {number + 1} ({kind})")
                self.up.set()
                if not self.moment.wait():
                    raise Failed(f"round {number + 1}: no moment '{kind}' came; answers {self.answers()}")
                self.up.clear()
                self.service.kill()
                self.check_clients()
            self.service.start()
            self.finishing.set()
            self.up.set()
            for client in self.clients:
                client.join(120)
                if client.is_alive():
                    raise Failed("a client's last body was not acknowledged within 120 s")
            self.check_clients()
            self.service.stop()
            counts = self.verify("at the end")
        self.report(rounds, kinds, counts)

    def check_clients(self):
        for client in self.clients:
            if client.failure:
                raise Failed(f"client {client.index}: {client.failure!r}")

    def verify(self, when):
        batches = [(client, batch) for client in self.clients for batch in list(client.batches)]
        counts = stored(self.service.database)
        known = collections.Counter()
        for client, batch in batches:
            wrong = batch.check(counts[batch.source])
            if wrong:
                how = f"key {batch.key}, {batch.coding or 'plain'}, {'chunked' if batch.chunked else 'with a length'}"
                raise Failed(f"{when}: client {client.index}, {batch.source}, {how}: {wrong}")
            known[batch.source] += sum(1 for number in batch.numbers if counts[batch.source][number])
        for source, seen in counts.items():
            strangers = sum(1 for count in seen.values() if count) - known[source]
            if strangers:
                raise Failed(f"{when}: {strangers} {source} records that nobody sent")
        return counts

    def answers(self):
        return dict(sum((client.answers for client in self.clients), collections.Counter()))

    def report(self, rounds, kinds, counts):
        batches = [batch for client in self.clients for batch in client.batches]
        records = sum(len(batch.numbers) for batch in batches)
        again = sum(1 for batch in batches if batch.attempts > 1)
        replays = sum(client.replays for client in self.clients)
        twice = sum(1 for source in counts.values() for count in source.values() if count > 1)
        starts = sorted(self.service.starts)
        print(f"killed {rounds} times: {dict(collections.Counter(kinds))}")
        print(f"{len(batches)} bodies with {records} records, all acknowledged and there; answers {self.answers()}")
        print(f"{again} bodies were sent again, {replays} of them with a key that the store knew; "
              f"{twice} records without a key counted more than once, as may be")
        print(f"from start to ready: median {starts[len(starts) // 2]:.3f} s, longest {starts[-1]:.3f} s")
        # A test in which nothing was cut off has not tested anything.
        if again < rounds / 2:
            raise Failed(f"only {again} bodies were cut off")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20261126)
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="leastwise-kill-") as folder:
        try:
            KillTest(options.program, folder, options.seed).run(options.rounds)
        except Failed as failure:
            sys.exit(f"FAILED with seed {options.seed}: {failure}")


if __name__ == "__main__":
    main()
