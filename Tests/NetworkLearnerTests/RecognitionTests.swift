import Domain
import NetworkLearner
import Testing

/// What records call a connection and is none, or none that a rule may list; and selectors that cannot be.
@Suite struct RecognitionTests {
    private static let web = "shop/Deployment/web"
    private static let api = "shop/Deployment/api"

    private static func world() -> World {
        var world = World()
        world.workload(web)
        world.workload(api, ports: [.tcp(8080)])
        world.connect(web, api, 8080)
        return world
    }

    private static let laterPackets = ConnectionFact.seen(count: 4, attempts: 0, answers: 0)

    // MARK: - Replies

    @Test func `knows a reply by the connection that it answers`() {
        var world = Self.world()
        world.connect(Self.api, Self.web, 41_234, fact: Self.laterPackets)
        world.connect(Self.api, Self.web, 20_005, direction: .unknown, fact: Self.laterPackets)
        let learned = world.learn()
        #expect(learned.held(.swappedReply).count == 2)
        #expect(learned.policy(Self.web)?.ingress == nil)
        #expect(learned.policy(Self.web)?.maturity == .stable)
    }

    @Test func `takes a first packet, a declared port or a stranger's packet for no reply`() {
        var first = Self.world()
        first.connect(Self.api, Self.web, 41_234, fact: .seen(attempts: 1))
        #expect(first.learn().held(.swappedReply) == [])
        #expect(first.learn().held(.dynamicPort).count == 1)
        var declared = World()
        declared.workload(Self.web, ports: [.tcp(41_234)])
        declared.workload(Self.api)
        declared.connect(Self.web, Self.api, 8080)
        declared.connect(Self.api, Self.web, 41_234, fact: Self.laterPackets)
        #expect(declared.learn().ingress(Self.web) == ["shop{app=api} TCP/41234"])
        var stranger = Self.world()
        stranger.workload("shop/Deployment/other")
        stranger.connect("shop/Deployment/other", Self.web, 41_234, fact: Self.laterPackets)
        #expect(stranger.learn().held(.swappedReply) == [])
    }

    @Test func `believes a likely direction to an address whose neighbour the same workload is seen to call`() {
        var world = Self.world()
        world.workload("shop/Deployment/other")
        world.connect(Self.web, "world 203.0.113.18", 9092)
        world.connect(Self.web, "world 203.0.113.21", 9092, direction: .unknown)
        world.connect(Self.web, "world 203.0.113.21", 9093, direction: .unknown)
        world.connect(Self.web, "world 203.0.113.33", 9092, direction: .unknown)
        world.connect("shop/Deployment/other", "world 203.0.113.21", 9092, direction: .unknown)
        let learned = world.learn()
        #expect(learned.egress(Self.web)?.contains("203.0.113.21/32 TCP/9092") == true)
        #expect(learned.held(.unknownDirection).count == 3)
        #expect(
            learned.evidence(Self.web).contains {
                $0.what.contains("203.0.113.21") && $0.note?.contains("inferred") == true
            })
    }

    // MARK: - Ports

    @Test(arguments: [(21, " (passive FTP)"), (4369, " (Erlang distribution)"), (8080, "")] as [(UInt16, String)])
    func `reports ports that are assigned at run time in one line`(beside: UInt16, guess: String) {
        var world = Self.world()
        world.workload("shop/Deployment/server", ports: [.tcp(beside)])
        world.connect(Self.web, "shop/Deployment/server", beside)
        for port in 40_000..<40_010 as Range<UInt16> { world.connect(Self.web, "shop/Deployment/server", port) }
        #expect(
            world.learn().held(.dynamicPort) == [
                "\(Self.web) -> shop/Deployment/server TCP/40000, 40001, 40002, 40003 and 6 more\(guess)"
            ])
    }

    @Test func `lists no crowd of undeclared ports below the ephemeral range either`() {
        var world = Self.world()
        world.workload("shop/Deployment/server", ports: [.tcp(9000)])
        world.connect(Self.web, "shop/Deployment/server", 9000)
        for port in 10_000..<10_015 as Range<UInt16> { world.connect(Self.web, "shop/Deployment/server", port) }
        #expect(world.learn().held(.dynamicPort) == [])
        world.connect(Self.web, "shop/Deployment/server", 10_015)
        #expect(world.learn().held(.dynamicPort).count == 1)
        #expect(world.learn().egress(Self.web)?.contains("shop{app=server} TCP/9000") == true)
        world.options.ports.dynamicThreshold = 17
        #expect(world.learn().held(.dynamicPort) == [])
    }

    @Test func `writes no port behind which a sidecar hides the real one`() {
        var world = Self.world()
        world.connect(Self.web, Self.api, 15_006)
        world.connect(Self.web, Self.api, 15_008)
        let learned = world.learn()
        #expect(learned.held(.meshRedirect).count == 1)
        #expect(learned.ingress(Self.api) == ["shop{app=web} TCP/15008", "shop{app=web} TCP/8080"])
    }

    // MARK: - Services

    @Test func `goes on to the pods behind a load balancer's address, and a node's port`() {
        var world = Self.world()
        world.node("n1", at: "192.168.0.2")
        world.inventory.services = [
            Service(
                namespace: Namespace("shop"), name: "api", type: .loadBalancer, clusterAddresses: [.of("10.96.0.9")],
                externalAddresses: [.of("203.0.113.5")], selector: ["app": "api"],
                ports: [
                    ServicePort(
                        name: "", protocol: .tcp, port: Port(80), target: .number(Port(8081)), nodePort: Port(30_080))
                ], externalName: "", endpoints: [], isRouted: false)
        ]
        world.connect(Self.web, "world 203.0.113.5", 80)
        world.connect(Self.web, "node 192.168.0.2", 30_080)
        #expect(
            world.learn().egress(Self.web) == [
                "192.168.0.2/32 TCP/30080", "203.0.113.5/32 TCP/80", "shop{app=api} TCP/8080", "shop{app=api} TCP/8081",
            ])
    }

    // MARK: - Selectors

    @Test func `says which label would mend a workload that cannot be told apart`() throws {
        var world = Self.world()
        world.workload("shop/Deployment/twin", labels: ["app": "web"])
        world.workload("shop/Deployment/bare", labels: [:], selector: .some(nil))
        world.connect("shop/Deployment/bare", Self.api, 8080)
        let learned = world.learn()
        #expect(learned.refused.map(\.workload.description) == ["shop/Deployment/bare", Self.web])
        #expect(learned.refused[0].advice.contains("`app.kubernetes.io/name: bare`"))
        #expect(learned.refused[1].rivals.map(\.description) == ["shop/Deployment/twin"])
        #expect(learned.refused[1].advice.contains("`app.kubernetes.io/component: web`"))
        #expect(learned.notes.contains { $0.hasPrefix("shop/Deployment/web: its pods have the same labels") })
        #expect(learned.policies.allSatisfy { $0.workload.name != "web" && $0.workload.name != "bare" })
    }

    @Test func `tells a workload from what the repository will roll out next`() {
        func next(_ labels: Labels, selector: Labels) -> Workload {
            Workload(
                id: WorkloadID("shop/Deployment/web-canary"), selector: LabelSelector(matchLabels: selector),
                templateLabels: labels)
        }
        var world = World()
        world.workload(Self.web, labels: ["app": "web", "track": "main"], selector: ["app": "web"])
        world.workload(Self.api)
        world.connect(Self.web, Self.api, 8080)
        #expect(world.learn().policy(Self.web)?.selector.labels == ["app": "web"])
        world.inventory.repositoryWorkloads = [next(["app": "web", "track": "canary"], selector: ["app": "web"])]
        #expect(world.learn().policy(Self.web)?.selector.labels == ["app": "web", "track": "main"])
        world.inventory.repositoryWorkloads = [next(["app": "web", "track": "main"], selector: ["app": "web"])]
        #expect(world.learn().policy(Self.web) == nil)
        #expect(world.learn().refused.map(\.rivals) == [[WorkloadID("shop/Deployment/web-canary")]])
    }
}
