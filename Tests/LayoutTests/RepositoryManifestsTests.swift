import Foundation
import Layout
import Testing

@Suite struct RepositoryManifestsTests {
    @Test func `reads every document of YAML, JSON and lists`() throws {
        let read = try Self.read([
            "a.yaml": "kind: NetworkPolicy\nmetadata: {name: a}\n---\nkind: Deployment\nmetadata: {name: b}\n---\n",
            "b.yml":
                "kind: List\nitems:\n- kind: NetworkPolicy\n  metadata: {name: c}\n- kind: NetworkPolicy\n  metadata: {name: d}\n",
            "c.json":
                "{\"kind\": \"NetworkPolicyList\", \"items\": [{\"kind\": \"NetworkPolicy\", \"metadata\": {\"name\": \"e\"}}]}",
            "d.txt": "kind: NetworkPolicy\nmetadata: {name: f}\n", "e.yaml": "kind: Deployment\nmetadata: {name: g}\n",
        ])
        #expect(read.names == ["a", "b", "c", "d", "e"])
        #expect(read.unreadable.isEmpty)
    }

    @Test func `reads workloads, and passes over templates of them`() throws {
        let pod = "spec: {containers: [{name: a}]}\n"
        let read = try Self.read([
            "shop/kustomization.yaml": "namespace: shop\n", "shop/a.yaml": "kind: Pod\nmetadata: {name: a}\n\(pod)",
            "b.yaml": "kind: Pod\nmetadata: {name: '{{ .Values.name }}'}\n\(pod)", "c.yaml": "containers: [\n",
        ])
        #expect(read.namespaces == ["a": "shop"])
        #expect(read.unreadable.isEmpty)
    }

    @Test(arguments: [
        "kind: NetworkPolicy\nmetadata: {name: {{ .Values.name }}}\n", "kind: NetworkPolicy\na: [\n",
        "kind: NetworkPolicy\nmetadata: {name: ok}\n---\na: [\n", "kind: NetworkPolicy\na: *missing\n",
        "kind: NetworkPolicy\nkind: NetworkPolicy\n", "{\"kind\": \"NetworkPolicy\"",
    ])
    func `names a file that it cannot read`(text: String) throws {
        let read = try Self.read(["bad.yaml": text, "good.yaml": "kind: NetworkPolicy\nmetadata: {name: a}\n"])
        #expect(read.unreadable == ["bad.yaml"])
        #expect(read.names == ["a"])
    }

    @Test(arguments: ["a.yaml", "missing.yaml", "b.yaml", "c.txt"])
    func `passes over what cannot hold a policy or a role`(path: String) {
        let files = ["a.yaml": [0xff, 0xfe], "b.yaml": Array("kind: Pod".utf8), "c.txt": Array("NetworkPolicy".utf8)]
        let content = RepositoryManifests.read(path, of: RepositoryTree(files: files))
        if content != nil { Issue.record("read \(path)") }
    }

    @Test func `puts objects into the namespace that their kustomization sets`() throws {
        let read = try Self.read([
            "shop/kustomization.yaml": "namespace: shop\n",
            "shop/a.yaml": "kind: NetworkPolicy\nmetadata: {name: a, namespace: old}\n",
            "shop/b.yaml": "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: b}\n",
            "shop/sub/c.yaml": "kind: NetworkPolicy\nmetadata: {name: c, namespace: own}\n",
        ])
        #expect(read.namespaces == ["a": "shop", "b": "", "c": "own"])
    }

    @Test func `keeps scalars as Kubernetes reads them`() throws {
        let read = try Self.read([
            "a.yaml": """
            kind: NetworkPolicy
            metadata:
              name: a
              creationTimestamp: null
              labels: {day: 2026-01-01, quoted: "1.10", hex: "0x1f", word: "true"}
            spec: {port: 8080, big: 123456789012345678901234567890, share: 1.5, not: .nan, huge: .inf, on: true, 5: six}
            """
        ])
        let item = try #require(read.items.first)
        let metadata = try #require(item["metadata"] as? [String: Any])
        #expect(
            metadata["labels"] as? [String: String] == [
                "day": "2026-01-01", "quoted": "1.10", "hex": "0x1f", "word": "true",
            ])
        #expect(metadata["creationTimestamp"] is NSNull)
        let spec = try #require(item["spec"] as? [String: Any])
        #expect(spec["port"] as? Int == 8080)
        #expect(spec["share"] as? Double == 1.5)
        #expect(spec["5"] as? String == "six")
        #expect(spec["true"] as? Bool == true || spec["on"] as? Bool == true)
        #expect(spec["not"] as? String != nil && spec["huge"] as? String != nil)
    }

    @Test func `follows anchors and merge keys`() throws {
        let read = try Self.read([
            "a.yaml": """
            kind: NetworkPolicy
            base: &base {x: 1, y: 2}
            metadata: {name: a}
            spec: {<<: *base, y: 3}
            """
        ])
        #expect(read.items.first?["spec"] as? [String: Int] == ["x": 1, "y": 3])
    }

    @Test(.timeLimit(.minutes(1)))
    func `names a file that would grow beyond bounds`() throws {
        let levels = (1...12).map { level in
            "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ","))]\n"
        }
        let bomb = "kind: NetworkPolicy\na0: &a0 x\n" + levels.joined()
        let deep = "kind: NetworkPolicy\na: " + String(repeating: "[", count: 100_000)
        let read = try Self.read(["bomb.yaml": bomb, "deep.yaml": deep])
        #expect(read.unreadable == ["bomb.yaml", "deep.yaml"])
    }

    private struct Read {
        let items: [[String: Any]]
        let unreadable: [String]

        var names: [String] { metadata.map { $0["name"] as? String ?? "" } }
        var namespaces: [String: String] {
            Dictionary(metadata.map { ($0["name"] as? String ?? "", $0["namespace"] as? String ?? "") }) { $1 }
        }
        private var metadata: [[String: Any]] { items.map { $0["metadata"] as? [String: Any] ?? [:] } }
    }

    private static func read(_ files: [String: String]) throws -> Read {
        let tree = RepositoryTree(files: files.mapValues { Array($0.utf8) })
        var items: [[String: Any]] = []
        var unreadable: [String] = []
        for path in files.keys.sorted() {
            switch RepositoryManifests.read(path, of: tree) {
            case nil: continue
            case .unreadable: unreadable.append(path)
            case .objects(let bytes):
                let root = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
                #expect(root["kind"] as? String == "List")
                items += try #require(root["items"] as? [[String: Any]])
            }
        }
        return Read(items: items, unreadable: unreadable)
    }
}

/// Texts that would keep a parser busy for ever.
struct HostileYAMLTests {
    /// Ten aliases a level: at the tenth, a key stands for ten thousand million texts.
    private static let bomb =
        (1...10).reduce("apiVersion: rbac.authorization.k8s.io/v1\na0: &a0 x\n") { text, level in
            text + "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ","))]\n"
        } + "k: {? *a10 : x}\n"

    @Test(.timeLimit(.minutes(1))) func `aliases as keys are refused before a parser gets them`() throws {
        let tree = RepositoryTree(files: [
            "rbac.yaml": Array(Self.bomb.utf8), "kustomization.yaml": Array(("resources: []\n" + Self.bomb).utf8),
        ])
        guard case .unreadable? = RepositoryManifests.read("rbac.yaml", of: tree) else {
            Issue.record("it was read")
            return
        }
        #expect(RBACManifest.locate(in: tree).isEmpty)
        let plan = RepositoryLayout(tree: tree).plan(
            [GeneratedFile(path: "x.yaml", comment: "x", body: "kind: Role\n")], namespaces: [:])
        #expect(plan.refused.count == 1)
    }
}
