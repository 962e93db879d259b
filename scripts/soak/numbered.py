"""Numbered records: each number is an edge of its own, so that the store says how often each was counted."""
import collections
import json
import sqlite3

from service import Failed

PORTS = 60_000
RESOURCES = 1_000


def flow(number):
    """A connection as `hubble observe -o jsonpb` prints it; the number is the destination and its port."""
    workload, port = f"n{number // PORTS}", number % PORTS + 1
    return (
        '{"flow":{"time":"2026-11-01T10:00:00Z","verdict":"FORWARDED","IP":{"source":"10.0.0.1","destination":"10.0.0.2",'
        '"ipVersion":"IPv4"},"l4":{"TCP":{"source_port":40000,"destination_port":%d,"flags":{"SYN":true}}},'
        '"source":{"identity":1000,"namespace":"shop","labels":["k8s:app=web","k8s:io.kubernetes.pod.namespace=shop"],'
        '"pod_name":"web-7f9c8d6b5-abcde","workloads":[{"name":"web","kind":"Deployment"}]},'
        '"destination":{"identity":1001,"namespace":"shop","labels":["k8s:app=%s","k8s:io.kubernetes.pod.namespace=shop"],'
        '"pod_name":"%s-6c5d4b3a2-fghij","workloads":[{"name":"%s","kind":"Deployment"}]},'
        '"Type":"L3_L4","node_name":"n1","is_reply":false,"event_type":{"type":4},"traffic_direction":"EGRESS",'
        '"trace_observation_point":"TO_ENDPOINT"},"time":"2026-11-01T10:00:00Z"}\n' % (port, workload, workload, workload)
    )


def audit_event(number):
    """A request as the API server's log backend writes it; the number is the service account and the resource."""
    user, resource = f"n{number // RESOURCES}", f"r{number % RESOURCES}"
    return json.dumps({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": f"id-{number}",
        "stage": "ResponseComplete", "requestURI": f"/apis/soak.example/v1/namespaces/shop/{resource}", "verb": "list",
        "user": {"username": f"system:serviceaccount:shop:{user}", "groups": ["system:serviceaccounts"]},
        "sourceIPs": ["10.0.0.1"],
        "objectRef": {"resource": resource, "namespace": "shop", "apiGroup": "soak.example", "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": 200},
        "requestReceivedTimestamp": "2026-11-01T10:00:00.000000Z", "stageTimestamp": "2026-11-01T10:00:00.000000Z",
        "annotations": {"authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": ""},
    }, separators=(",", ":")) + "\n"


RECORD = {"hubble": flow, "audit": audit_event}


def body(source, numbers):
    record = RECORD[source]
    return "".join(record(number) for number in numbers).encode()


def stored(database):
    """How often each number was counted, by source; checks the file on the way."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=60)
    try:
        verdict = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        if verdict != ["ok"]:
            raise Failed(f"PRAGMA integrity_check: {verdict[:5]}")
        orphans = connection.execute("PRAGMA foreign_key_check").fetchmany(5)
        if orphans:
            raise Failed(f"PRAGMA foreign_key_check: {orphans}")
        counts = {"hubble": collections.Counter(), "audit": collections.Counter()}
        for workload, port, count in connection.execute(
                "SELECT p.workload_name, e.port, f.count FROM connection_fact f JOIN connection_edge e ON e.id = f.edge "
                "JOIN peer p ON p.id = e.destination"):
            counts["hubble"][int(workload[1:]) * PORTS + port - 1] += count
        for user, resource, count in connection.execute(
                "SELECT s.name, e.resource, f.count FROM access_fact f JOIN access_edge e ON e.id = f.edge "
                "JOIN subject s ON s.id = e.subject"):
            counts["audit"][int(user[1:]) * RESOURCES + int(resource[1:])] += count
        return counts
    finally:
        connection.close()
