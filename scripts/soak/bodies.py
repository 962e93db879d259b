"""Made-up bodies of realistic size, as files: Hubble flows of 1.7 KB and audit events of 1.4 KB."""
import gzip
import itertools
import json
import pathlib
import random

NAMESPACES = [f"{team}-{stage}" for team in "shop payments orders search users media ads risk".split()
              for stage in ("dev", "stage", "prod", "perf")]
PER_BODY = 650


def compact(document):
    return json.dumps(document, separators=(",", ":"))


def hexadecimal(chance, digits):
    return f"{chance.getrandbits(4 * digits):0{digits}x}"


class Pods:
    """Workloads with a pod each, as Hubble shows them."""

    def __init__(self, chance, count):
        self.list = []
        for index in range(count):
            namespace, name = NAMESPACES[index % len(NAMESPACES)], f"service-{index}"
            pod = f"{name}-{hexadecimal(chance, 9)}-{hexadecimal(chance, 5)}"
            endpoint = {
                "ID": 100 + index, "identity": 20000 + index, "cluster_name": "prod", "namespace": namespace,
                "labels": [
                    f"k8s:app.kubernetes.io/name={name}",
                    f"k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name={namespace}",
                    f"k8s:io.cilium.k8s.namespace.labels.team={namespace.split('-')[0]}",
                    "k8s:io.cilium.k8s.policy.cluster=prod", f"k8s:io.cilium.k8s.policy.serviceaccount={name}",
                    f"k8s:io.kubernetes.pod.namespace={namespace}"],
                "pod_name": pod, "workloads": [{"name": name, "kind": "Deployment"}]}
            address = f"10.{64 + index % 32}.{index // 250}.{1 + index % 250}"
            self.list.append((address, compact(endpoint)))


def flow(chance, pods, edge, number):
    """Each edge is a pair of workloads and a port of its own."""
    count = len(pods.list)
    source, destination = pods.list[edge % count], pods.list[(edge // count * 7 + edge * 13 + 1) % count]
    port = 1024 + edge // count
    time = f"2026-11-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}.{chance.randrange(10**9):09}Z"
    uuid = f"{hexadecimal(chance, 8)}-{hexadecimal(chance, 4)}-4{hexadecimal(chance, 3)}-a{hexadecimal(chance, 3)}-{hexadecimal(chance, 12)}"
    flags, summary = chance.choice((('{"SYN":true}', "TCP Flags: SYN"), ('{"PSH":true,"ACK":true}', "TCP Flags: ACK, PSH")))
    return (
        f'{{"flow":{{"time":"{time}","uuid":"{uuid}","verdict":"FORWARDED","ethernet":{{"source":"0a:58:0a:40:{edge % 90 + 10}:05",'
        f'"destination":"0a:58:0a:41:{edge % 80 + 10}:07"}},"IP":{{"source":"{source[0]}","destination":"{destination[0]}",'
        f'"ipVersion":"IPv4"}},"l4":{{"TCP":{{"source_port":{chance.randrange(32768, 61000)},"destination_port":{port},'
        f'"flags":{flags}}}}},"source":{source[1]},"destination":{destination[1]},"Type":"L3_L4",'
        f'"node_name":"prod/ip-10-0-{edge % 20}-17.ec2.internal","event_type":{{"type":4,"sub_type":0}},"traffic_direction":"INGRESS",'
        f'"trace_observation_point":"TO_ENDPOINT","trace_reason":"NEW","is_reply":false,"interface":{{"index":{edge % 90},'
        f'"name":"lxc{hexadecimal(chance, 12)}"}},"Summary":"{summary}"}},'
        f'"node_name":"prod/ip-10-0-{edge % 20}-17.ec2.internal","time":"{time}"}}\n')


VERBS = (("get", "service-config", 200), ("list", "", 200), ("watch", "", 200), ("patch", "service-status", 200),
         ("update", "service-lease", 200), ("create", "", 201))
RESOURCES = [("", "pods"), ("", "configmaps"), ("", "secrets"), ("", "services"), ("", "endpoints"), ("apps", "deployments"),
             ("apps", "replicasets"), ("batch", "jobs"), ("coordination.k8s.io", "leases"), ("networking.k8s.io", "ingresses"),
             ("discovery.k8s.io", "endpointslices"), ("cert-manager.io", "certificates")]


def audit_event(chance, edge, number):
    """Each edge is a service account, a verb and a resource."""
    verb, name, code = VERBS[edge % len(VERBS)]
    group, resource = RESOURCES[edge // len(VERBS) % len(RESOURCES)]
    account = edge // len(VERBS) // len(RESOURCES)
    namespace = NAMESPACES[account % len(NAMESPACES)]
    uid = f"{account:08x}-1111-4222-a333-{account:012x}"  # Of pod and token: the same for hours.
    second = f"2026-11-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}"
    reference = {"resource": resource, "namespace": namespace, "apiVersion": "v1"}
    if name:
        reference["name"] = f"{name}-{account}"
    if group:
        reference["apiGroup"] = group
    return compact({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata",
        "auditID": f"{hexadecimal(chance, 8)}-5555-4666-a777-{hexadecimal(chance, 12)}", "stage": "ResponseComplete",
        "requestURI": f"/api{'s/' + group if group else ''}/v1/namespaces/{namespace}/{resource}/{reference.get('name', '')}",
        "verb": verb,
        "user": {
            "username": f"system:serviceaccount:{namespace}:controller-{account}", "uid": uid,
            "groups": ["system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated"],
            "extra": {
                "authentication.kubernetes.io/credential-id": [f"JTI={uid}"],
                "authentication.kubernetes.io/node-name": [f"ip-10-0-{account % 20}-17.ec2.internal"],
                "authentication.kubernetes.io/node-uid": [uid],
                "authentication.kubernetes.io/pod-name": [f"controller-{account}-7f9c8d6b5-abcde"],
                "authentication.kubernetes.io/pod-uid": [uid]}},
        "sourceIPs": [f"10.64.{account % 250}.7"],
        "userAgent": "manager/v0.0.0 (linux/amd64) kubernetes/$Format/leader-election", "objectRef": reference,
        "responseStatus": {"metadata": {}, "code": code},
        "requestReceivedTimestamp": f"{second}.{chance.randrange(10**6):06}Z",
        "stageTimestamp": f"{second}.{chance.randrange(10**6):06}Z",
        "annotations": {
            "authorization.k8s.io/decision": "allow",
            "authorization.k8s.io/reason": f'RBAC: allowed by RoleBinding "controller-{account}/{namespace}" of Role '
                                           f'"controller-{account}" to ServiceAccount "controller-{account}/{namespace}"'},
    }) + "\n"


def make(folder, source, edges, bodies, packed=False, even=False):
    """Writes bodies of records; returns their paths.

    Edges are named as traffic has them, few of them often: by Zipf's law, in the order of a shuffle. Or all of them evenly,
    so that hardly a body names one twice.
    """
    chance = random.Random(edges)
    pods = Pods(chance, 400)
    order = list(range(edges))
    chance.shuffle(order)
    shares = list(itertools.accumulate(1 / (rank + 1) ** 0.95 for rank in range(edges)))
    paths = []
    for body in range(bodies):
        numbers = range(body * PER_BODY, (body + 1) * PER_BODY)
        chosen = [order[number % edges] for number in numbers] if even else chance.choices(
            order, cum_weights=shares, k=PER_BODY)
        if source == "hubble":
            text = "".join(flow(chance, pods, edge, number) for edge, number in zip(chosen, numbers))
        else:
            text = "".join(audit_event(chance, edge, number) for edge, number in zip(chosen, numbers))
        path = pathlib.Path(folder) / f"{source}-{body:05}{'.gz' if packed else ''}"
        path.write_bytes(gzip.compress(text.encode(), 6) if packed else text.encode())
        paths.append(path)
    return paths
