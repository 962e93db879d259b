import Domain
import Foundation
import Store
import Testing

@testable import KubernetesClient

/// Objects of a real API server, in the shape in which it lists and watches them.
@Suite(.enabled(if: RealDumps.files.count == 2, "the shared fixtures are not here"))
struct RealObjectTests {
    private static let group = "rbac.authorization.k8s.io/v1"

    private func items() throws -> [[String: Any]] {
        try RealDumps.files.flatMap { file -> [[String: Any]] in
            let dump = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
            return dump?["items"] as? [[String: Any]] ?? []
        }
    }

    @Test func `half of them listed and half of them watched are stored as a dump of all is`() async throws {
        let cluster = try ScriptedCluster()
        for (version, kind, name, isNamespaced) in [
            ("v1", "Namespace", "namespaces", false), ("v1", "ServiceAccount", "serviceaccounts", true),
            ("v1", "Service", "services", true), ("v1", "ConfigMap", "configmaps", true),
            (Self.group, "Role", "roles", true), (Self.group, "RoleBinding", "rolebindings", true),
            (Self.group, "ClusterRole", "clusterroles", false),
            (Self.group, "ClusterRoleBinding", "clusterrolebindings", false),
        ] {
            try cluster.control(["serve", version, kind, name, isNamespaced])
        }
        let items = try items()
        func put(_ remainder: Int) throws {
            for (number, item) in items.enumerated() where number % 2 == remainder {
                try cluster.control(["put", try #require(item["kind"]), item])
            }
        }
        try put(0)
        let disk = try TestStore()
        var options = RunningWatch.options
        options.pageSize = 7
        let watch = RunningWatch(cluster.access(), store: disk.store, options: options)
        try await watch.expectTruth(cluster)
        try put(1)
        try await watch.expectTruth(cluster)
        let stored = try disk.store.objects(cluster: ScriptedCluster.name)
        #expect(stored.count == items.filter { $0["kind"] as? String != "ConfigMap" }.count)
        #expect(watch.status.kinds.values.reduce(0) { $0 + $1.refused } == 0)
        #expect(try !cluster.requests().contains { $0.contains("configmaps") })
        try await watch.stop()
    }
}

/// Dumps of the shared fixtures, where these are here.
private enum RealDumps {
    static let files: [URL] = {
        let environment = ProcessInfo.processInfo.environment["LEASTWISE_SHARED"]
        let root = URL(filePath: environment ?? "../shared").appending(path: "fixtures/audit/apiserver-1.36")
        return ["objects.json", "rbac-live.json"].map { root.appending(path: $0) }
            .filter { FileManager.default.fileExists(atPath: $0.path) }
    }()
}
