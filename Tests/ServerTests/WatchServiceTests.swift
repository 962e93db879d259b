import Domain
import Foundation
import HTTPTransport
import ScriptedServers
import Store
import Testing

@testable import Server

/// The watch itself is tried in KubernetesClientTests; here the service runs it as it is configured.
@Suite struct WatchServiceTests {
    private let server = Result { try ScriptedServer("scripted-kubernetes.py") }

    private func control(_ commands: [Any]...) throws {
        let body = try JSONSerialization.data(withJSONObject: commands)
        let answer = try HTTPClient().send(
            HTTPRequest(
                method: "POST", url: "http://localhost:\(try server.get().port)/_control", body: .bytes(Array(body))))
        try #require(answer.status == 200)
    }

    private func pod(_ name: String, _ address: String) -> [String: Any] {
        [
            "metadata": ["name": name, "namespace": "shop", "labels": ["app": name]],
            "spec": ["containers": [["name": "c"]]],
            "status": ["phase": "Running", "podIP": address, "startTime": "2026-11-01T00:00:00Z"],
        ]
    }

    @Test func `objects and the history of addresses are stored`() async throws {
        let port = try server.get().port
        try control(
            ["serve", "v1", "Pod", "pods", true], ["put", "Pod", pod("a", "10.0.0.1"), pod("b", "10.0.0.2")])
        let kubeconfig = """
            apiVersion: v1
            kind: Config
            current-context: test
            contexts: [{name: test, context: {cluster: test, user: test}}]
            clusters: [{name: test, cluster: {server: "http://localhost:\(port)"}}]
            users: [{name: test, user: {token: t}}]
            """
        let service = try await RunningService.start(
            ["kubernetes.watch": "kubeconfig", "kubernetes.kubeconfig": "{folder}/kubeconfig"],
            files: ["kubeconfig": kubeconfig])
        let cluster = ClusterName("default")
        try await Condition.wait { try service.store.objects(cluster: cluster).map(\.name) == ["a", "b"] }
        try control(["delete", "Pod", "shop", "a"])
        try await Condition.wait { try service.store.objects(cluster: cluster).map(\.name) == ["b"] }
        let sightings = try service.store.addressSightings(cluster: cluster)
        #expect(sightings.map { "\($0.address) \($0.podName)" } == ["10.0.0.1 a"])
        try await Condition.wait { try await service.metric("leastwise_source_up{source=\"kubernetes\"}") == 1 }
        try await service.stop()
    }
}
