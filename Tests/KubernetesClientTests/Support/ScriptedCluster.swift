import Domain
import Foundation
import HTTPTransport
import Inventory
import ScriptedServers
import Testing

@testable import KubernetesClient

/// A scripted API server, and the commands that it takes.
final class ScriptedCluster: Sendable {
    static let name = ClusterName("test")

    let port: Int
    private let server: ScriptedServer
    private let scheme: String
    private let client: HTTPClient

    /// Starts a server with the kinds that most tests use.
    init(_ arguments: [String] = [], policy: HTTPPolicy = HTTPPolicy()) throws {
        server = try ScriptedServer("scripted-kubernetes.py", arguments)
        port = server.port
        scheme = arguments.isEmpty ? "http" : "https"
        client = HTTPClient(policy: policy)
        try control(
            ["serve", "v1", "Pod", "pods", true], ["serve", "apps/v1", "ReplicaSet", "replicasets", true],
            ["serve", "apps/v1", "Deployment", "deployments", true], ["serve", "v1", "Node", "nodes", false])
    }

    var address: String { "\(scheme)://localhost:\(port)" }

    func access() -> KubernetesAccess { KubernetesAccess(server: address, origin: "test") }

    /// Runs commands at one moment, and returns what the last one answers.
    @discardableResult
    func control(_ commands: [Any]...) throws -> Any? {
        let body = try JSONSerialization.data(withJSONObject: commands)
        let answer = try client.send(
            HTTPRequest(method: "POST", url: address + "/_control", body: .bytes(Array(body))))
        try #require(answer.status == 200)
        return try JSONSerialization.jsonObject(with: Data(answer.body), options: .fragmentsAllowed)
    }

    /// What a dump of the server's objects would store.
    func truth() throws -> [ClusterObject] {
        let dump = try JSONSerialization.data(withJSONObject: try #require(try control(["truth"])))
        let read = ObjectReader.read(Array(dump), cluster: Self.name, file: "-")
        try #require(read.diagnostics.isEmpty)
        return read.objects.sorted { left, right in
            (left.kind, left.namespace, left.name) < (right.kind, right.namespace, right.name)
        }
    }

    func requests() throws -> [String] { try #require(try control(["requests"]) as? [String]) }
}

/// Objects as JSON values.
enum Made {
    static func pod(
        _ name: String, at address: String, owner: (kind: String, name: String)? = nil,
        started: String = "2026-01-01T00:00:00Z", labels: [String: String] = ["app": "web"], phase: String = "Running",
        hostNetwork: Bool = false, containers: [[String: Any]] = []
    ) -> [String: Any] {
        [
            "metadata": metadata(name, owner: owner, labels: labels, created: started),
            "spec": [
                "hostNetwork": hostNetwork, "containers": [["name": "c", "env": [["name": "A", "value": "b"]]]],
            ],
            "status": [
                "phase": phase, "podIP": address, "podIPs": [["ip": address]], "startTime": started,
                "containerStatuses": containers,
            ],
        ]
    }

    static func workload(
        _ name: String, owner: (kind: String, name: String)? = nil, labels: [String: String] = ["app": "web"]
    ) -> [String: Any] {
        [
            "metadata": metadata(name, owner: owner, labels: labels, created: "2026-01-01T00:00:00Z"),
            "spec": [
                "selector": ["matchLabels": labels],
                "template": ["metadata": ["labels": labels], "spec": ["containers": [["name": "c"]]]],
            ],
        ]
    }

    private static func metadata(
        _ name: String, owner: (kind: String, name: String)?, labels: [String: String], created: String
    ) -> [String: Any] {
        var metadata: [String: Any] = [
            "name": name, "namespace": "shop", "uid": "u-\(name)", "labels": labels, "creationTimestamp": created,
        ]
        if let owner {
            metadata["ownerReferences"] = [
                ["apiVersion": "apps/v1", "kind": owner.kind, "name": owner.name, "controller": true, "uid": "u"]
            ]
        }
        return metadata
    }

    static func node(_ name: String) -> [String: Any] {
        ["metadata": ["name": name], "spec": ["podCIDR": "10.0.0.0/24"], "status": [:] as [String: Any]]
    }
}
