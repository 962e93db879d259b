#!/usr/bin/env python3
"""An invented estate with a known number of distinct connections, for measuring how fast they are learned.

    make_estate.py WORKLOADS EDGES FOLDER [SEED]

Writes FOLDER/objects.json (for `leastwise observe objects`) and FOLDER/flows.ndjson (for `leastwise observe hubble`).
The same arguments give the same bytes. Standard library only; a million edges take about a quarter of a minute.

Every edge is distinct after resolution too: none of them is held back, and no two become one. What they are:

    12 in 100   from a workload to an address outside, with a DNS name; a tenth of the pool is shared by many
     1 a workload   to the API server, and 1 to the cluster's DNS at its Service address
    the rest    between workloads: 4 in 5 seen at the pod's address, 1 in 5 at the Service's, before its translation

Half of the destinations lie in the source's own namespace or the next, a tenth are among few workloads that everyone
calls, and the others are anywhere. Records lie on 14 days. A quarter of the edges have a second record, a tenth an answer.
"""
import json
import random
import sys
from datetime import datetime, timedelta

DAYS = 14
START = datetime(2026, 11, 1)
PER_NAMESPACE = 100
REPLICAS = 2
# Every workload listens on all of these; its Service has the first, as port 80.
PORTS = [8080, 9090, 5432, 6379]
API_SERVER = "192.168.0.10"
NODES = 50


def dump(value):
    return json.dumps(value, separators=(",", ":"))


class Workload:
    def __init__(self, number, namespace, name, labels):
        self.number, self.namespace, self.name, self.labels = number, namespace, name, labels
        self.hash = f"{number * 2654435761 % 2**32:08x}"
        self.service_address = f"10.96.{(number + 256) >> 8}.{number & 255}"
        self.pods = [(f"{name}-{self.hash}-{'bcdfghjklm'[r]}{number % 7}xkz", self.address(r)) for r in range(REPLICAS)]
        self.fragments = [self.fragment(pod) for pod, _ in self.pods]

    def address(self, replica):
        place = self.number * REPLICAS + replica + 256
        return f"10.{128 + (place >> 16)}.{place >> 8 & 255}.{place & 255}"

    def fragment(self, pod):
        labels = [f"k8s:{key}={value}" for key, value in self.labels.items()]
        labels.append(f"k8s:io.kubernetes.pod.namespace={self.namespace}")
        return dump({"identity": 1000 + self.number, "cluster_name": "prod", "namespace": self.namespace,
                     "labels": sorted(labels), "pod_name": pod,
                     "workloads": [{"name": self.name, "kind": "Deployment"}]})

    def objects(self):
        ports = PORTS if self.name != "coredns" else [53]
        protocol = "TCP" if self.name != "coredns" else "UDP"
        template = {"metadata": {"labels": self.labels},
                    "spec": {"containers": [{"name": "main", "image": "registry.example.com/main:1",
                                             "ports": [{"containerPort": p, "protocol": protocol} for p in ports]}]}}
        here = {"namespace": self.namespace}
        replica_set = f"{self.name}-{self.hash}"
        hashed = dict(self.labels, **{"pod-template-hash": self.hash})
        yield {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": dict(here, name=self.name),
               "spec": {"selector": {"matchLabels": self.labels}, "template": template, "replicas": REPLICAS}}
        yield {"apiVersion": "apps/v1", "kind": "ReplicaSet",
               "metadata": dict(here, name=replica_set, ownerReferences=[
                   {"apiVersion": "apps/v1", "kind": "Deployment", "name": self.name, "controller": True}]),
               "spec": {"selector": {"matchLabels": hashed}, "template": template, "replicas": REPLICAS}}
        for pod, address in self.pods:
            yield {"apiVersion": "v1", "kind": "Pod",
                   "metadata": dict(here, name=pod, labels=hashed, creationTimestamp="2026-10-31T00:00:00Z",
                                    ownerReferences=[{"apiVersion": "apps/v1", "kind": "ReplicaSet",
                                                      "name": replica_set, "controller": True}]),
                   "spec": dict(template["spec"], nodeName=f"node-{self.number % NODES:02d}"),
                   "status": {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]}}
        port = 53 if self.name == "coredns" else 80
        yield {"apiVersion": "v1", "kind": "Service", "metadata": dict(here, name=self.name),
               "spec": {"type": "ClusterIP", "clusterIP": self.service_address, "clusterIPs": [self.service_address],
                        "selector": self.labels,
                        "ports": [{"name": "main", "protocol": protocol, "port": port, "targetPort": ports[0]}]}}
        yield {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
               "metadata": dict(here, name=f"{self.name}-0", labels={"kubernetes.io/service-name": self.name}),
               "ports": [{"name": "main", "port": ports[0], "protocol": protocol}],
               "endpoints": [{"addresses": [address], "conditions": {"ready": True},
                              "targetRef": {"kind": "Pod", "name": pod, "namespace": self.namespace}}
                             for pod, address in self.pods]}


def make_workloads(count):
    # Number 0 is the cluster's DNS, and one of the count.
    yield Workload(0, "kube-system", "coredns", {"k8s-app": "kube-dns"})
    for number in range(1, count):
        name = f"{('api', 'web', 'worker', 'store')[number % 4]}-{number}"
        labels = {"app": name} if number % 3 else {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": "main"}
        yield Workload(number, f"team-{number // PER_NAMESPACE}", name, labels)


def write_objects(path, workloads):
    def objects():
        for namespace in dict.fromkeys(["default"] + [w.namespace for w in workloads]):
            yield {"apiVersion": "v1", "kind": "Namespace",
                   "metadata": {"name": namespace, "labels": {"kubernetes.io/metadata.name": namespace}}}
        for number in range(NODES):
            yield {"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"node-{number:02d}"},
                   "spec": {"podCIDR": f"10.{128 + number}.0.0/16"},
                   "status": {"addresses": [{"type": "InternalIP", "address": f"192.168.1.{number + 1}"}]}}
        yield {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "kubernetes", "namespace": "default"},
               "spec": {"type": "ClusterIP", "clusterIP": "10.96.0.255", "clusterIPs": ["10.96.0.255"],
                        "ports": [{"name": "https", "protocol": "TCP", "port": 443, "targetPort": 6443}]}}
        yield {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "kubernetes", "namespace": "default"},
               "subsets": [{"addresses": [{"ip": API_SERVER}],
                            "ports": [{"name": "https", "port": 6443, "protocol": "TCP"}]}]}
        for workload in workloads:
            yield from workload.objects()

    with open(path, "w") as file:
        file.write('{"apiVersion":"v1","kind":"List","items":[\n')
        file.write(",\n".join(map(dump, objects())))
        file.write("\n]}\n")


class Outside:
    """Addresses outside of the cluster, each with one name; four have the same."""

    def __init__(self, count):
        self.count, self.common = count, max(1, count // 10)
        self.addresses = [f"{20 + (n >> 16)}.{n >> 8 & 255}.{n & 255}.7" for n in range(count)]
        self.names = [f"service-{n // 4}.example.com" for n in range(count)]
        self.fragments = [dump({"identity": 16777216 + n // 4,
                                "labels": [f"fqdn:{self.names[n]}", "reserved:world"]}) for n in range(count)]

    def pick(self, chance):
        return chance.randrange(self.common if chance.random() < 0.5 else self.count)


def make_edges(workloads, outside, count, chance):
    """Distinct (way, source, destination, port), sorted by nothing in particular."""
    size = len(workloads)
    edges = []
    for source in range(1, size):
        edges += [("api", source, 0, 6443), ("dns", source, 0, 53)]
    seen = set()
    popular = max(1, size // 100)
    while len(edges) < count:
        source = chance.randrange(1, size)
        if chance.random() < 0.12:
            way, destination, port = "outside", outside.pick(chance), 443
        else:
            way, destination, port = "pod", pick_workload(source, size, popular, chance), chance.choice(PORTS)
            if destination == source:
                continue
            if port == PORTS[0] and chance.random() < 0.8:
                way = "service"
        key = (way == "outside", source, destination, port)
        if key not in seen:
            seen.add(key)
            edges.append((way, source, destination, port))
    if len(edges) != count:
        sys.exit(f"{size} workloads have more edges than {count} by themselves")
    return edges


def pick_workload(source, size, popular, chance):
    dice = chance.random()
    if dice < 0.5:
        first = max(1, source // PER_NAMESPACE * PER_NAMESPACE)
        return chance.randrange(first, min(size, first + 2 * PER_NAMESPACE))
    return chance.randrange(1, 1 + popular) if dice < 0.6 else chance.randrange(1, size)


def write_flows(path, workloads, outside, edges, chance):
    events = list(range(len(edges)))
    events += chance.sample(events, len(edges) // 4)
    answers = set(chance.sample(range(len(edges)), len(edges) // 10))
    chance.shuffle(events)
    step = timedelta(days=DAYS) / len(events)
    api_server = '{"identity":7,"labels":["reserved:kube-apiserver","reserved:remote-node"]}'
    world = '{"identity":2,"labels":["reserved:world"]}'
    with open(path, "w", buffering=1 << 20) as file:
        for place, number in enumerate(events):
            way, source_number, destination_number, port = edges[number]
            time = (START + step * place).isoformat(timespec="microseconds") + "Z"
            replica = place & 1
            source = workloads[source_number]
            from_address, from_end = source.pods[replica][1], source.fragments[replica]
            names = ""
            if way == "outside":
                to_address, to_end = outside.addresses[destination_number], outside.fragments[destination_number]
                names = f'"destination_names":["{outside.names[destination_number]}"],'
            elif way == "api":
                to_address, to_end = API_SERVER, api_server
            else:
                target = workloads[destination_number]
                to_address, to_end = target.pods[replica][1], target.fragments[replica]
                if way != "pod":
                    to_address, to_end = target.service_address, world
                    port = 80 if way == "service" else 53
            transport, flags = ("UDP", "") if way == "dns" else ("TCP", ',"flags":{"PSH":true,"ACK":true}')
            near = 32768 + place % 28000
            file.write(record(time, from_address, to_address, transport, near, port, flags, from_end, to_end, names, "false"))
            if number in answers and way in ("pod", "api"):
                answers.discard(number)
                file.write(record(time, to_address, from_address, transport, port, near, flags, to_end, from_end, "", "true"))


def record(time, source_ip, destination_ip, transport, source_port, destination_port, flags, source, destination, names,
           is_reply):
    return (f'{{"flow":{{"time":"{time}","verdict":"FORWARDED","IP":{{"source":"{source_ip}",'
            f'"destination":"{destination_ip}","ipVersion":"IPv4"}},"l4":{{"{transport}":{{"source_port":{source_port},'
            f'"destination_port":{destination_port}{flags}}}}},"source":{source},"destination":{destination},'
            f'"Type":"L3_L4","node_name":"prod/node-00",{names}"event_type":{{"type":4}},'
            f'"traffic_direction":"EGRESS","is_reply":{is_reply},"Summary":"{transport}"}},'
            f'"node_name":"prod/node-00","time":"{time}"}}\n')


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    count, edge_count, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    chance = random.Random(int(sys.argv[4]) if len(sys.argv) == 5 else 1)
    workloads = list(make_workloads(count))
    outside = Outside(max(10, count))
    edges = make_edges(workloads, outside, edge_count, chance)
    write_objects(f"{folder}/objects.json", workloads)
    write_flows(f"{folder}/flows.ndjson", workloads, outside, edges, chance)


main()
