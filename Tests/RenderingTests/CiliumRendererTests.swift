import Domain
import Rendering
import Testing

@Suite struct CiliumRendererTests {
    private func text(_ policy: NetworkPolicy) -> String { ManifestRenderer.document(policy).text }

    /// The lines below `spec:`, without their first indentation.
    private func spec(_ policy: NetworkPolicy) -> String {
        text(policy).split(separator: "\n").drop { $0 != "spec:" }.dropFirst().map { $0.dropFirst(2) + "\n" }.joined()
    }

    @Test func `writes the whole object`() throws {
        let dns = Sample.Rule(
            peers: [Sample.pods("dns", in: "kube-system")], ports: [Sample.udp(53), Sample.tcp(53)], readsNames: true)
        let names = Sample.Rule(
            peers: [.name("api.example.com"), .name("*.s3.example.com")], ports: [Sample.tcp(443)])
        let policy = Sample.policy(
            .cilium, ingress: [.init(peers: [Sample.pods("client")], ports: [Sample.tcp(8080)])], egress: [dns, names])
        #expect(
            text(policy) == """
                apiVersion: cilium.io/v2
                kind: CiliumNetworkPolicy
                metadata:
                  name: web
                  namespace: shop
                spec:
                  endpointSelector:
                    matchLabels:
                      app: web
                  ingress:
                  - fromEndpoints:
                    - matchLabels:
                        app: client
                    toPorts:
                    - ports:
                      - port: "8080"
                        protocol: TCP
                  egress:
                  - toEndpoints:
                    - matchLabels:
                        app: dns
                        "k8s:io.kubernetes.pod.namespace": kube-system
                    toPorts:
                    - ports:
                      - port: "53"
                        protocol: UDP
                      - port: "53"
                        protocol: TCP
                      rules:
                        dns:
                        - matchPattern: "*"
                  - toFQDNs:
                    - matchName: api.example.com
                    - matchPattern: "*.s3.example.com"
                    toPorts:
                    - ports:
                      - port: "443"
                        protocol: TCP

                """)
    }

    @Test func `gives each kind of peer, and ICMP, a rule of its own`() throws {
        let rule = Sample.Rule(
            peers: [
                Sample.pods("a"), .entity(.apiServer), .entity(.host), try Sample.block("192.0.2.0/24"),
                try Sample.block("10.0.0.0/8", except: ["10.1.0.0/16"]),
            ], ports: [Sample.tcp(80, end: 90), Sample.ping, Sample.ping6])
        let written = spec(Sample.policy(.cilium, types: [.egress], egress: [rule]))
        let ports = "  toPorts:\n  - ports:\n    - port: \"80\"\n      endPort: 90\n      protocol: TCP\n"
        let echo =
            "  icmps:\n  - fields:\n    - type: 8\n      family: IPv4\n    - type: 128\n      family: IPv6\n"
        let peers = [
            "- toEndpoints:\n  - matchLabels:\n      app: a\n", "- toEntities:\n  - kube-apiserver\n  - host\n",
            "- toCIDR:\n  - \"192.0.2.0/24\"\n",
            "- toCIDRSet:\n  - cidr: \"10.0.0.0/8\"\n    except:\n    - \"10.1.0.0/16\"\n",
        ]
        #expect(
            written == "endpointSelector:\n  matchLabels:\n    app: web\negress:\n"
                + peers.flatMap { [$0 + ports, $0 + echo] }.joined())
    }

    @Test func `closes an isolated direction with a rule that says nothing`() {
        let closed = Sample.policy(.cilium, types: [.ingress])
        #expect(spec(closed) == "endpointSelector:\n  matchLabels:\n    app: web\ningress:\n- {}\n")
    }

    @Test func `says everyone by an entity where there is no port either`() {
        let open = Sample.policy(
            .cilium, types: [.ingress],
            ingress: [.init(peers: [], ports: []), .init(peers: [], ports: [.init(protocol: .udp, port: nil)])])
        #expect(
            spec(open).hasSuffix(
                "- fromEntities:\n  - all\n- toPorts:\n  - ports:\n    - port: \"0\"\n      protocol: UDP\n"))
    }

    struct SelectorCase: Sendable {
        let pods: LabelSelector?
        let namespaces: LabelSelector?
        let written: String
    }

    private static let hasNamespace =
        "  - matchExpressions:\n    - key: \"k8s:io.kubernetes.pod.namespace\"\n      operator: Exists\n"

    @Test(arguments: [
        SelectorCase(pods: LabelSelector(), namespaces: nil, written: "  - {}\n"),
        SelectorCase(pods: nil, namespaces: LabelSelector(), written: hasNamespace),
        SelectorCase(
            pods: nil,
            namespaces: LabelSelector(matchExpressions: [
                .init(key: "kubernetes.io/metadata.name", operator: .notIn, values: ["a"])
            ]),
            written:
                "  - matchExpressions:\n    - key: \"k8s:io.kubernetes.pod.namespace\"\n      operator: NotIn\n"
                + "      values:\n      - a\n    - key: \"k8s:io.kubernetes.pod.namespace\"\n      operator: Exists\n"),
        SelectorCase(
            pods: Sample.selector(["app": "x"]), namespaces: Sample.selector(["team": "ops"]),
            written: "  - matchLabels:\n      app: x\n      \"k8s:io.cilium.k8s.namespace.labels.team\": ops\n"
                + hasNamespace.replacing("  - match", with: "    match").replacing("    - key", with: "    - key")),
        SelectorCase(
            pods: Sample.selector(["io.kubernetes.pod.namespace": "kube-system"]), namespaces: nil,
            written: "  - matchExpressions:\n    - key: app\n      operator: Exists\n    - key: app\n"
                + "      operator: DoesNotExist\n"),
    ])
    func `writes namespaces as labels of the pod, and no pod's label as a namespace`(_ example: SelectorCase) {
        let peer = Sample.Peer.pods(podSelector: example.pods, namespaceSelector: example.namespaces)
        let written = spec(
            Sample.policy(.cilium, types: [.ingress], ingress: [.init(peers: [peer], ports: [])]))
        #expect(
            written == "endpointSelector:\n  matchLabels:\n    app: web\ningress:\n- fromEndpoints:\n" + example.written
        )
    }

    @Test(arguments: ["bad name", "a..b", "", "x.\n", "\"", String(repeating: "a", count: 256)])
    func `leaves out a name that no host can have, and its rule`(name: String) {
        let rule = Sample.Rule(peers: [.name(name)], ports: [Sample.tcp(443)])
        #expect(spec(Sample.policy(.cilium, types: [.egress], egress: [rule])).hasSuffix("egress:\n- {}\n"))
    }

    @Test func `writes no names that come in`() {
        let rule = Sample.Rule(peers: [.name("a.example.com")], ports: [Sample.tcp(443)])
        #expect(spec(Sample.policy(.cilium, types: [.ingress], ingress: [rule])).hasSuffix("ingress:\n- {}\n"))
    }

    @Test func `holds to the schema's 40 ports`() {
        let ports = (1...41).map { Sample.tcp($0) }
        let written = spec(Sample.policy(.cilium, types: [.ingress], ingress: [.init(peers: [], ports: ports)]))
        #expect(written.split(separator: "  - ports:\n", omittingEmptySubsequences: false).count == 3)
    }
}
