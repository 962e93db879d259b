#!/usr/bin/env python3
"""Sweeps invented estates through `observe` and `preview`, and lets the estate tools' judge say what is wrong.

    worlds.py PROGRAM SEED...

A seed decides about everything: 10 to 300 workloads, how many days and how dense the traffic, which awkward cases are left
out, the repository's layout, whether all names are replaced. One line an estate: edges and permissions that the truth
calls legitimate and that would be denied, forbidden ones that would be allowed, and excess (cells that are allowed and not
in the truth). Fails if anything is denied, forbidden things are allowed, roles have excess, the list of unused grants is not
that of the truth, or the program ends badly.
After that the network's excess, grouped by what lets it through: `open` is a direction that nothing isolates.
Needs the estate tools in ../shared/tools (or where LEASTWISE_SHARED points) and PyYAML.
"""
import collections
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
TOOLS = pathlib.Path(os.environ.get("LEASTWISE_SHARED", ROOT.parent / "shared")) / "tools"
LAYOUTS = ("plain", "kustomize", "helm", "flux")
# Estates of a dozen workloads are as telling as those of hundreds, and there are more of them.
SIZES = (10, 14, 20, 28, 40, 56, 80, 115, 160, 220, 300)
DAYS = (3, 7, 14, 14, 30, 70)
# Without one of these an estate looks much different: records tell less, or nothing is odd about them. Never without dns:
# then some workloads were seen to connect nowhere, and a direction that was not seen stays open.
SPARED = ("replies", "no-is-reply", "duplicates", "drops", "scan", "ipv6", "vip", "ip-reuse", "drift", "default-sa")


def arguments(seed):
    chance = random.Random(seed)
    workloads = chance.choice(SIZES)
    spared = chance.sample(SPARED, chance.choice((0, 0, 1, 2, 4)))
    words = {"seed": seed, "workloads": workloads, "days": chance.choice(DAYS), "layout": LAYOUTS[seed % 4],
             "namespaces": max(3, workloads // chance.choice((4, 7, 15))), "flows": workloads * chance.choice((30, 90, 300)),
             "requests": workloads * chance.choice((20, 60)), "awkward": ",".join(["all", *(f"-{case}" for case in spared)])}
    if chance.random() < 0.4:
        words["rename"] = seed
    return {key: str(value) for key, value in words.items()}


class World:
    def __init__(self, program, seed, folder):
        self.program, self.folder, self.words, self.problems = program, folder, arguments(seed), []
        self.name = " ".join(f"--{key} {value}" for key, value in self.words.items())
        self.objects = folder / "cluster" / "objects.json"

    def call(self, *command):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LEASTWISE_")}
        return subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=self.folder, env=environment)

    def leastwise(self, *words):
        done = self.call(self.program, *words, "--database", "leastwise.db", "--cluster", "prod")
        if done.returncode:
            self.problems.append(f"{' '.join(map(str, words[:2]))} ended with {done.returncode}: {done.stderr.strip()[:2000]}")
        return done.stdout

    def run(self):
        made = self.call(sys.executable, TOOLS / "world.py", *(f"--{key}={value}" for key, value in self.words.items()),
                         "--out", self.folder)
        if made.returncode:
            sys.exit(made.stderr)
        for kind, file in (("objects", self.objects), ("hubble", "flows.ndjson"), ("audit", "audit.ndjson")):
            self.leastwise("observe", kind, file)
        self.compare_unused()
        return self.judge("network", "--policies"), self.judge("rbac", "--roles")

    def compare_unused(self):
        """Every grant that the truth calls unused has to be listed, and no other."""
        report = self.leastwise("preview", "--kind", "rbac", "--unused", "--output", "json")
        listed = unused_rules(json.loads(report or "{}").get("unused", []))
        truth = unused_rules(json.loads((self.folder / "truth.json").read_text())["rbac"]["unused"])
        for what, rules in (("unused but not listed", truth - listed), ("listed but used", listed - truth)):
            self.problems += [f"{what}: {binding} {rule}" for binding, rule in sorted(rules)]

    def judge(self, kind, option):
        manifests, result = self.folder / f"{kind}.yaml", self.folder / f"{kind}.json"
        manifests.write_text(self.leastwise("preview", "--kind", kind, "--output", "yaml"))
        done = self.call(sys.executable, TOOLS / "judge.py", kind, "--objects", self.objects, option, manifests,
                         "--truth", "truth.json", "--json", result)
        if not result.exists():
            self.problems.append(f"the judge of {kind} failed: {done.stderr.strip()[-500:]}")
            return {"legitimate_denied": [], "forbidden_allowed": [], "slack": [], "excess": []}
        return json.loads(result.read_text())


def unused_rules(bindings):
    """Pairs of a binding and one of its rules."""
    words = ("verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs")
    return {(binding["binding"], json.dumps({word: rule[word] for word in words if rule.get(word)}))
            for binding in bindings for rule in binding["rules"]}


class Causes:
    """What lets a connection of the judge's findings through."""

    def __init__(self, world):
        sys.path.insert(0, str(TOOLS))
        import judge
        self.judge, self.policies = judge, list(judge.documents([world.folder / "network.yaml"]))
        truth = json.loads((world.folder / "truth.json").read_text())
        parties, spaces = judge.parties_of(list(judge.documents([world.objects])), truth)
        self.rules = judge.Rules(parties, spaces, self.policies)
        self.members = collections.defaultdict(list)
        for index, party in enumerate(parties):
            self.members[party.owner].append(index)

    def of(self, cell):
        """What lets it out of its source, and into its destination."""
        service = (cell["protocol"], cell["port"])
        for a in self.members[cell["from"]]:
            for b in self.members[cell["to"]]:
                if a != b and self.rules.passes(a, b, *service):
                    return (side(self.judge, self.rules, self.policies, "Egress", a, b, *service),
                            side(self.judge, self.rules, self.policies, "Ingress", b, a, *service))
        return ("?", "?")


def side(judge, rules, policies, direction, subject, other, protocol, port):
    """What lets a party's direction pass to the other: nothing isolates it, or a peer of a rule."""
    party, peer_party = rules.parties[subject], rules.parties[other]
    if not party.is_pod:
        return "outside"
    if not rules.selected[direction] >> subject & 1:
        return "open"
    for policy in policies:
        spec, namespace = policy["spec"], judge.namespace_of(policy)
        if party.namespace != namespace or not judge.selects(spec.get("podSelector") or {}, party.labels):
            continue
        for rule in spec.get(direction.lower()) or []:
            if not rules.port_mask(rule.get("ports"), direction, subject, protocol, port) >> other & 1:
                continue
            peers = rule.get("from" if direction == "Ingress" else "to")
            if not peers:
                return "anyone"
            for peer in peers:
                if rules.peer_mask(namespace, peer) >> other & 1:
                    if "ipBlock" in peer:
                        return f'block {peer["ipBlock"]["cidr"] if peer["ipBlock"]["cidr"].endswith("/0") else "of addresses"}'
                    return "every namespace" if peer.get("namespaceSelector") == {} else "pods"
    return "?"


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    if not (TOOLS / "world.py").is_file():
        sys.exit(f"the estate tools are not in {TOOLS}")
    program = pathlib.Path(sys.argv[1]).resolve()
    form = "{:>6} {:>9} {:>4} {:>9} {:>6} {:>7}   {:>6} {:>9} {:>6}   {:>6} {:>9} {:>6}   {:>4}"
    print(form.format("", "", "", "", "", "network", "", "", "", "roles", "", "", ""))
    print(form.format("seed", "workloads", "days", "layout", "rename", "edges", "denied", "forbidden", "slack", "denied",
                      "forbidden", "excess", "s"))
    failed, excess, details = False, collections.defaultdict(list), []
    for seed in map(int, sys.argv[2:]):
        with tempfile.TemporaryDirectory() as name:
            start = time.monotonic()
            world = World(program, seed, pathlib.Path(name))
            network, roles = world.run()
            counts = [len(network[k]) for k in ("legitimate_denied", "forbidden_allowed", "slack")] + \
                [len(roles[k]) for k in ("legitimate_denied", "forbidden_allowed", "excess")]
            print(form.format(seed, world.words["workloads"], world.words["days"], world.words["layout"],
                              "yes" if "rename" in world.words else "", network.get("judged_edges", 0), *counts,
                              round(time.monotonic() - start)), flush=True)
            causes = Causes(world)
            for entry in network["forbidden_allowed"]:
                entry["out"], entry["in"] = causes.of(entry)
            bad = network["legitimate_denied"] + network["forbidden_allowed"] + roles["legitimate_denied"] + \
                roles["forbidden_allowed"] + roles["excess"]
            if bad or world.problems:
                details += [world.name, *(f"    {json.dumps(entry)}" for entry in bad[:10]),
                            *(f"    {problem}" for problem in world.problems)]
            for cell in network["slack"]:
                excess[causes.of(cell)].append((seed, cell["from"], "{from} -> {to} {protocol}/{port}".format(**cell)))
    for line in details:
        print(line)
    print("\nexcess of the network by what lets it out and in:")
    for (egress, ingress), cells in sorted(excess.items(), key=lambda item: -len(item[1])):
        sources = collections.Counter(source.rsplit("/", 1)[-1] for _, source, _ in cells)
        print(f"{len(cells):>7}  out: {egress:<19} in: {ingress:<19} from {len(sources)} workloads such as "
              f"{sources.most_common(1)[0][0]}, e.g. with seed {cells[0][0]} {cells[0][2]}")
    print("BAD" if details else "GOOD")
    return int(bool(details))


if __name__ == "__main__":
    sys.exit(main())
