import Domain
import NetworkLearner
import Testing

/// Directions, rules and maturity of a policy.
@Suite struct PolicyTests {
    private static let web = "shop/Deployment/web"
    private static let api = "shop/Deployment/api"

    private static func world() -> World {
        var world = World()
        world.workloads(web, api, "shop/Deployment/cart")
        return world
    }

    @Test func `isolates only the directions that were seen`() {
        var world = Self.world()
        world.connect(Self.web, Self.api, 8080)
        let learned = world.learn()
        #expect(learned.policy(Self.api)?.egress == nil)
        #expect(learned.policy(Self.web)?.ingress == nil)
        #expect(learned.policy(Self.api)?.manifest.policyTypes == [.ingress])
    }

    @Test func `shares a rule only between peers with exactly the same ports`() {
        var world = Self.world()
        for port in [80, 443] as [UInt16] {
            world.connect(Self.web, Self.api, port)
            world.connect("shop/Deployment/cart", Self.api, port)
            world.connect("world 203.0.113.8", Self.api, port)
        }
        world.connect("world 203.0.113.9", Self.api, 80)
        let rules = world.learn().policy(Self.api)?.ingress?.rules ?? []
        #expect(
            rules.map { $0.peers.map(\.text) } == [
                ["203.0.113.9/32"], ["shop{app=cart}", "shop{app=web}", "203.0.113.8/32"],
            ])
        #expect(rules.map { $0.ports.map(\.port.rawValue) } == [[80], [80, 443]])
        #expect(rules.map(\.evidence.count) == [1, 6])
    }

    @Test func `lets a workload reach itself where it was seen to`() {
        var world = Self.world()
        world.connect(Self.web, Self.web, 7946, .udp)
        let learned = world.learn()
        #expect(learned.ingress(Self.web) == ["shop{app=web} UDP/7946"])
        #expect(learned.egress(Self.web) == ["shop{app=web} UDP/7946"])
    }

    @Test(
        arguments: [(0...1, Maturity.learning), (0...2, .stabilizing), (0...6, .stable)]
            as [(ClosedRange<Int32>, Maturity)])
    func `grows mature by the days on which it was seen`(days: ClosedRange<Int32>, maturity: Maturity) {
        var world = Self.world()
        world.connect(Self.web, Self.api, 8080, fact: .seen(days: days))
        let policy = world.learn().policy(Self.api)
        #expect(policy?.maturity == maturity)
        #expect(policy?.days == days.count)
    }

    @Test func `is stable no longer once something new appears`() {
        var world = Self.world()
        world.connect(Self.web, Self.api, 8080)
        world.connect(Self.web, Self.api, 8081, fact: .seen(days: 28...29))
        #expect(world.learn().policy(Self.api)?.maturity == .stabilizing)
    }

    @Test(arguments: [(HoldReason.unresolved, Maturity.stabilizing), (.refused, .stable)])
    func `is not stable while a person has to look at something`(reason: HoldReason, maturity: Maturity) {
        var world = Self.world()
        world.connect(Self.web, Self.api, 8080)
        if reason == .unresolved {
            world.connect(Self.web, "unknown 10.1.2.3", 80)
        } else {
            world.connect(Self.web, "shop/Deployment/cart", 80, fact: .tried(1, refusals: 1))
        }
        let policy = world.learn().policy(Self.web)
        #expect(policy?.heldBack.map(\.reason) == [reason])
        #expect(policy?.maturity == maturity)
        #expect(world.learn().policy(Self.api)?.maturity == .stable)
    }

    @Test(
        // The world starts on a Friday: its Sundays are the days 2 and 9.
        arguments: [(0...1, Maturity.learning), (2...3, .learning), (2...9, .stable)]
            as [(ClosedRange<Int32>, Maturity)])
    func `asks a scheduled workload for runs, not for days`(days: ClosedRange<Int32>, maturity: Maturity) {
        var world = Self.world()
        world.workload("shop/CronJob/report", schedule: "@weekly")
        world.connect("shop/CronJob/report", Self.api, 8080, fact: .seen(days: days))
        #expect(world.learn().policy("shop/CronJob/report")?.maturity == maturity)
    }

    // MARK: - Closed ingress

    @Test func `closes ingress where only the pod's own node came`() {
        var world = Self.world()
        world.connect("host 192.168.0.1", Self.web, 8080)
        world.connect(Self.web, Self.api, 8080)
        let policy = world.learn().policy(Self.web)
        #expect(policy?.ingress == .closed(.ownNodeOnly))
        #expect(policy?.manifest.policyTypes == [.ingress, .egress])
        #expect(policy?.manifest.ingress.isEmpty == true)
    }

    @Test func `closes the ingress of a job that nobody can call`() {
        var world = Self.world()
        world.workload("shop/CronJob/report", schedule: "@daily")
        world.workload("shop/CronJob/listener", ports: [.tcp(80)], schedule: "@daily")
        world.connect("shop/CronJob/report", Self.api, 8080)
        world.connect("shop/CronJob/listener", Self.api, 8080)
        let learned = world.learn()
        #expect(learned.policy("shop/CronJob/report")?.ingress == .closed(.noListener))
        #expect(learned.policy("shop/CronJob/listener")?.ingress == nil)
    }

    @Test func `closes nothing while some incoming connection is unclear`() {
        var world = Self.world()
        world.connect("host 192.168.0.1", Self.web, 8080)
        world.connect("unknown 10.1.2.3", Self.web, 8080)
        world.connect(Self.web, Self.api, 8080)
        #expect(world.learn().policy(Self.web)?.ingress == nil)
    }

    @Test func `never closes the cluster's DNS`() {
        var world = Self.world()
        world.workload("kube-system/Deployment/coredns", labels: ["k8s-app": "kube-dns"])
        world.service(
            "kube-system/kube-dns", at: "10.96.0.10", selector: ["k8s-app": "kube-dns"], port: 53,
            target: .number(Port(53)), protocols: [.udp, .tcp])
        world.connect("host 192.168.0.1", "kube-system/Deployment/coredns", 8080)
        world.connect("kube-system/Deployment/coredns", "world 203.0.113.53", 53, .udp)
        #expect(world.learn().policy("kube-system/Deployment/coredns")?.ingress == nil)
    }
}
