import Domain
import Testing

@testable import Inventory

@Suite struct ObjectReaderTests {
    private func read(_ text: String) -> ObjectReader.Output {
        ObjectReader.read(Array(text.utf8), cluster: TestCluster.name, file: "dump.json")
    }

    private let namespace = #"{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"shop"}}"#
    private let pod = #"{"metadata":{"name":"p","namespace":"shop"}}"#

    @Test func `reads lists, typed lists, arrays and single objects one after another`() {
        let output = read(
            """
            {"apiVersion":"v1","items":[\(namespace)],"kind":"List"}
            {"items":[\(pod)],"kind":"PodList","apiVersion":"v1"}
            \(namespace) [\(namespace)]
            {"items":[{"metadata":{"name":"d","namespace":"shop"}}],"kind":"DeploymentList","apiVersion":"apps/v1"}
            {"items":null,"kind":"List","apiVersion":"v1"}
            """)
        #expect(output.diagnostics.isEmpty)
        #expect(
            output.objects.map(\.kind) == [
                "core/Namespace", "core/Pod", "core/Namespace", "core/Namespace", "apps/Deployment",
            ])
        #expect(output.objects[1].namespace == Namespace("shop"))
        #expect(output.objects[0].namespace == .clusterScope)
    }

    @Test func `gives equal objects equal bytes`() {
        let left = read(
            #"{"kind":"Node","apiVersion":"v1","metadata":{"labels":{"b":"2","a":"1"},"name":"n","uid":"1"}}"#)
        let right = read(
            #"{ "metadata": {"name": "n", "labels": {"a":"1","b":"2"}}, "apiVersion":"v1", "kind":"Node","status":{}}"#)
        #expect(left.objects[0].body == Array(#"{"metadata":{"labels":{"a":"1","b":"2"}}}"#.utf8))
        #expect(right.objects[0].body == Array(#"{"metadata":{"labels":{"a":"1","b":"2"}},"status":{}}"#.utf8))
    }

    @Test func `keeps no secret, environment, annotation or managed field`() throws {
        let output = TestCluster.read([
            TestCluster.object("v1", "Secret", "s", #""data":{"k":"c2VjcmV0LW1hcmtlcg=="}"#),
            TestCluster.object("v1", "ConfigMap", "m", #""data":{"k":"secret-marker"}"#),
            TestCluster.object(
                "apps/v1", "Deployment", "web",
                metadata: #""annotations":{"a":"secret-marker"},"managedFields":[{"manager":"secret-marker"}]"#,
                #""spec":{"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"annotations":{"x":"#
                    + #""secret-marker","prometheus.io/port":"90"}},"spec":{"containers":[{"image":"secret-marker","#
                    + #""args":["secret-marker"],"env":[{"name":"K","value":"secret-marker"}],"#
                    + #""livenessProbe":{"httpGet":{"port":80,"httpHeaders":[{"value":"secret-marker"}]}}}]}}}"#),
        ])
        #expect(output.skipped == ["core/Secret": 1, "core/ConfigMap": 1])
        let body = String(decoding: try #require(output.objects.first).body, as: UTF8.self)
        #expect(output.objects.count == 1)
        #expect(!body.contains("secret-marker"))
        #expect(body.contains("prometheus.io/port"))
    }

    @Test func `takes any object with a selector and a pod template for a workload`() {
        let output = TestCluster.read([
            TestCluster.workload("Rollout", "web", apiVersion: "argoproj.io/v1alpha1"),
            TestCluster.object("example.com/v1", "Odd", "a", #""spec":{"selector":"app=x","template":[]}"#),
            TestCluster.object("example.com/v1", "Odd", "b", #""spec":{"template":{"spec":{"containers":[{}]}}}"#),
        ])
        #expect(output.objects.map(\.kind) == ["argoproj.io/Rollout"])
        #expect(output.skipped == ["example.com/Odd": 2])
        #expect(output.diagnostics.isEmpty)
    }

    @Test func `reports malformed items without quoting them`() {
        let output = TestCluster.read([
            namespace, "17", #"{"kind":"Pod"}"#, #"{"apiVersion":"v1","kind":5,"data":{"k":"secret-marker"}}"#,
            TestCluster.object("v1", "Service", "web", #""spec":{"ports":"secret-marker"}"#),
            TestCluster.object("v1", "Pod", "p", #""spec":{"hostNetwork":tru}"#), namespace,
        ])
        #expect(output.objects.count == 2)
        #expect(
            output.diagnostics == [
                Diagnostic(kind: .wrongType, file: "-", line: 2, excerpt: ""),
                Diagnostic(kind: .missingField, file: "-", line: 3, excerpt: ""),
                Diagnostic(kind: .wrongType, file: "-", line: 4, excerpt: ""),
                Diagnostic(kind: .wrongType, file: "-", line: 5, excerpt: "core/Service shop/web"),
                Diagnostic(kind: .notJSON, file: "-", line: 6, excerpt: "core/Pod shop/p"),
            ])
    }

    @Test func `keeps the whole items of a dump that breaks off`() {
        let output = read(#"{"apiVersion":"v1","items":["# + namespace + "," + namespace + #",{"kind":"Na"#)
        #expect(output.objects.count == 2)
        #expect(output.diagnostics.contains { $0.kind == .notJSON && $0.line == 3 })
    }

    @Test func `goes on behind text that is no JSON`() {
        let output = read("Error from server\nkind: List\n\(namespace)\n{\"kind\" 1}\n\(namespace)\n}\n")
        #expect(output.objects.count == 2)
        #expect(output.diagnostics.map(\.line) == [1, 4, 6])
        #expect(output.diagnostics.allSatisfy { $0.excerpt.isEmpty })
    }

    @Test(arguments: [
        ("Pod", "Upper", "shop"), ("Pod", "a/b", "shop"), ("Pod", String(repeating: "a", count: 254), "shop"),
        ("Pod", "ünïcode", "shop"), ("Pod", "a\u{202e}b", "shop"), ("Pod", "-a", "shop"), ("Pod", "a", "Shop"),
        ("Pod", "a", String(repeating: "n", count: 64)), ("Pod", "a", "with.dot"), ("P\u{1b}[31m", "a", "shop"),
    ])
    func `refuses names that no API server accepts`(kind: String, name: String, namespace: String) {
        let escaped = kind.replacing("\u{1b}", with: "\\u001b")
        let output = TestCluster.read([TestCluster.object("v1", escaped, name, namespace: namespace)])
        #expect(output.objects.isEmpty)
        #expect(output.diagnostics.map(\.kind) == [.invalidName])
        #expect(output.diagnostics.allSatisfy { $0.excerpt.count <= 80 && !$0.excerpt.contains("\u{1b}") })
    }

    @Test func `accepts the longest names and RBAC names with colons`() {
        let long = String(repeating: "a", count: 253)
        let output = TestCluster.read([
            TestCluster.object("v1", "Pod", long),
            TestCluster.object("rbac.authorization.k8s.io/v1", "ClusterRole", "system:node", namespace: nil),
        ])
        #expect(output.objects.map(\.name) == [long, "system:node"])
    }

    @Test func `accepts ten thousand labels and refuses an impossible one`() {
        let many = (0..<10_000).map { #""l\#($0)":"v""# }.joined(separator: ",")
        let output = TestCluster.read([
            TestCluster.pod("many", labels: "{\(many)}"), TestCluster.pod("bad", labels: #"{"a b":"c"}"#),
            TestCluster.pod("long", labels: #"{"a":"\#(String(repeating: "v", count: 64))"}"#),
        ])
        #expect(output.objects.map(\.name) == ["many"])
        #expect(output.diagnostics.map(\.kind) == [.invalidName, .invalidName])
    }

    @Test func `survives any damage to a dump`() {
        let items = [
            namespace, TestCluster.workload("Deployment", "web"),
            TestCluster.pod("web-1", labels: #"{"app":"w\u0065b"}"#, address: "10.0.0.1"),
        ]
        let whole = Array((#"{"kind":"List","apiVersion":"v1","items":["# + items.joined(separator: ",") + "]}").utf8)
        var state: UInt64 = 42
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let replacements = Array(#"{}[]",:\nu0-x"#.utf8) + [0, 0xff]
        for _ in 0..<2000 {
            var damaged = whole
            for _ in 0...next(3) { damaged[next(damaged.count)] = replacements[next(replacements.count)] }
            if next(4) == 0 { damaged.removeLast(next(damaged.count)) }
            let output = ObjectReader.read(damaged, cluster: TestCluster.name, file: "-")
            let built = InventoryBuilder.build(cluster: TestCluster.name, objects: output.objects)
            #expect(output.objects.count <= 3 && built.inventory.pods.count <= 1)
        }
    }
}
