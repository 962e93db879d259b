import Domain
import NetworkLearner
import Testing

/// What rules name, by how the network plugin matches and by what policies are written as.
@Suite struct ProfileTests {
    private static let web = "shop/Deployment/web"
    private static let api = "shop/Deployment/api"
    private static let dns = "kube-system/Deployment/coredns"

    private static func world(_ profile: NetworkProfile, dialect: PolicyDialect? = nil) -> World {
        var world = World()
        world.options.profile = profile
        world.options.writtenAs = dialect
        world.workload(web)
        world.workload(api, ports: [.tcp(8080, "http"), .tcp(9090)])
        world.workload(dns, labels: ["k8s-app": "kube-dns"])
        world.service(
            "kube-system/kube-dns", at: "10.96.0.10", selector: ["k8s-app": "kube-dns"], port: 53,
            target: .number(Port(53)), protocols: [.udp, .tcp])
        world.service("shop/api", at: "10.96.0.20", selector: ["app": "api"], target: .number(Port(8080)))
        world.service(
            "default/kubernetes", at: "10.96.0.1", port: 443, target: .number(Port(6443)), endpoints: ["192.168.0.9"])
        world.node("n1", at: "192.168.0.2", pods: "10.244.0.0/16")
        return world
    }

    @Test(arguments: [
        (NetworkProfile.kubernetes, []),
        (.serviceAddress, ["10.96.0.10/32 TCP/53", "10.96.0.10/32 UDP/53", "10.96.0.20/32 TCP/80"]),
    ])
    func `names a Service's own address only where the plugin sees it`(profile: NetworkProfile, more: [String]) {
        var world = Self.world(profile)
        world.connect(Self.web, Self.api, 8080)
        #expect(world.learn().egress(Self.web) == more + ["shop{app=api} TCP/8080"])
    }

    @Test func `names the API server's own Service where the plugin sees it`() {
        var world = Self.world(.serviceAddress)
        world.connect(Self.web, "api 192.168.0.9", 6443)
        let names = ["10.96.0.10/32 TCP/53", "10.96.0.10/32 UDP/53"]
        #expect(world.learn().egress(Self.web) == ["10.96.0.1/32 TCP/443"] + names + ["192.168.0.9/32 TCP/6443"])
    }

    @Test func `names hosts by their names, and reads the look-ups apart from all else`() throws {
        var world = Self.world(.cilium)
        world.inventory.names = [.of("203.0.113.7"): ["api.example.com", "cdn.example.net"]]
        world.connect(Self.web, "world 203.0.113.7", 443)
        world.connect(Self.web, "world 203.0.113.8", 443)
        world.connect(Self.web, Self.dns, 9153)
        let policy = try #require(world.learn().policy(Self.web))
        let egress = try #require(policy.egress)
        #expect(
            egress.cells == [
                "203.0.113.8/32 TCP/443", "api.example.com TCP/443", "cdn.example.net TCP/443",
                "kube-system{k8s-app=kube-dns} TCP/53", "kube-system{k8s-app=kube-dns} TCP/9153",
                "kube-system{k8s-app=kube-dns} UDP/53",
            ])
        let lookups = egress.rules.filter(\.isNameLookup)
        #expect(lookups.map { $0.ports.map(\.description) } == [["TCP/53", "UDP/53"]])
        #expect(policy.dialect == .cilium)
        #expect(policy.manifest.egress.filter(\.readsNames).count == 1)
    }

    @Test func `names nodes, the API server and the outside as such where rules can`() {
        var world = Self.world(.cilium)
        world.service(
            "shop/front", at: "10.96.0.30", selector: ["app": "api"], target: .number(Port(9090)), type: .loadBalancer)
        world.connect(Self.web, "api 192.168.0.9", 6443)
        world.connect(Self.web, "node 192.168.0.2", 10250)
        world.connect("world 203.0.113.9", Self.api, 9090)
        let learned = world.learn()
        #expect(learned.egress(Self.web) == ["host TCP/10250", "kube-apiserver TCP/6443", "remote-node TCP/10250"])
        #expect(learned.ingress(Self.api) == ["host TCP/9090", "remote-node TCP/9090", "world TCP/9090"])
    }

    @Test(arguments: [PolicyDialect.cilium, .calico, .calicoStaged])
    func `has echo requests where the dialect has a word for them`(dialect: PolicyDialect) {
        var world = Self.world(.kubernetes, dialect: dialect)
        world.connect(Self.web, Self.api, 0, .icmpv4)
        let learned = world.learn()
        #expect(learned.egress(Self.web) == ["shop{app=api} ICMPv4"])
        #expect(learned.held(.notExpressible) == [])
        #expect(learned.learned.count == 1)
    }

    @Test func `reports echo requests where the dialect has no word for them`() {
        var world = Self.world(.kubernetes)
        world.connect(Self.web, Self.api, 0, .icmpv4)
        #expect(world.learn().held(.notExpressible) == ["\(Self.web) -> \(Self.api) ICMPv4"])
    }

    @Test func `leaves out labels that Cilium does not look at`() {
        let labels = ["app": "x", "node.kubernetes.io/role": "a", "app.kubernetes.io/name": "x"]
        for (profile, expected) in [(NetworkProfile.kubernetes, 3), (.cilium, 2)] {
            var world = Self.world(profile)
            world.workload("shop/Deployment/x", labels: labels)
            world.connect(Self.web, "shop/Deployment/x", 80)
            #expect(world.learn().policy("shop/Deployment/x")?.selector.labels.count == expected)
        }
    }

    // MARK: - Ports

    @Test func `names ports where people do, if all peers agree`() {
        var world = Self.world(.kubernetes)
        world.options.ports.namedIn = [Namespace("shop")]
        world.workload("shop/Deployment/other", ports: [.tcp(8080, "web")])
        world.connect(Self.web, Self.api, 8080)
        world.connect(Self.web, Self.api, 9090)
        #expect(world.learn().ingress(Self.api) == ["shop{app=web} TCP/9090", "shop{app=web} TCP/http"])
        #expect(world.learn().egress(Self.web) == ["shop{app=api} TCP/9090", "shop{app=api} TCP/http"])
        world.edges.removeLast()
        world.connect(Self.web, "shop/Deployment/other", 8080)
        #expect(world.learn().egress(Self.web) == ["shop{app=api} TCP/8080", "shop{app=other} TCP/8080"])
    }

    @Test func `joins runs of three observed ports, on demand and never wider`() {
        var world = Self.world(.kubernetes)
        for port in [7000, 7001, 7002, 7004] as [UInt16] { world.connect(Self.web, Self.api, port) }
        #expect(world.learn().ingress(Self.api)?.count == 4)
        world.options.ports.writesRanges = true
        #expect(world.learn().ingress(Self.api) == ["shop{app=web} TCP/7000-7002", "shop{app=web} TCP/7004"])
    }

    @Test func `opens a declared run of ports once two of them were seen`() {
        var world = Self.world(.kubernetes)
        world.workload(
            "shop/Deployment/ftp",
            ports: [.tcp(21, "ftp")] + (30_000...30_009).map { .tcp($0) } + [.tcp(30_010, "metrics")])
        world.connect(Self.web, "shop/Deployment/ftp", 30_003)
        #expect(world.learn().ingress("shop/Deployment/ftp") == ["shop{app=web} TCP/30003"])
        world.connect(Self.web, "shop/Deployment/ftp", 30_007)
        #expect(world.learn().ingress("shop/Deployment/ftp") == ["shop{app=web} TCP/30000-30009"])
    }
}
