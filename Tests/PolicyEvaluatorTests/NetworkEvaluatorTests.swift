import Domain
import PolicyEvaluator
import Testing

struct NetworkEvaluatorTests {
    private static let everything = NetworkPolicy.Rule(peers: [], ports: [])

    struct TypesCase: Sendable {
        let types: [NetworkPolicy.PolicyType]
        let hasEgressRule: Bool
        let isolatesIngress: Bool
        let isolatesEgress: Bool
    }

    @Test(arguments: [
        TypesCase(types: [], hasEgressRule: false, isolatesIngress: true, isolatesEgress: false),
        TypesCase(types: [], hasEgressRule: true, isolatesIngress: true, isolatesEgress: true),
        TypesCase(types: [.ingress], hasEgressRule: true, isolatesIngress: true, isolatesEgress: false),
        TypesCase(types: [.egress], hasEgressRule: false, isolatesIngress: false, isolatesEgress: true),
        TypesCase(types: [.ingress, .egress], hasEgressRule: false, isolatesIngress: true, isolatesEgress: true),
    ])
    func `policy types default to Ingress, and Egress where there are egress rules`(_ example: TypesCase) throws {
        let other = NetworkPolicy.Rule(
            peers: [.pods(podSelector: Sample.selector(["app": "db"]), namespaceSelector: nil)], ports: [])
        let policy = Sample.policy(types: example.types, egress: example.hasEgressRule ? [other] : [])
        let web = try Sample.pod("shop", "web")
        let client = try Sample.pod("shop", "client", "10.0.0.2")
        #expect(NetworkEvaluator.judge([policy], client, web).isDenied == example.isolatesIngress)
        #expect(NetworkEvaluator.judge([policy], web, client).isDenied == example.isolatesEgress)
    }

    struct SelectorCase: Sendable {
        let pods: LabelSelector?
        let namespaces: LabelSelector?
        /// Which of shop/client, shop/admin, ops/client, ops/admin may connect.
        let allowed: [Bool]
    }

    @Test(arguments: [
        SelectorCase(pods: Sample.selector([:]), namespaces: nil, allowed: [true, true, false, false]),
        SelectorCase(pods: nil, namespaces: Sample.selector([:]), allowed: [true, true, true, true]),
        SelectorCase(pods: nil, namespaces: Sample.selector(["team": "ops"]), allowed: [false, false, true, true]),
        SelectorCase(
            pods: Sample.selector(["app": "admin"]), namespaces: Sample.selector(["team": "ops"]),
            allowed: [false, false, false, true]),
        SelectorCase(
            pods: Sample.selector(["app": "admin"]), namespaces: Sample.selector([:]),
            allowed: [false, true, false, true]),
        SelectorCase(
            pods: Sample.selector(["app": "admin"]), namespaces: nil, allowed: [false, true, false, false]),
        SelectorCase(
            pods: nil, namespaces: Sample.selector(["kubernetes.io/metadata.name": "ops"]),
            allowed: [false, false, true, true]),
        SelectorCase(pods: nil, namespaces: nil, allowed: [false, false, false, false]),
        SelectorCase(
            pods: Sample.expression("app", .in, ["admin", "other"]), namespaces: nil,
            allowed: [false, true, false, false]),
        SelectorCase(
            pods: Sample.expression("app", .notIn, ["admin"]), namespaces: nil, allowed: [true, false, false, false]),
        SelectorCase(
            pods: Sample.expression("absent", .notIn, ["x"]), namespaces: nil, allowed: [true, true, false, false]),
        SelectorCase(pods: Sample.expression("app", .exists), namespaces: nil, allowed: [true, true, false, false]),
        SelectorCase(
            pods: Sample.expression("app", .doesNotExist), namespaces: nil, allowed: [false, false, false, false]),
        SelectorCase(
            pods: Sample.expression("absent", .doesNotExist), namespaces: nil, allowed: [true, true, false, false]),
        SelectorCase(
            pods: nil, namespaces: Sample.expression("team", .notIn, ["ops"]), allowed: [true, true, false, false]),
        SelectorCase(
            pods: Sample.expression("app", .notIn, []), namespaces: nil, allowed: Array(repeating: false, count: 4)),
    ])
    func `absent and empty selectors differ, and two in one peer both have to match`(_ example: SelectorCase) throws {
        let peer = NetworkPolicy.Peer.pods(podSelector: example.pods, namespaceSelector: example.namespaces)
        let policy = Sample.policy(ingress: [.init(peers: [peer], ports: [])])
        let web = try Sample.pod("shop", "web")
        let sources = [("shop", "client"), ("shop", "admin"), ("ops", "client"), ("ops", "admin")]
        let found = try sources.map {
            NetworkEvaluator.judge([policy], try Sample.pod($0.0, $0.1, "10.0.0.2"), web).isAllowed
        }
        #expect(found == example.allowed)
    }

    @Test func `a policy that selects nobody by its pod selector isolates nobody`() throws {
        let web = try Sample.pod("ops", "web")
        let client = try Sample.pod("shop", "client", "10.0.0.2")
        let verdict = NetworkEvaluator.judge([Sample.policy(types: [.ingress, .egress])], client, web)
        #expect(verdict == .allowed(egress: .notIsolated, ingress: .notIsolated))
    }

    @Test func `policies add up, and the verdict names every rule that allows`() throws {
        let client = NetworkPolicy.Peer.pods(podSelector: Sample.selector(["app": "client"]), namespaceSelector: nil)
        let deny = Sample.policy("a-deny")
        let allow = Sample.policy(
            "b-allow", ingress: [.init(peers: [client], ports: [Sample.tcp(81)]), .init(peers: [client], ports: [])])
        let open = Sample.policy("c-open", ingress: [Self.everything])
        let web = try Sample.pod("shop", "web")
        let source = try Sample.pod("shop", "client", "10.0.0.2")
        let verdict = NetworkEvaluator.judge([open, allow, deny], source, web)
        guard case .allowed(.notIsolated, .rules(let rules)) = verdict else {
            Issue.record("not allowed by rules: \(verdict)")
            return
        }
        #expect(rules.map(\.description) == ["shop/b-allow ingress[1]", "shop/c-open ingress[0]"])
    }

    @Test func `a denial names direction and isolating policies`() throws {
        let web = try Sample.pod("shop", "web")
        let twin = NetworkParty(namespace: Namespace("shop"), name: "web-1", labels: web.labels)
        let policies = [Sample.policy("two", types: [.ingress, .egress]), Sample.policy("one", types: [.ingress])]
        guard case .denied(let denials) = NetworkEvaluator.judge(policies, web, twin) else {
            Issue.record("not denied")
            return
        }
        #expect(denials.map(\.direction) == [.egress, .ingress])
        #expect(denials.map { $0.policies.map(\.description) } == [["shop/two"], ["shop/one", "shop/two"]])
    }

    @Test func `ingress and egress of one policy are controlled independently`() throws {
        func to(_ app: String) -> NetworkPolicy.Rule {
            .init(peers: [.pods(podSelector: Sample.selector(["app": app]), namespaceSelector: nil)], ports: [])
        }
        let policy = Sample.policy(types: [.ingress, .egress], ingress: [to("client")], egress: [to("db")])
        let web = try Sample.pod("shop", "web")
        let client = try Sample.pod("shop", "client", "10.0.0.2")
        let database = try Sample.pod("shop", "db", "10.0.0.3")
        #expect(NetworkEvaluator.judge([policy], client, web).isAllowed)
        #expect(NetworkEvaluator.judge([policy], web, client).isDenied)
        #expect(NetworkEvaluator.judge([policy], web, database).isAllowed)
        #expect(NetworkEvaluator.judge([policy], database, web).isDenied)
    }

    @Test func `both ends have to allow`() throws {
        let web = try Sample.pod("shop", "web")
        let api = try Sample.pod("ops", "api", "10.0.0.2")
        let leave = Sample.policy(types: [.egress], egress: [Self.everything])
        var enter = Sample.policy("api", types: [.ingress], ingress: [Self.everything])
        enter.namespace = Namespace("ops")
        enter.podSelector = LabelSelector()
        var closed = enter
        closed.ingress = []
        #expect(NetworkEvaluator.judge([leave, enter], web, api).isAllowed)
        #expect(NetworkEvaluator.judge([leave, closed], web, api).isDenied)
        #expect(NetworkEvaluator.judge([Sample.policy(types: [.egress]), enter], web, api).isDenied)
    }

    @Test func `a pod reaches itself, not its twin`() throws {
        let policy = Sample.policy(types: [.ingress, .egress])
        let web = try Sample.pod("shop", "web")
        let unnamed = NetworkParty(namespace: Namespace("shop"), labels: ["app": "web"], addresses: web.addresses)
        let nowhere = NetworkParty(namespace: Namespace("shop"), labels: ["app": "web"])
        #expect(NetworkEvaluator.judge([policy], web, web) == .allowed(egress: .samePod, ingress: .samePod))
        #expect(NetworkEvaluator.judge([policy], unnamed, web).isAllowed)
        #expect(NetworkEvaluator.judge([policy], nowhere, nowhere).isDenied)
    }

    @Test func `ICMP is not for these policies to decide`() throws {
        let web = try Sample.pod("shop", "web")
        let client = try Sample.pod("shop", "client", "10.0.0.2")
        let everyone = Sample.policy(ingress: [Self.everything])
        #expect(NetworkEvaluator.judge([Sample.policy()], client, web, 0, protocol: .icmpv4) == .notExpressible)
        #expect(NetworkEvaluator.judge([everyone], client, web, 0, protocol: .icmpv4) == .notExpressible)
        #expect(NetworkEvaluator.judge([Sample.policy()], web, client, 0, protocol: .icmpv4).isAllowed)
    }

    @Test func `host-network pods are their node's address, and nothing else`() throws {
        let everyPod = NetworkPolicy.Peer.pods(podSelector: nil, namespaceSelector: LabelSelector())
        let agent = try Sample.pod("shop", "web", "192.0.2.7", hostNetwork: true)
        let web = try Sample.pod("shop", "web")
        let byPods = Sample.policy(ingress: [.init(peers: [everyPod], ports: [])])
        let byAddress = Sample.policy(ingress: [.init(peers: [try Sample.block("192.0.2.0/24")], ports: [])])
        #expect(NetworkEvaluator.judge([byPods], agent, web).isDenied)
        #expect(NetworkEvaluator.judge([byAddress], agent, web).isAllowed)
        #expect(NetworkEvaluator.judge([Sample.policy()], web, agent).isAllowed)
        let out = Sample.policy(egress: [.init(peers: [everyPod], ports: [])])
        #expect(NetworkEvaluator.judge([out], web, agent).isDenied)
    }

    @Test func `a pod cannot block its own node`() throws {
        let policy = Sample.policy(types: [.ingress])
        let web = try Sample.pod("shop", "web", node: "n1")
        let kubelet = try Sample.outside("192.0.2.7", node: "n1")
        let agent = try Sample.pod("kube-system", "agent", "192.0.2.7", hostNetwork: true, node: "n1")
        let neighbour = try Sample.pod("shop", "client", "10.0.0.2", node: "n1")
        let otherNode = try Sample.outside("192.0.2.8", node: "n2")
        let address = try Sample.outside("192.0.2.7")
        #expect(NetworkEvaluator.judge([policy], kubelet, web) == .allowed(egress: .notIsolated, ingress: .ownNode))
        #expect(NetworkEvaluator.judge([policy], agent, web).isAllowed)
        #expect(NetworkEvaluator.judge([policy], neighbour, web).isDenied)
        #expect(NetworkEvaluator.judge([policy], otherNode, web).isDenied)
        #expect(NetworkEvaluator.judge([policy], address, web).isDenied)
        #expect(NetworkEvaluator.judge([Sample.policy(types: [.egress])], web, kubelet).isDenied)
    }

    @Test func `the fast answer is the verdict's`() throws {
        let web = try Sample.pod("shop", "web")
        let client = try Sample.pod("shop", "client", "10.0.0.2")
        for policies in [[], [Sample.policy()], [Sample.policy(ingress: [Self.everything])]] {
            let evaluator = NetworkEvaluator(policies: policies, namespaces: [:])
            let attempt = ConnectionAttempt(source: client, destination: web, protocol: .tcp, port: Port(80))
            #expect(evaluator.isAllowed(attempt) == evaluator.verdict(attempt).isAllowed)
        }
    }
}
