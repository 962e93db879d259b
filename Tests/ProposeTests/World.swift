import AppConfiguration
import Domain
import Engine
import Foundation
import Ingest
import ScriptedServers
import Store

/// What was observed of a small invented estate, learned once for all tests.
enum World {
    /// Two weeks of the estate.
    static let observed = Result { try learned([]) }

    /// The same, and then `web` is a client of `cart-redis` on four more days.
    static let withNewClient = Result { try learned(newClient) }

    /// The same two weeks, and the first of them again: more of what is known.
    static let seenMoreOften = Result { try learned([], flowsTwice: true) }

    static let demo = ScriptedServer.root.appendingPathComponent("demo/world")
    static let flows = demo.appendingPathComponent("flows.ndjson.gz").path
    static let audit = demo.appendingPathComponent("audit.ndjson.gz").path
    static let objects = demo.appendingPathComponent("objects.json").path

    static let newClient = (15...18).map { flow("2026-11-\($0)T08:00:00Z") }

    /// Observes the estate, then some more flows and audit events, and learns.
    static func learned(_ flows: [String], audit: [String] = [], flowsTwice: Bool = false) throws -> LearnedCluster {
        let folder = try TemporaryFolder()
        try store.get().write(to: URL(fileURLWithPath: folder.path("leastwise.db")))
        let store = try Store(path: folder.path("leastwise.db"))
        defer { try? store.close() }
        let job = ObserveJob(store: store, cluster: ClusterName("prod"))
        if flowsTwice { _ = try job.run(.hubble, paths: [Self.flows], defaultTime: nil) { _ in } }
        for (source, lines) in [(IngestSource.hubble, flows), (.audit, audit)] where !lines.isEmpty {
            let file = folder.path("\(source.rawValue).ndjson")
            try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(fileURLWithPath: file))
            _ = try job.run(source, paths: [file], defaultTime: nil) { _ in }
        }
        let settings = try Settings(
            ResolvedConfiguration(flags: ["cluster": "prod"], environment: [:], file: .empty))
        return try Session(settings: settings) { _ in store }.learn()
    }

    /// The file of a store that observed the estate.
    static let store = Result {
        let folder = try TemporaryFolder()
        let path = folder.path("leastwise.db")
        let store = try Store(path: path)
        let cluster = ClusterName("prod")
        _ = try ObserveObjectsJob(store: store, cluster: cluster).run(paths: [objects], isPartial: false)
        let job = ObserveJob(store: store, cluster: cluster)
        _ = try job.run(.hubble, paths: [Self.flows], defaultTime: nil) { _ in }
        _ = try job.run(.audit, paths: [Self.audit], defaultTime: nil) { _ in }
        try store.close()
        return try Data(contentsOf: URL(fileURLWithPath: path))
    }

    /// A flow from `web` to `cart-redis`, which nobody saw in the first two weeks.
    private static func flow(_ time: String) -> String {
        let ends = [
            end("source", "web", "Deployment", "web-85dfb884f9-8sswf", ["app=web"]),
            end(
                "destination", "cart-redis", "StatefulSet", "cart-redis-0",
                ["app.kubernetes.io/name=redis", "app.kubernetes.io/instance=cart-redis"]),
        ]
        return #"{"flow":{"time":"\#(time)","verdict":"FORWARDED","IP":{"source":"10.128.0.7","#
            + #""destination":"10.128.8.8","ipVersion":"IPv4"},"l4":{"TCP":{"source_port":47360,"#
            + #""destination_port":6379,"flags":{"ACK":true}}},\#(ends.joined(separator: ",")),"Type":"L3_L4","#
            + #""traffic_direction":"INGRESS","trace_observation_point":"TO_ENDPOINT","#
            + #""trace_reason":"ESTABLISHED","is_reply":false},"time":"\#(time)"}"#
    }

    private static func end(_ side: String, _ name: String, _ kind: String, _ pod: String, _ labels: [String]) -> String
    {
        let all = (labels + ["io.kubernetes.pod.namespace=shop"]).map { #""k8s:\#($0)""# }.joined(separator: ",")
        return #""\#(side)":{"cluster_name":"prod","namespace":"shop","labels":[\#(all)],"pod_name":"\#(pod)","#
            + #""workloads":[{"name":"\#(name)","kind":"\#(kind)"}]}"#
    }

    /// An audit event of a user who reads pods of the shop.
    static func request(by user: String, at time: String) throws -> String {
        let event: [String: Any] = [
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "stage": "ResponseComplete",
            "auditID": UUID().uuidString, "requestURI": "/api/v1/namespaces/shop/pods", "verb": "list",
            "user": ["username": user, "groups": ["system:authenticated"]], "sourceIPs": ["10.0.0.72"],
            "objectRef": ["resource": "pods", "namespace": "shop", "apiVersion": "v1"],
            "responseStatus": ["metadata": [String: String](), "code": 200],
            "requestReceivedTimestamp": time, "stageTimestamp": time,
            "annotations": ["authorization.k8s.io/decision": "allow"],
        ]
        return String(decoding: try JSONSerialization.data(withJSONObject: event, options: .sortedKeys), as: UTF8.self)
    }
}
