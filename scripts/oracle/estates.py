"""Estates to judge: observed by the program, with the parties that a policy could decide about."""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("LEASTWISE_SHARED", ROOT.parent / "shared"))
MADE = ["--seed 5 --workloads 12 --namespaces 3 --flows 3000 --requests 600",
        "--seed 7 --workloads 40 --flows 5000 --requests 1000",
        "--seed 208 --workloads 36 --namespaces 6 --flows 4000 --requests 800 --rename 208",
        "--seed 97 --workloads 97 --namespaces 9 --flows 12000 --requests 2000"]
TEMPLATED = ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "ReplicaSet", "Job", "ReplicationController")
# Namespaced by nature, of the kinds that own pods: how a root owner is found.
STEPS = ("ReplicaSet", "Job")


class Estate:
    """An estate's files, its truth where that is known, and what the program makes of it."""

    def __init__(self, name, objects, flows, audit, truth=None):
        self.name, self.inputs = name, {"objects": objects, "hubble": flows, "audit": audit}
        self.objects = json.loads(objects.read_text())["items"]
        self.truth = json.loads(truth.read_text()) if truth else None

    def observe(self, program, folder):
        self.program, self.database = program, folder / "leastwise.db"
        for kind, file in self.inputs.items():
            self.run("observe", kind, str(file))

    def run(self, *arguments):
        # No setting of the one who runs this: nor a file in the folder, nor the environment.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LEASTWISE_")}
        command = [self.program, *arguments, "--database", str(self.database), "--cluster", "prod"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.database.parent, env=environment)
        if done.returncode:
            sys.exit(f"{self.name}: {' '.join(arguments[:2])} ended with {done.returncode}:\n{done.stderr}")
        return done.stdout

    def pods(self):
        """Workload (namespace/kind/name) -> pods: first one that its template would make, then those that run."""
        owners = {(o["kind"], o["metadata"]["namespace"], o["metadata"]["name"]): o for o in self.objects
                  if o["kind"] in TEMPLATED}
        found = {}
        for (kind, namespace, name), owner in owners.items():
            if root_of(owner, owners) is owner:
                template = template_of(owner)
                if not template["spec"].get("hostNetwork"):
                    found[f"{namespace}/{kind}/{name}"] = [pod(f"{kind.lower()}-{name}-next", namespace, owner, template)]
        for running in self.objects:
            if running["kind"] != "Pod" or running["status"].get("phase") in ("Succeeded", "Failed"):
                continue
            root = root_of(running, owners)
            workload = f'{root["metadata"]["namespace"]}/{root["kind"]}/{root["metadata"]["name"]}'
            if workload in found:
                meta = running["metadata"]
                found[workload].append(pod(meta["name"], meta["namespace"], root, running))
        return found


def root_of(item, owners):
    """The owner's owner's ... owner, among those known."""
    for reference in item["metadata"].get("ownerReferences") or []:
        owner = owners.get((reference["kind"], item["metadata"]["namespace"], reference["name"]))
        if owner is not None:
            return root_of(owner, owners)
    return item


def template_of(owner):
    spec = owner["spec"]["jobTemplate"]["spec"] if owner["kind"] == "CronJob" else owner["spec"]
    return spec["template"]


def pod(name, namespace, owner, like):
    """A pod as the analyzer reads it: what counts are labels and named ports."""
    return {"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": namespace, "labels": like["metadata"].get("labels") or {},
                         "ownerReferences": [{"kind": owner["kind"], "name": owner["metadata"]["name"]}]},
            "spec": {"containers": like["spec"].get("containers") or []}}


def estates(folder):
    """Invented estates where their maker is there, or else the demo's."""
    maker = SHARED / "tools" / "world.py"
    if not maker.is_file():
        world = ROOT / "demo" / "world"
        yield Estate("demo", world / "objects.json", world / "flows.ndjson.gz", world / "audit.ndjson.gz")
        return
    for number, arguments in enumerate(MADE):
        out = folder / f"estate-{number}"
        subprocess.run([sys.executable, str(maker), *arguments.split(), "--awkward", "all", "--out", str(out)],
                       check=True, stdout=subprocess.DEVNULL)
        yield Estate(arguments.replace("--", ""), out / "cluster" / "objects.json", out / "flows.ndjson",
                     out / "audit.ndjson", out / "truth.json")
