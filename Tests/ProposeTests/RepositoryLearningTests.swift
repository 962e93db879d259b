import Domain
import Engine
import Foundation
import NetworkLearner
import ScriptedServers
import Testing

/// What the repository declares, which learning looks at before it chooses selectors and ports.
@Suite(.enabled(if: Programs.areThere, "git or python3 is not installed"))
struct RepositoryLearningTests {
    private static let file = "apps/ring/networkpolicy-deployment-web.yaml"

    @Test func `a workload that only the repository has narrows a selector that would match it`() async throws {
        let estate = try Estate()
        let world = try RingWorld()
        let without = try await estate.propose(world, dryRun: true)[0].difference
        #expect(without.contains("+  podSelector:\n+    matchLabels:\n+      app: web\n+  policyTypes:"))
        let canary = RingWorld.manifest("web-canary", labels: ["app": "web", "track": "canary"])
        try estate.git.commit(["apps/ring/canary.yaml": canary], to: "main", from: "main")
        let with = try await estate.propose(world, dryRun: true)[0]
        #expect(with.stopping == [])
        #expect(with.difference.contains("+      app: web\n+      track: main\n+  policyTypes:"))
    }

    @Test func `a workload of the same labels refuses a selector, and the pull request says what would help`()
        async throws
    {
        let estate = try Estate()
        let world = try RingWorld()
        let canary = RingWorld.manifest("web-canary", labels: ["app": "web", "track": "main"])
        try estate.git.commit(["apps/ring/canary.yaml": canary], to: "main", from: "main")
        let result = try await estate.propose(world, with: ["proposals.minimumMaturity": "learning"])[0]
        #expect(result.stopping == [])
        #expect(try !estate.git.changedFiles("leastwise/ring").contains(Self.file))
        let parts = try #require(estate.pulls().first).body.components(separatedBy: "Not covered by this change")
        #expect(parts.count == 2)
        let advice = try #require(parts.last?.split(separator: "\n").first { $0.contains("web-canary") })
        #expect(advice.contains("ring/Deployment/web: its pods have the same labels as those of "))
        #expect(advice.contains("add one"))
    }

    @Test(arguments: [
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: '{{ .Values.name }}', namespace: ring}\n# containers\n",
        "containers: [\n", "kind: Pod\n# containers\nmetadata: {name: x, namespace: ring}\n",
    ])
    func `what is no workload, or a template of one, changes nothing`(text: String) async throws {
        let estate = try Estate()
        let world = try RingWorld()
        let before = try await estate.propose(world, dryRun: true)[0]
        try estate.git.commit(["apps/ring/other.yaml": text], to: "main", from: "main")
        let after = try await estate.propose(world, dryRun: true)[0]
        #expect(before.difference == after.difference && before.body == after.body)
    }

    @Test func `the namespace of the kustomization beside a manifest counts`() async throws {
        let estate = try Estate()
        let world = try RingWorld()
        let canary = RingWorld.manifest("web-canary", labels: ["app": "web", "track": "canary"])
            .replacing(#""namespace":"ring""#, with: #""namespace":"elsewhere""#)
        try estate.git.commit(["apps/x/canary.yaml": canary], to: "main", from: "main")
        let elsewhere = try await estate.propose(world, dryRun: true)[0].difference
        #expect(!elsewhere.contains("track: main\n+  policyTypes:"))
        try estate.git.commit(
            ["apps/x/kustomization.yaml": "namespace: ring\nresources:\n- canary.yaml\n"], to: "main", from: "main")
        #expect(try await estate.propose(world, dryRun: true)[0].difference.contains("track: main\n+  policyTypes:"))
    }

    private static func policy(_ namespace: String, generated: Bool = false) -> String {
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: by-name
          namespace: \(namespace)
          labels: {\(generated ? "app.kubernetes.io/managed-by: leastwise" : "team: a")}
        spec:
          podSelector: {matchLabels: {app: nothing}}
          ingress:
          - from: [{podSelector: {}}]
            ports: [{port: http}]

        """
    }

    @Test(arguments: [("ring", false, true), ("ring", true, false), ("shop", false, false)])
    func `ports are named where people name them in the repository`(
        namespace: String, generated: Bool, isNamed: Bool
    ) async throws {
        let estate = try Estate()
        try estate.git.commit(
            ["apps/own/by-name.yaml": Self.policy(namespace, generated: generated)], to: "main", from: "main")
        let result = try await estate.propose(RingWorld(), dryRun: true)[0]
        #expect(result.stopping == [])
        #expect(result.difference.contains("+      port: http\n") == isNamed)
        #expect(result.difference.contains("+      port: 8080\n") != isNamed)
    }

    @Test func `without a repository the cluster's own policies say so`() throws {
        let policy =
            #"{"kind":"NetworkPolicy","apiVersion":"networking.k8s.io/v1","metadata":{"name":"x","namespace":"ring"},"#
            + #""spec":{"podSelector":{},"ingress":[{"ports":[{"port":"http"}]}]}}"#
        let estate = try Estate()
        let world = try RingWorld(objects: [policy])
        let settings = try estate.settings()
        let ports = try world.learn(settings, nil).network.policies.flatMap { $0.ingress?.rules ?? [] }.flatMap(\.ports)
        #expect(ports.map(\.name) == ["http", "http", "http"])
        let empty = RepositoryDeclarations(workloads: [], policies: [])
        let plain = try world.learn(settings, empty).network.policies.flatMap { $0.ingress?.rules ?? [] }
        #expect(plain.flatMap(\.ports).map(\.name) == ["", "", ""])
    }

    @Test(.enabled(if: Program.isBuilt, "the program is not built beside the tests"))
    func `the program reads the repository before it learns`() throws {
        let estate = try Estate()
        let program = try Program(estate, world: RingWorld())
        let canary = RingWorld.manifest("web-canary", labels: ["app": "web", "track": "canary"])
        try estate.git.commit(
            ["apps/ring/canary.yaml": canary, "apps/own/by-name.yaml": Self.policy("ring")], to: "main", from: "main")
        for arguments in [["propose", "--scope", "ring", "--dry-run"], ["preview", "--output", "diff"]] {
            let result = try program.run(arguments)
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.contains("+      app: web\n+      track: main\n+  policyTypes:"))
            #expect(result.output.contains("+      port: http\n"))
        }
        // Nothing else reads the repository, which may be far away.
        let yaml = try program.run(["preview", "--output", "yaml"]).output
        #expect(yaml.contains("port: 8080\n") && !yaml.contains("track: main"))
    }
}
