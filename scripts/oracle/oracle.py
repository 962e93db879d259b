#!/usr/bin/env python3
"""Lets judges that share no code with the program judge what it writes.

    oracle.py PROGRAM

For each estate: every manifest against the API's own schemas (kubernetes-validate, and those of custom resources where
they are at hand), and reachability by np-guard's network-config-analyzer:
  - every learned connection is allowed, for the workload's next pod as for those that run;
  - between workloads, on every learned port, the analyzer allows as many connections that were never observed as
    `leastwise preview` counts as slack;
  - where the truth is known, everything legitimate is allowed and nothing forbidden is.
In the end the same checks have to fail on spoilt policies, or they are worth nothing.
"""
import copy
import functools
import json
import pathlib
import re
import sys
import tempfile

import jsonschema
import kubernetes_validate
import yaml

from analyzer import NUMBERS, Reachability
from estates import SHARED, estates

VERSIONS = ("1.30", "1.33", "1.37")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
EDGE = re.compile(r"(.+) -> (.+) (TCP|UDP|SCTP)/(\d+)")
ADDRESS = re.compile(r"(?:.*\()?([0-9a-f.:]+)\)?")
# The package reads its definitions, megabytes of them, for each object anew.
kubernetes_validate.utils.schema_contents = functools.cache(kubernetes_validate.utils.schema_contents)


class Case:
    """What the program says of an estate, and the parties to judge it by."""

    def __init__(self, estate):
        self.estate, self.pods = estate, estate.pods()
        self.manifests = list(yaml.load_all(estate.run("preview", "--output", "yaml"), Loader=LOADER))
        report = json.loads(estate.run("preview", "--output", "json", "--kind", "network"))
        self.slack = report["slack"]["unobserved"]
        self.judged = {item["name"] for item in report["items"]}
        self.learned = sorted({edge for item in report["items"] for rule in item["rules"]
                               for evidence in rule["evidence"] if evidence["count"]
                               for edge in read_edge(evidence["what"])})
        self.policies = [m for m in self.manifests if m["kind"] == "NetworkPolicy"]

    def reach(self, folder, policies=None):
        namespaces = [o for o in self.estate.objects if o["kind"] == "Namespace"]
        pods = [pod for group in self.pods.values() for pod in sample(group)]
        return Reachability(folder, namespaces, pods, self.policies if policies is None else policies)


def sample(group):
    """The next pod, and of those that run as many as the analyzer keeps of pods that look alike."""
    kept, seen = group[:1], {}
    for pod in group[1:]:
        look = json.dumps(pod["metadata"]["labels"], sort_keys=True)
        seen[look] = seen.get(look, int(pod["metadata"]["labels"] == group[0]["metadata"]["labels"])) + 1
        if seen[look] <= 2:
            kept.append(pod)
    return kept


def read_edge(text):
    """(source, destination, protocol, port) of an observation; each side is a workload or an address."""
    if found := EDGE.fullmatch(text):
        sides = [side if side.count("/") == 2 else ADDRESS.fullmatch(side)[1] for side in found.groups()[:2]]
        yield (*sides, found[3], int(found[4]))


# ------------------------------------------------------------------ the checks: each returns what is wrong

def structure(manifests):
    wrong = []
    for manifest in manifests:
        name = f'{manifest["kind"]} {manifest["metadata"].get("namespace", "")}/{manifest["metadata"]["name"]}'
        group, _, version = manifest["apiVersion"].partition("/")
        custom = SHARED / "fixtures/schemas/crds" / group / f'{manifest["kind"].lower()}_{version}.json'
        try:
            if custom.is_file():
                jsonschema.validate(manifest, json.loads(custom.read_text()))
                continue
            for version in VERSIONS:
                kubernetes_validate.validate(manifest, version, strict=True)
        except (jsonschema.ValidationError, kubernetes_validate.ValidationError) as error:
            wrong.append(f"{name}: {version}: {'.'.join(map(str, error.path))}: {error.message}")
        except kubernetes_validate.SchemaNotFoundError as error:
            wrong.append(f"{name}: {error.message}")
    return wrong


def denied(case, reach, edges):
    """Of the edges, those that not every pair of pods may take."""
    sides = lambda side: [reach.key(pod) for pod in sample(case.pods[side])] if side in case.pods else [side]
    wrong = []
    for source, destination, protocol, port in edges:
        pairs = [(a, b) for a in sides(source) for b in sides(destination) if a != b]
        for a, b in pairs:
            if not reach.allows(a, b, protocol, port):
                wrong.append(f"denied: {source} -> {destination} {protocol}/{port} ({a} -> {b})")
                break
    return wrong


def slack(case, reach):
    """Whether the analyzer finds as much slack as the program does, over the next pods of all learned workloads."""
    workloads = {side for edge in case.learned for side in edge[:2] if side in case.pods}
    names = {reach.key(case.pods[workload][0]): workload for workload in workloads}
    observed = set(case.learned)
    found = set()
    for protocol, port in {edge[2:] for edge in case.learned}:
        found.update((names[a], names[b], protocol, port) for a, b in reach.pairs(names, protocol, port)
                     if names[a] in case.judged or names[b] in case.judged)
    found -= observed
    return [] if len(found) == case.slack else [f"slack: the analyzer finds {len(found)}, the program {case.slack}"]


def truth(case, reach):
    """What the estate's truth says: legitimate edges are allowed, forbidden ones are not unless they are legitimate too."""
    network = case.estate.truth["network"]
    addresses = {e["id"]: e["addresses"] for e in case.estate.truth["externals"]}
    known = {(e["from"], e["to"], e["protocol"], e["port"]) for e in network["legitimate"] + network["tolerated"]}
    sides = lambda edge, end: [edge[end]] if edge[end] in case.pods else \
        edge.get("addresses") if end == "to" and edge.get("addresses") else addresses.get(edge[end], [])
    wrong = []
    for kind, entries in (("legitimate", network["legitimate"]), ("forbidden", network["forbidden"])):
        for entry in entries:
            edge = (entry["from"], entry["to"], entry["protocol"], entry["port"])
            if entry["protocol"] not in NUMBERS or entry["from"] not in case.pods and entry["to"] not in case.pods:
                continue
            cells = [(a, b, *edge[2:]) for a in sides(entry, "from") for b in sides(entry, "to")]
            refused = denied(case, reach, cells)
            if kind == "legitimate":
                wrong += [f"legitimate but {line}" for line in refused]
            elif len(refused) < len(cells) and edge not in known and ("*", *edge[1:]) not in known:
                wrong.append(f"forbidden ({entry['why']}) but allowed: {edge[0]} -> {edge[1]} {edge[2]}/{edge[3]}")
    return wrong


def judge(case, folder, policies=None):
    reach = case.reach(folder, policies)
    return denied(case, reach, case.learned) + slack(case, reach) + (truth(case, reach) if case.estate.truth else [])


# ------------------------------------------------------------------ spoilt policies, which the checks have to notice

def selfcheck(case, folder):
    """Spoils one policy in several ways; returns the ways that nobody noticed."""
    victim = next(i for i, p in enumerate(case.policies) if p["spec"].get("ingress") and p["spec"].get("egress"))

    def spoilt(change):
        policies = copy.deepcopy(case.policies)
        change(policies[victim]["spec"])
        return policies

    unnoticed = []
    for name, change in (("a rule is missing", lambda spec: spec["ingress"].pop(0)),
                         ("a port is wrong", lambda spec: spec["egress"][0]["ports"][0].update(port=1)),
                         ("everything may come in", lambda spec: spec["ingress"].append({}))):
        if not judge(case, folder, spoilt(change)):
            unnoticed.append(name)
    for name, change in (("a port is a sentence", lambda spec: spec["ingress"][0].update(ports=[{"port": []}])),
                         ("an unknown field", lambda spec: spec.update(podSelectors={}))):
        if not structure(spoilt(change)):
            unnoticed.append(name)
    return unnoticed


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program = str(pathlib.Path(sys.argv[1]).resolve())
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for number, estate in enumerate(estates(folder)):
            estate.observe(program, folder_for(folder, number))
            case = Case(estate)
            wrong = structure(case.manifests) + judge(case, folder)
            print(f"{estate.name}: {len(case.manifests)} manifests, {len(case.learned)} learned connections, "
                  f"slack {case.slack}: {len(wrong)} wrong", flush=True)
            for line in wrong[:20]:
                print("   ", line)
            if number == 0 and (unnoticed := selfcheck(case, folder)):
                wrong.append("")
                print(f"    the judges do not notice: {', '.join(unnoticed)}")
            failed = failed or bool(wrong)
    print("BAD" if failed else "GOOD: the judges agree, and they notice spoilt policies")
    return int(failed)


def folder_for(folder, number):
    made = folder / f"store-{number}"
    made.mkdir()
    return made


if __name__ == "__main__":
    sys.exit(main())
