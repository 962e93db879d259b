import Domain
import Rendering
import Testing

@Suite struct CalicoRendererTests {
    private func text(_ policy: NetworkPolicy) -> String { ManifestRenderer.document(policy).text }

    /// The lines below `spec:`, without their first indentation.
    private func spec(_ policy: NetworkPolicy) -> String {
        text(policy).split(separator: "\n").drop { $0 != "spec:" }.dropFirst().map { $0.dropFirst(2) + "\n" }.joined()
    }

    @Test(arguments: [
        (PolicyDialect.calico, "NetworkPolicy", ""), (.calicoStaged, "StagedNetworkPolicy", "  stagedAction: Set\n"),
    ])
    func `writes the whole object`(dialect: PolicyDialect, kind: String, action: String) throws {
        let policy = Sample.policy(
            dialect, ingress: [.init(peers: [Sample.pods("client")], ports: [Sample.tcp(8080), Sample.udp(53)])],
            egress: [.init(peers: [Sample.pods("db", in: "data")], ports: [Sample.tcp(80, end: 90), Sample.ping])])
        #expect(
            text(policy) == """
                apiVersion: projectcalico.org/v3
                kind: \(kind)
                metadata:
                  name: web
                  namespace: shop
                spec:
                \(action)  selector: "app == 'web'"
                  types:
                  - Ingress
                  - Egress
                  ingress:
                  - action: Allow
                    protocol: TCP
                    source:
                      selector: "app == 'client'"
                    destination:
                      ports:
                      - 8080
                  - action: Allow
                    protocol: UDP
                    source:
                      selector: "app == 'client'"
                    destination:
                      ports:
                      - 53
                  egress:
                  - action: Allow
                    protocol: TCP
                    destination:
                      selector: "app == 'db'"
                      namespaceSelector: "projectcalico.org/name == 'data'"
                      ports:
                      - "80:90"
                  - action: Allow
                    protocol: ICMP
                    icmp:
                      type: 8
                    destination:
                      selector: "app == 'db'"
                      namespaceSelector: "projectcalico.org/name == 'data'"

                """)
    }

    @Test func `keeps families of addresses and exceptions apart`() throws {
        let rule = Sample.Rule(
            peers: [
                try Sample.block("192.0.2.0/24"), try Sample.block("2001:db8::/32"),
                try Sample.block("198.51.100.0/24"),
                try Sample.block("10.0.0.0/8", except: ["10.1.0.0/16"]),
            ], ports: [])
        let written = spec(Sample.policy(.calico, types: [.ingress], ingress: [rule]))
        let nets = [
            "nets:\n    - \"192.0.2.0/24\"\n    - \"198.51.100.0/24\"\n", "nets:\n    - \"2001:db8::/32\"\n",
            "nets:\n    - \"10.0.0.0/8\"\n    notNets:\n    - \"10.1.0.0/16\"\n",
        ]
        #expect(
            written == "selector: \"app == 'web'\"\ntypes:\n- Ingress\ningress:\n"
                + nets.map { "- action: Allow\n  source:\n    " + $0 }.joined())
    }

    @Test func `closes a direction by its type alone`() {
        #expect(
            spec(Sample.policy(.calico, types: [.ingress])) == "selector: \"app == 'web'\"\ntypes:\n- Ingress\n")
    }

    @Test func `leaves out what it has no words for, with the rule`() {
        let rule = Sample.Rule(peers: [.entity(.world), .name("a.example.com")], ports: [Sample.tcp(443)])
        #expect(
            spec(Sample.policy(.calico, types: [.egress], egress: [rule]))
                == "selector: \"app == 'web'\"\ntypes:\n- Egress\n")
    }

    @Test func `writes a long list of values as several expressions`() {
        let names = (100..<400).map { "client-of-the-shop-\($0)" }
        let peer = Sample.Peer.pods(podSelector: Self.expression("app", .in, names), namespaceSelector: nil)
        let written = spec(Sample.policy(.calico, types: [.ingress], ingress: [.init(peers: [peer], ports: [])]))
        let expressions = written.split(separator: "\n").filter { $0.contains("app in {") }
        #expect(expressions.allSatisfy { $0.utf8.count <= 1_024 + "    selector: \"\"".utf8.count })
        #expect((8...16).contains(expressions.count))
        #expect(
            expressions.flatMap { $0.split(separator: "'") }.filter { $0.hasPrefix("client") }.map(String.init) == names
        )
    }

    struct SelectorCase: Sendable {
        let selector: LabelSelector
        let pods: String
        let namespaces: String
    }

    private static func expression(
        _ key: String, _ operator: LabelSelector.Operator, _ values: [String] = []
    ) -> LabelSelector {
        LabelSelector(matchExpressions: [.init(key: key, operator: `operator`, values: values)])
    }

    @Test(arguments: [
        SelectorCase(selector: LabelSelector(), pods: "all()", namespaces: "all()"),
        SelectorCase(
            selector: Sample.selector(["b": "2", "a": "1"]), pods: "a == '1' && b == '2'",
            namespaces: "a == '1' && b == '2'"),
        SelectorCase(
            selector: expression("k", .in, ["x", "y"]), pods: "k in {'x', 'y'}", namespaces: "k in {'x', 'y'}"),
        SelectorCase(
            selector: expression("k", .notIn, ["x"]), pods: "k not in {'x'}", namespaces: "k not in {'x'}"),
        SelectorCase(selector: expression("k", .exists), pods: "has(k)", namespaces: "has(k)"),
        SelectorCase(selector: expression("k", .doesNotExist), pods: "!has(k)", namespaces: "!has(k)"),
        SelectorCase(
            selector: expression("kubernetes.io/metadata.name", .exists), pods: "has(kubernetes.io/metadata.name)",
            namespaces: "all()"),
        // What no pod can have: it must neither end the literal nor become another selector.
        SelectorCase(
            selector: Sample.selector(["a": "x' || has(b) || c == 'y"]), pods: "a == \"x' || has(b) || c == 'y\"",
            namespaces: "a == \"x' || has(b) || c == 'y\""),
        SelectorCase(selector: Sample.selector(["a": "'\""]), pods: "!all()", namespaces: "!all()"),
        SelectorCase(
            selector: Sample.selector(["a) || all() || has(b": "x"]), pods: "!all()", namespaces: "!all()"),
        SelectorCase(selector: expression("a b", .doesNotExist), pods: "all()", namespaces: "all()"),
        SelectorCase(selector: expression("a", .in, ["'\""]), pods: "!all()", namespaces: "!all()"),
        SelectorCase(
            selector: expression("a", .notIn, ["'\"", "b"]), pods: "a not in {'b'}", namespaces: "a not in {'b'}"),
        SelectorCase(
            selector: Sample.selector(["projectcalico.org/namespace": "kube-system"]), pods: "!all()",
            namespaces: "projectcalico.org/namespace == 'kube-system'"),
        SelectorCase(selector: Sample.selector(["pcns.team": "x"]), pods: "!all()", namespaces: "pcns.team == 'x'"),
    ])
    func `writes selectors that nothing in a label can break`(_ example: SelectorCase) {
        let peer = Sample.Peer.pods(podSelector: example.selector, namespaceSelector: example.selector)
        let written = text(Sample.policy(.calico, types: [.egress], egress: [.init(peers: [peer], ports: [])]))
        func quoted(_ text: String) -> String { YAMLValue.string(text).text }
        #expect(written.contains("      selector: " + quoted(example.pods)))
        #expect(written.contains("      namespaceSelector: " + quoted(example.namespaces)))
    }

    @Test func `holds to the schema's 50 ports`() {
        let ports = (1...51).map { Sample.tcp($0) }
        let written = spec(Sample.policy(.calico, types: [.ingress], ingress: [.init(peers: [], ports: ports)]))
        #expect(written.split(separator: "- action: Allow", omittingEmptySubsequences: false).count == 3)
    }
}
