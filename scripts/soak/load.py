#!/usr/bin/env python3
"""Measures the service under load, on loopback, and holds it to its bars. Needs a release build and a C compiler.

    load.py PROGRAM [--seconds 20] [--minutes 10] [--only NAME...]

start     a fresh start until /readyz answers, ten times; memory when idle
flows     as many Hubble flows as it takes from 16 senders, of 6,000 edges, a few of them often, as traffic is
flows-8   the same from 8 senders: each commit then holds fewer records for about as many rows, and has no bar
flows-50k of 50,000 edges, each as often as the others: each body is 650 other edges, which is as bad as it gets
flows-gz  the same bodies as in flows, compressed
audit     as many audit events as it takes from 16 senders, of 5,000 edges
audit-8   the same from 8 senders
slow      2,000 connections that send a byte a second, and a fast one between them
steady    flows and audit events at half of the bars' rates, for so many minutes: memory stays flat

After each load the store must have counted exactly what was acknowledged. Ends with status 1 where a bar is missed. What
runs beside it on the machine counts against the bars; records per CPU second tell the program from the machine.
"""
import argparse
import json
import os
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

from bodies import PER_BODY, make
from service import Failed, Sampler, Service

HERE = pathlib.Path(__file__).resolve().parent
MEMORY_BAR, IDLE_BAR, START_BAR = 150 * 1024, 40 * 1024, 0.300
RATE_BARS = {"hubble": 150_000, "audit": 200_000}
# Connections, each of which waits for the answer to a body before it sends the next one.
SENDERS = 16
# A service's memory at the end of the steady load may exceed that after its first fifth by so much, in KiB.
GROWTH_BAR = 4 * 1024


class Load:
    def __init__(self, program, folder, seconds, minutes):
        self.program, self.seconds, self.minutes = program, seconds, minutes
        self.folder = pathlib.Path(folder)
        self.sender = self.folder / "load"
        self.missed = []
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if not compiler:
            sys.exit("load.py needs a C compiler, such as gcc")
        subprocess.run([compiler, "-O2", "-o", self.sender, HERE / "load.c"], check=True)

    # -- Pieces

    def bar(self, what, value, limit, unit, most=True):
        good = value <= limit if most else value >= limit
        if not good:
            self.missed.append(what)
        print(f"    {'ok    ' if good else 'MISSED'} {what}: {value:,.1f} {unit} (bar: {'at most' if most else 'at least'} "
              f"{limit:,} {unit})", flush=True)

    def service(self, name):
        place = self.folder / name
        place.mkdir()
        return Service(self.program, place)

    def bodies(self, source, edges, packed=False, even=False):
        place = self.folder / f"bodies-{source}-{edges}{'-gz' if packed else ''}{'-even' if even else ''}"
        if not place.exists():
            place.mkdir()
            make(place, source, edges, max(64, -(-edges // PER_BODY)), packed, even)
        return sorted(place.iterdir())

    def sending(self, service, source, paths, connections=SENDERS, seconds=None, rate=0, field=""):
        return subprocess.Popen(
            [self.sender, "send", str(service.port), f"/v1/observations/{source}", field, str(connections),
             str(seconds or self.seconds), str(rate), str(PER_BODY), *paths], stdout=subprocess.PIPE)

    @staticmethod
    def result(process):
        out, _ = process.communicate()
        if process.returncode != 0:
            raise Failed("the sender failed")
        return json.loads(out.splitlines()[-1])

    @staticmethod
    def check_counted(service, expected):
        """What the store says of each source's coverage is every record that was ever committed."""
        connection = sqlite3.connect(f"file:{service.database}?mode=ro", uri=True, timeout=60)
        counted = dict(connection.execute("SELECT source, sum(records) FROM source_coverage GROUP BY source"))
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        connection.close()
        if counted != expected or verdict != "ok":
            raise Failed(f"acknowledged {expected}, counted {counted}; integrity: {verdict}")

    def describe(self, results, cpu, samples):
        for result in results:
            rate = result["records"] / result["seconds"]
            print(f"    {rate:,.0f} records/s acknowledged; acknowledged after p50 {result['p50']:.0f} ms, "
                  f"p90 {result['p90']:.0f} ms, p99 {result['p99']:.0f} ms, longest {result['longest']:.0f} ms; "
                  f"answers {result['statuses']}")
        records, senders = sum(r["records"] for r in results), sum(r["client_cpu"] for r in results)
        print(f"    CPU: service {cpu:.1f} s, senders {senders:.1f} s; {records / cpu:,.0f} records per CPU second of the "
              f"service, {records / (cpu + senders):,.0f} with the senders'; "
              f"load average {os.getloadavg()[0]:.1f}")
        if samples:
            print(f"    memory: peak {max(s['VmHWM'] for _, s in samples) / 1024:.1f} MiB, at the end RSS "
                  f"{samples[-1][1]['VmRSS'] / 1024:.1f} MiB, of which anonymous {samples[-1][1]['RssAnon'] / 1024:.1f} MiB")

    # -- Loads

    def start(self):
        seconds = []
        for index in range(10):
            with self.service(f"start-{index}") as service:
                service.start()
                seconds += service.starts
                if index == 9:
                    time.sleep(5)
                    memory = service.memory()
                service.stop()
        print(f"    from start to ready: {', '.join(f'{s * 1000:.0f}' for s in sorted(seconds))} ms")
        print(f"    idle: RSS {memory['VmRSS'] / 1024:.1f} MiB, of which anonymous {memory['RssAnon'] / 1024:.1f} MiB "
              f"and pages of files {memory['RssFile'] / 1024:.1f} MiB")
        self.bar("start to ready, median", statistics.median(seconds) * 1000, START_BAR * 1000, "ms")
        self.bar("idle memory", memory["VmRSS"] / 1024, IDLE_BAR / 1024, "MiB")

    def full(self, name, source, edges, packed=False, even=False, connections=SENDERS):
        paths = self.bodies(source, edges, packed, even)
        size = sum(path.stat().st_size for path in paths) / len(paths) / PER_BODY
        print(f"    {len(paths)} bodies of {PER_BODY} records, {size:,.0f} bytes a record, {edges:,} edges, {connections} connections, "
              f"{self.seconds} s")
        with self.service(name) as service:
            service.start()
            sampler = Sampler(service)
            sampler.start()
            result = self.result(
                self.sending(service, source, paths, connections, field="Content-Encoding: gzip" if packed else ""))
            samples, cpu = sampler.stop(), service.cpu_seconds()
            self.describe([result], cpu, samples)
            service.stop()
            self.check_counted(service, {1 if source == "hubble" else 2: result["records"]})
        if not packed and not even and connections == SENDERS:
            self.bar(f"{name}, records a second", result["records"] / result["seconds"], RATE_BARS[source], "records/s",
                     most=False)
        self.bar(f"{name}, memory", max(s["VmHWM"] for _, s in samples) / 1024, MEMORY_BAR / 1024, "MiB")

    def slow(self):
        paths = self.bodies("hubble", 6_000)
        seconds = max(self.seconds, 30)
        with self.service("slow") as service:
            service.start()
            alone = self.result(self.sending(service, "hubble", paths, connections=1, seconds=8))
            trickle = subprocess.Popen(
                [self.sender, "slow", str(service.port), "/v1/observations/hubble", "2000", str(seconds + 6)],
                stdout=subprocess.PIPE)
            time.sleep(4)
            sampler = Sampler(service)
            sampler.start()
            fast = self.result(self.sending(service, "hubble", paths, connections=1, seconds=seconds))
            samples = sampler.stop()
            states = [json.loads(line) for line in trickle.communicate()[0].splitlines()]
            service.stop()
            self.check_counted(service, {1: alone["records"] + fast["records"]})
        least = min(state["open"] for state in states[3:])
        print(f"    slow connections open at any time: {least} or more; closed by the service and opened again: "
              f"{states[-1]['closed']}; refused: {states[-1]['refused']}")
        for name, result in (("alone", alone), ("between them", fast)):
            print(f"    one fast connection {name}: {result['records'] / result['seconds']:,.0f} records/s, p50 "
                  f"{result['p50']:.1f} ms, p99 {result['p99']:.1f} ms, longest {result['longest']:.1f} ms; "
                  f"answers {result['statuses']}")
        self.bar("slow connections, open", least, 1_800, "connections", most=False)
        self.bar("fast one between slow ones, p99", fast["p99"], 1_000, "ms")
        self.bar("slow connections, memory", max(s["VmHWM"] for _, s in samples) / 1024, MEMORY_BAR / 1024, "MiB")
        if set(fast["statuses"]) != {"200"}:
            self.missed.append("fast one between slow ones, refused")

    def steady(self):
        seconds = self.minutes * 60
        rates = {"hubble": RATE_BARS["hubble"] // 4, "audit": RATE_BARS["audit"] // 4}
        print(f"    {rates} records/s for {self.minutes} minutes")
        with self.service("steady") as service:
            service.start()
            sampler = Sampler(service, 1)
            sampler.start()
            senders = [self.sending(service, source, self.bodies(source, edges), 4, seconds, rates[source])
                       for source, edges in (("hubble", 50_000), ("audit", 5_000))]
            results = [self.result(sender) for sender in senders]
            samples, cpu = sampler.stop(), service.cpu_seconds()
            service.stop()
            self.check_counted(service, {1: results[0]["records"], 2: results[1]["records"]})
        self.describe(results, cpu, samples)
        fifth = len(samples) // 5
        medians = [statistics.median(memory["VmRSS"] for _, memory in samples[index * fifth:(index + 1) * fifth])
                   for index in range(5)]
        print(f"    RSS, median of each fifth of the time: {', '.join(f'{m / 1024:.1f}' for m in medians)} MiB")
        self.bar("steady, memory", max(s["VmHWM"] for _, s in samples) / 1024, MEMORY_BAR / 1024, "MiB")
        self.bar("steady, growth", (medians[-1] - medians[1]) / 1024, GROWTH_BAR / 1024, "MiB")

    def run(self, only):
        loads = {
            "start": self.start, "flows": lambda: self.full("flows", "hubble", 6_000),
            "flows-50k": lambda: self.full("flows-50k", "hubble", 50_000, even=True),
            "flows-gz": lambda: self.full("flows-gz", "hubble", 6_000, packed=True),
            "flows-8": lambda: self.full("flows-8", "hubble", 6_000, connections=8),
            "audit": lambda: self.full("audit", "audit", 5_000),
            "audit-8": lambda: self.full("audit-8", "audit", 5_000, connections=8), "slow": self.slow, "steady": self.steady,
        }
        for name in only or loads:
            print(name, flush=True)
            loads[name]()
        if self.missed:
            sys.exit(f"missed: {', '.join(self.missed)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--seconds", type=int, default=20, help="of each load but the steady one")
    parser.add_argument("--minutes", type=float, default=10, help="of the steady load")
    parser.add_argument("--only", nargs="+")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="leastwise-load-") as folder:
        try:
            Load(options.program, folder, options.seconds, options.minutes).run(options.only)
        except Failed as failure:
            sys.exit(f"FAILED: {failure}")


if __name__ == "__main__":
    main()
