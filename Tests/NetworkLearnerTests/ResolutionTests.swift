import Domain
import NetworkLearner
import Testing

/// From what a record names to workloads, nodes, the API server and outside addresses.
@Suite struct ResolutionTests {
    private static let web = "shop/Deployment/web"
    private static let api = "shop/Deployment/api"

    private static func world() -> World {
        var world = World()
        world.workloads(web, api)
        return world
    }

    @Test func `makes a rule on both sides of an observed connection`() {
        var world = Self.world()
        world.connect(Self.web, Self.api, 8080)
        let learned = world.learn()
        #expect(learned.egress(Self.web) == ["shop{app=api} TCP/8080"])
        #expect(learned.ingress(Self.api) == ["shop{app=web} TCP/8080"])
        #expect(learned.heldBack.isEmpty)
        #expect(learned.learned.count == 1)
    }

    @Test(arguments: ["0.0.0.0", "127.0.0.1", "127.8.0.1", "::", "::1"])
    func `makes no rule for an address that nobody has`(address: String) {
        for kind in ["world", "node", "unknown", "api"] {
            var world = Self.world()
            world.connect(Self.web, "\(kind) \(address)", 443)
            world.connect("\(kind) \(address)", Self.api, 443)
            let learned = world.learn()
            #expect(learned.policies.isEmpty, "\(kind)")
            #expect(learned.held(.unresolved).count == 2, "\(kind)")
        }
    }

    @Test(arguments: ["node", "host", "api"])
    func `never takes a pod's address for a node's or the API server's, though no range tells`(kind: String) {
        var world = Self.world()
        world.lease("10.244.1.1", to: Self.api)
        world.connect(Self.web, "\(kind) 10.244.1.1", 443)
        #expect(world.learn().egress(Self.web) == ["shop{app=api} TCP/443"])
    }

    @Test func `makes no rule of replies alone`() {
        var world = Self.world()
        world.connect(Self.web, Self.api, 8080, fact: .seen(count: 0, attempts: 0, answers: 50))
        let learned = world.learn()
        #expect(learned.policies.isEmpty)
        #expect(learned.heldBack.isEmpty)
    }

    @Test func `resolves a Service address to each backend's own port of that name`() {
        var world = World()
        world.workload(Self.web)
        world.workload(
            Self.api, labels: ["app": "api", "svc": "api"], ports: [.tcp(8080, "http"), .tcp(9090, "metrics")])
        world.workload("shop/Deployment/api-next", labels: ["app": "next", "svc": "api"], ports: [.tcp(3000, "http")])
        world.service("shop/api", at: "10.96.0.7", selector: ["svc": "api"], target: .name("http"))
        world.connect(Self.web, "world 10.96.0.7", 80)
        let learned = world.learn()
        #expect(learned.egress(Self.web) == ["shop{app=api,svc=api} TCP/8080", "shop{app=next,svc=api} TCP/3000"])
        #expect(learned.ingress(Self.api) == ["shop{app=web} TCP/8080"])
        #expect(learned.ingress("shop/Deployment/api-next") == ["shop{app=web} TCP/3000"])
        #expect(learned.evidence(Self.api).map(\.note) == ["resolved from Service shop/api port 80"])
    }

    @Test func `resolves a Service without selector to its endpoints`() {
        var world = Self.world()
        world.node("n1", at: "192.168.0.1", pods: "10.244.0.0/16")
        world.service(
            "shop/db", at: "10.96.0.8", target: .number(Port(5432)), endpoints: ["203.0.113.9", "192.168.0.1"])
        world.connect(Self.web, "world 10.96.0.8", 80)
        #expect(world.learn().egress(Self.web) == ["192.168.0.1/32 TCP/5432", "203.0.113.9/32 TCP/5432"])
    }

    @Test func `never makes a block of an endpoint in a range of pods`() {
        var world = Self.world()
        world.node("n1", at: "192.168.0.1", pods: "10.244.0.0/16")
        world.service("shop/db", at: "10.96.0.8", target: .number(Port(5432)), endpoints: ["10.244.1.1"])
        world.connect(Self.web, "world 10.96.0.8", 80)
        let learned = world.learn()
        #expect(learned.policy(Self.web) == nil)
        #expect(learned.held(.unresolved) == ["shop/Deployment/web -> Service shop/db TCP/80"])
    }

    @Test func `resolves a Service of pods on the host network to their nodes`() {
        var world = Self.world()
        world.workload("kube-system/DaemonSet/exporter", hostNetwork: true)
        world.node("n1", at: "192.168.0.1")
        world.service(
            "kube-system/exporter", at: "10.96.0.9", selector: ["app": "exporter"], target: .number(Port(9100)),
            endpoints: ["192.168.0.1"])
        world.connect(Self.web, "world 10.96.0.9", 80)
        #expect(world.learn().egress(Self.web) == ["192.168.0.1/32 TCP/9100"])
    }

    @Test func `holds back a Service address that leads nowhere`() {
        var world = Self.world()
        world.service("shop/gone", at: "10.96.0.7", selector: ["app": "gone"], target: .number(Port(80)))
        world.connect(Self.web, "world 10.96.0.7", 80)
        world.connect(Self.web, "world 10.96.0.7", 81)
        let learned = world.learn()
        #expect(learned.held(.unresolved).count == 2)
        #expect(learned.policies.isEmpty)
    }

    @Test(arguments: ["world 10.96.0.1", "api 10.96.0.1", "api 192.168.9.1", "world 192.168.9.1"])
    func `takes the kubernetes Service for all of the API server's addresses`(destination: String) {
        var world = Self.world()
        world.service(
            "default/kubernetes", at: "10.96.0.1", port: 443, target: .number(Port(6443)),
            endpoints: ["192.168.9.1", "192.168.9.2"])
        world.connect(Self.web, destination, destination.hasSuffix("0.1") ? 443 : 6443)
        #expect(world.learn().egress(Self.web) == ["192.168.9.1/32 TCP/6443", "192.168.9.2/32 TCP/6443"])
    }

    @Test(arguments: [
        ("203.0.113.9", "203.0.113.9/32"), ("2001:db8::9", "2001:db8::9/128"), ("::ffff:203.0.113.9", "203.0.113.9/32"),
    ])
    func `names one outside address exactly`(address: String, block: String) {
        var world = Self.world()
        world.connect(Self.web, "world \(address)", 443)
        world.connect("world \(address)", Self.api, 8080)
        let learned = world.learn()
        #expect(learned.egress(Self.web) == ["\(block) TCP/443"])
        #expect(learned.ingress(Self.api) == ["\(block) TCP/8080"])
    }

    @Test(arguments: ["unknown", "world"])
    func `finds the one workload that had an address at that time`(kind: String) {
        var world = Self.world()
        world.node("n1", at: "192.168.0.1", pods: "10.244.0.0/16")
        world.lease("10.244.1.5", to: Self.api, days: 0...9)
        world.lease("10.244.1.5", to: "shop/Deployment/other", days: 20...30)
        world.connect(Self.web, "\(kind) 10.244.1.5", 8080, fact: .seen(days: 2...5))
        #expect(world.learn().egress(Self.web) == ["shop{app=api} TCP/8080"])
    }

    @Test func `does not believe the source that a pod's address is outside`() {
        var world = Self.world()
        world.lease("203.0.113.9", to: Self.api)
        world.connect(Self.web, "world 203.0.113.9", 8080)
        #expect(world.learn().egress(Self.web) == ["shop{app=api} TCP/8080"])
        world.edges = []
        world.connect(Self.web, "world 203.0.113.9", 8080, fact: .seen(days: 101...110))
        world.newest = Timestamp(seconds: World.start + 120 * 86_400)
        let later = world.learn()
        #expect(later.policies.isEmpty)
        #expect(later.held(.unresolved) == ["shop/Deployment/web -> 203.0.113.9 TCP/8080"])
    }

    @Test func `tells workloads apart that had an address on different days`() {
        var world = Self.world()
        world.workload("shop/Deployment/other")
        world.lease("10.244.1.5", to: Self.api, days: 0...4)
        world.lease("10.244.1.5", to: "shop/Deployment/other", days: 5...10)
        world.connect(Self.web, "unknown 10.244.1.5", 8080, fact: .seen(days: 1...8))
        let learned = world.learn()
        #expect(learned.egress(Self.web) == ["shop{app=api} TCP/8080", "shop{app=other} TCP/8080"])
        #expect(learned.evidence(Self.api).map(\.days) == [4])
        #expect(learned.evidence("shop/Deployment/other").map(\.days) == [4])
        #expect(learned.held(.ambiguous) == [])
    }

    @Test func `holds back an address on the day on which it changed hands`() {
        var world = Self.world()
        world.workload("shop/Deployment/other")
        world.lease("10.244.1.5", to: Self.api, days: 0...4)
        world.lease("10.244.1.5", to: "shop/Deployment/other", days: 4...10)
        world.connect(Self.web, "unknown 10.244.1.5", 8080, fact: .seen(days: 4...4))
        let learned = world.learn()
        #expect(learned.policies.isEmpty)
        #expect(learned.held(.ambiguous) == ["shop/Deployment/web -> unknown address 10.244.1.5 TCP/8080"])
    }

    @Test(arguments: [
        ("unknown 203.0.113.9", []), ("world 10.244.1.5", []), ("world 10.96.44.1", []),
        ("world 172.30.0.9", ["172.30.0.0/16"]),
    ])
    func `never makes a block of an address that may be the cluster's own`(destination: String, configured: [String]) {
        var world = Self.world()
        world.node("n1", at: "192.168.0.1", pods: "10.244.0.0/16")
        world.service("a/a", at: "10.96.0.1", selector: ["x": "y"], target: .number(Port(1)))
        world.service("a/b", at: "10.96.255.1", selector: ["x": "y"], target: .number(Port(1)))
        world.options.clusterRanges = configured.compactMap { CIDR($0) }
        world.connect(Self.web, destination, 8080)
        let learned = world.learn()
        #expect(learned.policies.isEmpty)
        #expect(learned.held(.unresolved).count == 1)
    }

    @Test func `holds back a workload that is gone and one that several fit`() {
        var world = Self.world()
        world.workload("shop/Deployment/twin", labels: ["app": "api"])
        world.connect(Self.web, "shop/Deployment/gone", 80)
        world.connect(
            ObservedPeer(Self.web),
            ObservedPeer(
                pod: "", namespace: Namespace("shop"), workloadKind: "", workloadName: "", labels: ["app": "api"],
                remoteCluster: ""), 81)
        let learned = world.learn()
        #expect(learned.held(.goneWorkload) == ["shop/Deployment/web -> shop/Deployment/gone TCP/80"])
        #expect(learned.held(.ambiguous).count == 1)
        #expect(learned.policies.isEmpty)
    }

    @Test func `holds back a peer in another cluster, and knows its own by any name`() {
        var world = Self.world()
        let web = ObservedPeer(Self.web, cluster: "mesh-a")
        world.connect(web, ObservedPeer(Self.api, cluster: "mesh-a"), 8080)
        world.connect(web, ObservedPeer(Self.api, cluster: "mesh-b"), 8081)
        let learned = world.learn()
        #expect(learned.egress(Self.web) == ["shop{app=api} TCP/8080"])
        #expect(learned.held(.otherCluster) == ["shop/Deployment/web -> mesh-b:shop/Deployment/api TCP/8081"])
    }

    @Test func `takes the configured name for its own even where most records name another`() {
        var world = Self.world()
        let web = ObservedPeer(Self.web, cluster: "prod")
        world.connect(web, ObservedPeer(Self.api, cluster: "prod"), 8080)
        for port in UInt16(1)...5 { world.connect(Self.web, Self.api, port) }
        for port in UInt16(11)...20 {
            world.connect(ObservedPeer(Self.web, cluster: "other"), ObservedPeer(Self.api, cluster: "other"), port)
        }
        let learned = world.learn()
        #expect(learned.egress(Self.web)?.contains("shop{app=api} TCP/8080") == true)
        #expect(learned.held(.otherCluster).count == 10)
    }

    @Test func `takes a pod on the host network for its node, which may be any of them`() {
        var world = Self.world()
        world.workload("kube-system/DaemonSet/proxy", hostNetwork: true)
        world.node("n1", at: "192.168.0.2")
        world.connect("kube-system/DaemonSet/proxy", Self.api, 8080)
        world.connect(Self.web, "kube-system/DaemonSet/proxy", 9100)
        world.connect("node 192.168.0.2", "world 203.0.113.9", 443)
        let learned = world.learn()
        #expect(learned.ingress(Self.api) == ["192.168.0.2/32 TCP/8080"])
        #expect(learned.egress(Self.web)?.contains("192.168.0.2/32 TCP/9100") == true)
        #expect(learned.policies.allSatisfy { $0.workload.namespace != Namespace("kube-system") })
        #expect(learned.held(.hostNetwork).count == 1)
    }

    @Test func `holds back a pod on the host network where no node is known`() {
        var world = Self.world()
        world.workload("kube-system/DaemonSet/proxy", hostNetwork: true)
        world.connect("kube-system/DaemonSet/proxy", Self.api, 8080)
        #expect(world.learn().held(.unresolved).count == 1)
    }

    @Test func `learns from records alone where no objects were observed`() {
        var world = World()
        world.connect(
            ObservedPeer(Self.web, labels: ["app": "web"]), ObservedPeer(Self.api, labels: ["app": "api"]), 8080)
        let learned = world.learn()
        #expect(learned.egress(Self.web) == ["shop{app=api} TCP/8080"])
        #expect(learned.notes.contains { $0.contains("no cluster objects were observed") })
    }

    @Test func `keeps groups apart that share a name but not all labels`() {
        var world = World()
        func group(_ labels: Labels) -> ObservedPeer {
            ObservedPeer(
                pod: "", namespace: Namespace("shop"), workloadKind: "", workloadName: "", labels: labels,
                remoteCluster: "")
        }
        world.connect(group(["app": "web", "tier": "a"]), group(["app": "api"]), 80)
        world.connect(group(["app": "web", "tier": "b"]), group(["app": "api"]), 81)
        let learned = world.learn()
        #expect(learned.policies.count == 3)
        #expect(learned.ingress("shop/Pods/api") == ["shop{app=web,tier=a} TCP/80", "shop{app=web,tier=b} TCP/81"])
    }
}
