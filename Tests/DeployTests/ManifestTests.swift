import Foundation
import ScriptedServers
import Testing

/// The objects for a cluster, in both forms.
@Suite(.enabled(if: Rendering.available == Rendering.allCases, "run `make setup-deploy-tools` for kubectl and helm"))
struct ManifestTests {
    private static let kinds = [
        "ClusterRole", "ClusterRoleBinding", "ConfigMap", "NetworkPolicy", "Service", "ServiceAccount", "StatefulSet",
    ]

    @Test(.enabled(if: !Tools.schemas.isEmpty, "run `make setup-deploy-tools` for Kubernetes' schemas"))
    func `they fit the schemas of Kubernetes`() throws {
        let folder = try TemporaryFolder()
        #expect(Tools.schemas.count == 3)
        for rendering in Rendering.allCases {
            let file = folder.path(rendering.rawValue)
            try rendering.yaml().write(toFile: file, atomically: true, encoding: .utf8)
            for schemas in Tools.schemas {
                let outcome = try ScriptedServer.run("check-manifests.py", [schemas, file])
                #expect(outcome.output == "\(Self.kinds.count)\n", "\(rendering), \(schemas)")
                #expect(outcome.status == 0)
            }
        }
    }

    @Test func `both forms are the same`() throws {
        let (base, chart) = (try Rendering.kustomize.objects(), try Rendering.helm.objects())
        #expect(base.all.compactMap { $0["kind"].text }.sorted() == Self.kinds)
        #expect(chart.all.compactMap { $0["kind"].text }.sorted() == Self.kinds)
        for kind in Self.kinds where kind != "ConfigMap" {
            #expect(try comparable(base[kind]) == comparable(chart[kind]), "\(kind)")
        }
        #expect(
            try Fields(yaml: base.configuration).json() == Fields(yaml: chart.configuration).json())
    }

    /// Without what only one of both tools adds: labels about the chart, hashes of the configuration.
    private func comparable(_ object: Fields) throws -> String {
        let added = ["app.kubernetes.io/managed-by", "app.kubernetes.io/version", "helm.sh/chart", "checksum/config"]
        return try object.json().replacing(/leastwise-config-[a-z0-9]{10}/, with: "leastwise-config")
            .split(separator: "\n").filter { line in !added.contains { line.contains("\"\($0)\"") } }
            .map { $0.hasSuffix(",") ? $0.dropLast() : $0 }.joined(separator: "\n")
    }

    @Test func `another release in another namespace keeps its own names together`() throws {
        let objects = try Rendering.helm.objects(
            values: ["certManager={\"enabled\":true}"], release: "edge", namespace: "security")
        #expect(objects["Certificate"][path: "spec", "dnsNames"].texts.contains("edge-leastwise.security.svc"))
        #expect(objects["Certificate"][path: "spec", "secretName"].text == "leastwise-tls")
        let selector = objects["Service"][path: "spec", "selector"]
        #expect(try selector.json() == objects["StatefulSet"][path: "spec", "selector", "matchLabels"].json())
        #expect(try selector.json() == objects["NetworkPolicy"][path: "spec", "podSelector", "matchLabels"].json())
        let binding = objects["ClusterRoleBinding"]
        #expect(binding["subjects"].list.first?["namespace"].text == "security")
        #expect(binding["subjects"].list.first?["name"].text == objects.pod["serviceAccountName"].text)
        #expect(binding[path: "roleRef", "name"].text == objects["ClusterRole"][path: "metadata", "name"].text)
        let volume = objects.pod["volumes"].named("config")
        #expect(volume[path: "configMap", "name"].text == objects["ConfigMap"][path: "metadata", "name"].text)
    }

    @Test func `a change of the configuration starts the pod anew`() throws {
        let sums = try [100, 200].map { size in
            try Rendering.helm.objects(values: ["config.retention={\"maximumMebibytes\":\(size)}"])["StatefulSet"][
                path: "spec", "template", "metadata", "annotations", "checksum/config"
            ].text
        }
        #expect(sums[0] != nil && sums[0] != sums[1])
        let name = try Rendering.kustomize.objects().pod["volumes"].named("config")[path: "configMap", "name"].text
        #expect(name?.wholeMatch(of: /leastwise-config-[a-z0-9]{10}/) != nil)
    }

    @Test(arguments: [
        "unknown=1", "config.server={\"listen\":\"0.0.0.0:80\",\"drainSeconds\":25}",
        "networkPolicy.ingress.senders=[{}]", "persistence.accessModes=[\"ReadWriteMany\"]", "image.tag=1.5",
        "config.database=\"leastwise.db\"",
    ])
    func `the chart refuses values that would do harm`(value: String) {
        #expect(throws: Rendering.Failure.self) { try Rendering.helm.yaml(values: [value]) }
    }

    @Test func `large numbers stay numbers that the program reads`() throws {
        let objects = try Rendering.helm.objects(values: ["config.retention={\"maximumMebibytes\":2000000}"])
        #expect(objects.configuration.contains("maximumMebibytes: 2000000\n"))
    }

    @Test func `Helm finds nothing to say against the chart`() throws {
        let helm = try #require(Tools.helm)
        let outcome = try ScriptedServer.run([helm, "lint", "--strict", Repository.path("deploy/helm/leastwise")])
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test func `the guide's overlay renders, and cert-manager makes the Secret that the pod waits for`() throws {
        let guide = try Repository.text("docs/SERVING.md")
        let block = try #require(guide.firstMatch(of: #/ {3}```yaml\n((?s:.*?)) {3}```/#)).1
        let overlay = block.split(separator: "\n", omittingEmptySubsequences: false).map { $0.dropFirst(3) }
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: Repository.path("deploy/kubernetes"), toPath: folder.path("base"))
        try "cluster: edge\n".write(toFile: folder.path("leastwise.yaml"), atomically: true, encoding: .utf8)
        try overlay.joined(separator: "\n").write(
            toFile: folder.path("kustomization.yaml"), atomically: true, encoding: .utf8)
        let outcome = try ScriptedServer.run([try #require(Tools.kubectl), "kustomize", folder.url.path])
        #expect(outcome.status == 0, "\(outcome.output)")
        let objects = Objects(all: try Fields.documents(outcome.output))
        #expect(objects.configuration == "cluster: edge\n")
        #expect(objects.container["image"].text?.hasPrefix("registry.acme.example/leastwise:") == true)
        #expect(try objects["NetworkPolicy"].json().contains("\"10.0.0.0/29\""))

        let chart = try Rendering.helm.objects(values: ["certManager={\"enabled\":true}"])
        #expect(try objects["Certificate"]["spec"].json() == chart["Certificate"]["spec"].json())
        let secret = objects.pod["volumes"].named("tls")[path: "secret", "secretName"].text
        #expect(objects["Certificate"][path: "spec", "secretName"].text == secret)
    }
}
