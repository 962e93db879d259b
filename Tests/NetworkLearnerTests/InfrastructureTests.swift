import Domain
import NetworkLearner
import Testing

/// Names, nodes and the API server.
@Suite struct InfrastructureTests {
    private static let web = "shop/Deployment/web"
    private static let api = "shop/Deployment/api"
    private static let dns = "kube-system/Deployment/coredns"

    private static func world(withResolver: Bool = true) -> World {
        var world = World()
        world.workloads(web, api)
        if withResolver {
            world.workload(dns, labels: ["k8s-app": "kube-dns"])
            world.service(
                "kube-system/kube-dns", at: "10.96.0.10", selector: ["k8s-app": "kube-dns"], port: 53,
                target: .number(Port(5353)), protocols: [.udp, .tcp])
        }
        world.connect(web, api, 8080)
        return world
    }

    @Test func `lets every workload with isolated egress look up names where the pods listen`() {
        let learned = Self.world().learn()
        #expect(
            learned.policy(Self.web)?.egress?.cells == [
                "kube-system{k8s-app=kube-dns} TCP/5353", "kube-system{k8s-app=kube-dns} UDP/5353",
                "shop{app=api} TCP/8080",
            ])
        #expect(learned.policy(Self.api)?.egress == nil)
        #expect(learned.evidence(Self.web).contains { $0.note == "declared" && $0.first == nil })
        #expect(!learned.notes.contains { $0.contains("DNS") })
    }

    @Test func `assumes upstream's labels where no resolver is known`() {
        let learned = Self.world(withResolver: false).learn()
        #expect(
            learned.policy(Self.web)?.egress?.cells == [
                "kube-system{k8s-app=kube-dns} TCP/53", "kube-system{k8s-app=kube-dns} UDP/53",
                "shop{app=api} TCP/8080",
            ])
        #expect(learned.notes.contains { $0.contains("no DNS service") })
    }

    @Test func `finds a resolver by what it serves where no Service declares it`() {
        var world = Self.world(withResolver: false)
        world.workload("kube-system/Deployment/unbound")
        world.connect(Self.web, "kube-system/Deployment/unbound", 53, .udp)
        let learned = world.learn()
        #expect(learned.egress(Self.web)?.contains("kube-system{app=unbound} TCP/53") == true)
        #expect(
            learned.ingress("kube-system/Deployment/unbound") == ["every namespace TCP/53", "every namespace UDP/53"])
    }

    @Test func `opens the resolver to every namespace on its DNS ports alone`() {
        var world = Self.world()
        world.connect(Self.web, Self.dns, 5353, .udp)
        world.connect(Self.web, "world 10.96.0.10", 53, .udp)
        world.connect("shop/Deployment/api", Self.dns, 9153)
        let learned = world.learn()
        #expect(
            learned.ingress(Self.dns) == [
                "every namespace TCP/5353", "every namespace UDP/5353", "shop{app=api} TCP/9153",
            ])
        #expect(learned.egress(Self.dns) == nil)
    }

    @Test func `isolates no ingress of a resolver that nobody was seen to reach`() {
        var world = Self.world()
        world.connect(Self.dns, "world 203.0.113.53", 53, .udp)
        let learned = world.learn()
        #expect(learned.policy(Self.dns)?.ingress == nil)
        #expect(learned.egress(Self.dns) == ["203.0.113.53/32 TCP/53", "203.0.113.53/32 UDP/53"])
    }

    @Test func `learns nothing from the pod's own node`() {
        var world = Self.world()
        world.connect("host 192.168.0.1", Self.api, 9999)
        let learned = world.learn()
        #expect(learned.ingress(Self.api) == ["shop{app=web} TCP/8080"])
        #expect(learned.held(.ownNode).count == 1)
    }

    @Test func `takes one node for all, united exactly`() {
        var world = Self.world()
        for last in 0...3 { world.node("n\(last)", at: "192.168.0.\(last)") }
        world.node("n4", at: "192.168.0.4", "2001:db8::4")
        world.connect(Self.web, "node 192.168.0.2", 10250)
        world.connect("node 192.168.0.2", Self.api, 9000)
        let learned = world.learn()
        let blocks = ["192.168.0.0/30", "192.168.0.4/32", "2001:db8::4/128"]
        #expect(learned.egress(Self.web) == blocks.map { "\($0) TCP/10250" } + ["shop{app=api} TCP/8080"])
        #expect(learned.ingress(Self.api) == blocks.map { "\($0) TCP/9000" } + ["shop{app=web} TCP/8080"])
    }

    @Test(arguments: [
        ("10.0.0.0/16", "10.0.3.4", ["10.0.0.0/16"]), ("10.0.0.0/16", "10.9.3.4", ["10.0.0.0/16", "10.9.3.4/32"]),
    ])
    func `takes configured ranges for the nodes, and what was seen beside them`(
        range: String, seen: String, blocks: [String]
    ) {
        var world = Self.world()
        world.node("n1", at: "192.168.0.1")
        world.options.nodeRanges = [CIDR(range)].compactMap { $0 }
        world.connect(Self.web, "node \(seen)", 10250)
        #expect(world.learn().egress(Self.web)?.filter { $0.hasSuffix("10250") } == blocks.map { "\($0) TCP/10250" })
    }

    @Test func `takes configured ranges for the API server`() {
        var world = Self.world()
        world.options.apiServerRanges = [CIDR("10.5.0.0/28")].compactMap { $0 }
        world.connect(Self.web, "api 10.5.0.3", 6443)
        #expect(world.learn().egress(Self.web)?.contains("10.5.0.0/28 TCP/6443") == true)
    }

    @Test(
        arguments: [
            ("node 192.168.0.2", "0.0.0.0/0"), ("world 203.0.113.9", "0.0.0.0/0"), ("world 2001:db8::9", "::/0"),
        ], [Service.Kind.nodePort, .loadBalancer])
    func `opens to everyone what a Service opens to the outside`(source: (String, String), type: Service.Kind) {
        var world = Self.world()
        world.node("n1", at: "192.168.0.2")
        world.service("shop/front", at: "10.96.0.20", selector: ["app": "api"], target: .number(Port(3000)), type: type)
        world.connect(source.0, Self.api, 3000)
        let learned = world.learn()
        // In the family that was seen and in that of the Service's own address.
        let everyone = Set(["0.0.0.0/0 TCP/3000", "\(source.1) TCP/3000"]).sorted()
        #expect(learned.ingress(Self.api) == everyone + ["shop{app=web} TCP/8080"])
        #expect(
            learned.evidence(Self.api).contains {
                $0.note == "open to the outside by Service shop/front of type \(type.rawValue)"
            })
    }

    @Test func `opens nothing for a Service within the cluster or an unused port`() {
        var world = Self.world()
        world.service(
            "shop/front", at: "10.96.0.20", selector: ["app": "api"], target: .number(Port(3000)), type: .nodePort)
        world.service("shop/inner", at: "10.96.0.21", selector: ["app": "api"], target: .number(Port(4000)))
        world.connect("world 203.0.113.9", Self.api, 4000)
        #expect(world.learn().ingress(Self.api) == ["203.0.113.9/32 TCP/4000", "shop{app=web} TCP/8080"])
    }
}
