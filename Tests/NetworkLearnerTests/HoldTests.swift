import Domain
import NetworkLearner
import Testing

/// What is observed and still makes no rule.
@Suite struct HoldTests {
    private static let web = "shop/Deployment/web"
    private static let api = "shop/Deployment/api"
    private static let text = "shop/Deployment/web -> shop/Deployment/api TCP/8080"

    private static func world(ports: [ContainerPort] = []) -> World {
        var world = World()
        world.workload(web)
        world.workload(api, ports: ports)
        // Some edge has to show that this store knows answers.
        world.workloads("other/Deployment/a", "other/Deployment/b")
        world.connect("other/Deployment/a", "other/Deployment/b", 1)
        return world
    }

    // MARK: - Direction

    @Test func `holds back a direction that nothing confirms`() {
        var world = Self.world()
        world.connect(Self.web, Self.api, 8080, direction: .unknown)
        let learned = world.learn()
        #expect(learned.held(.unknownDirection) == [Self.text])
        #expect(learned.policy(Self.api) == nil)
    }

    @Test func `believes a direction towards a declared port`() {
        var world = Self.world(ports: [.tcp(8080)])
        world.connect(Self.web, Self.api, 8080, direction: .unknown)
        let learned = world.learn()
        #expect(learned.ingress(Self.api) == ["shop{app=web} TCP/8080"])
        #expect(
            learned.evidence(Self.api).first?.note == "direction inferred: the destination is known to listen there")
    }

    @Test func `believes a direction towards a Service's target port`() {
        var world = Self.world()
        world.service("shop/api", at: "10.96.0.7", selector: ["app": "api"], target: .number(Port(8080)))
        world.connect(Self.web, Self.api, 8080, direction: .unknown)
        #expect(world.learn().ingress(Self.api) == ["shop{app=web} TCP/8080"])
    }

    @Test func `believes a direction towards a port that another reached for certain`() {
        var world = Self.world()
        world.connect(Self.web, Self.api, 8080, direction: .unknown)
        world.connect("world 203.0.113.9", Self.api, 8080)
        #expect(world.learn().ingress(Self.api) == ["203.0.113.9/32 TCP/8080", "shop{app=web} TCP/8080"])
    }

    @Test(arguments: [(UInt16(8080), NetworkProtocol.udp), (8081, .tcp)])
    func `believes no direction for another port or protocol`(port: UInt16, proto: NetworkProtocol) {
        var world = Self.world(ports: [.tcp(8080)])
        world.connect(Self.web, Self.api, port, proto, direction: .unknown)
        #expect(world.learn().held(.unknownDirection).count == 1)
    }

    // MARK: - Answers

    @Test(arguments: [
        (ConnectionFact.tried(1, refusals: 1), true), (.tried(3, refusals: 1), true), (.seen(refusals: 5), false),
    ])
    func `holds back what was only ever refused`(fact: ConnectionFact, isHeld: Bool) {
        var world = Self.world()
        world.connect(Self.web, Self.api, 8080, fact: fact)
        let learned = world.learn()
        #expect(learned.held(.refused) == (isHeld ? [Self.text] : []))
        #expect((learned.policy(Self.api) == nil) == isHeld)
    }

    @Test(arguments: [(0...0, false), (0...3, false), (0...4, true), (3...12, true)] as [(ClosedRange<Int32>, Bool)])
    func `holds back what was tried for days and never answered`(days: ClosedRange<Int32>, isHeld: Bool) {
        var world = Self.world()
        world.connect(Self.web, Self.api, 8080, fact: .seen(count: 1000, attempts: 1000, answers: 0, days: days))
        let learned = world.learn()
        #expect(learned.held(.neverAnswered) == (isHeld ? [Self.text] : []))
        #expect((learned.policy(Self.api) == nil) == isHeld)
    }

    @Test func `takes silence for nothing where no answer is ever shown`() {
        var world = World()
        world.workloads(Self.web, Self.api)
        world.connect(Self.web, Self.api, 8080, fact: .tried(1000))
        #expect(world.learn().ingress(Self.api) == ["shop{app=web} TCP/8080"])
    }

    @Test func `asks no answer of a protocol without handshake`() {
        var world = Self.world()
        world.connect(Self.web, Self.api, 8125, .udp, fact: .seen(count: 100, attempts: 0, answers: 0))
        #expect(world.learn().ingress(Self.api) == ["shop{app=web} UDP/8125"])
    }

    // MARK: - Bursts

    @Test(arguments: [0, 1, 6])
    func `holds back a scan, what answered included`(answered: Int) {
        var world = Self.world()
        for port in 0..<12 {
            world.connect(
                Self.web, Self.api, UInt16(1000 + port), fact: .brief(second: Int64(port), answered: port < answered))
        }
        let learned = world.learn()
        #expect(learned.held(.burst).count == 12)
        #expect(learned.policy(Self.api) == nil)
    }

    @Test func `keeps what a scan met but others use as well`() {
        var world = Self.world()
        for port in 0..<12 {
            world.connect(
                Self.web, Self.api, UInt16(1000 + port), fact: .brief(second: Int64(port), answered: port == 0))
        }
        world.connect(Self.web, Self.api, 1000)
        world.connect("world 203.0.113.9", Self.api, 1001)
        let learned = world.learn()
        // With the long-lived one gone from it, the burst is one target short.
        #expect(learned.held(.burst).isEmpty)
        #expect(learned.held(.refused).count == 11 - 0)
        #expect(learned.ingress(Self.api) == ["203.0.113.9/32 TCP/1001", "shop{app=web} TCP/1000"])
    }

    @Test(arguments: [7, 12])
    func `keeps a rare job's wide run that is mostly answered`(answered: Int) {
        var world = Self.world()
        for port in 0..<12 {
            world.connect(
                Self.web, Self.api, UInt16(1000 + port), fact: .brief(second: Int64(port), answered: port < answered))
        }
        let learned = world.learn()
        #expect(learned.held(.burst).isEmpty)
        #expect(learned.held(.refused).count == 12 - answered)
        #expect(learned.ingress(Self.api)?.count == answered)
    }

    @Test(arguments: [(600, true), (601, false)] as [(Int64, Bool)])
    func `looks at one window at a time`(span: Int64, isScan: Bool) {
        var world = Self.world()
        for port in 0..<11 {
            world.connect(Self.web, Self.api, UInt16(1000 + port), fact: .brief(second: 0, answered: false))
        }
        world.connect(Self.web, Self.api, 2000, fact: .brief(second: span, answered: true))
        #expect(world.learn().held(.burst).count == (isScan ? 12 : 0))
    }

    /// Seven that answer and six that do not, all at one moment: less than half, in whatever order they are counted.
    @Test func `judges targets of one moment together`() {
        var world = Self.world()
        for port in 0..<13 {
            world.connect(Self.web, Self.api, UInt16(1000 + port), fact: .brief(second: 5, answered: port % 2 == 0))
        }
        for _ in 0..<10 {
            world.edges.shuffle()
            #expect(world.learn().held(.burst).isEmpty)
        }
    }

    // MARK: - Ports and protocols

    @Test(arguments: [(UInt16(38412), NetworkProtocol.sctp, false), (38412, .tcp, true), (38413, .sctp, true)])
    func `knows servers that are registered in the ephemeral range`(port: UInt16, proto: NetworkProtocol, isHeld: Bool)
    {
        var world = Self.world()
        world.connect(Self.web, Self.api, port, proto)
        #expect(world.learn().held(.dynamicPort).isEmpty == !isHeld)
    }

    @Test(arguments: [(32767, false), (32768, true), (60999, true), (61000, false)] as [(UInt16, Bool)])
    func `holds back an ephemeral port that nothing declares`(port: UInt16, isHeld: Bool) {
        var world = Self.world()
        world.connect(Self.web, Self.api, port)
        #expect(world.learn().held(.dynamicPort).count == (isHeld ? 1 : 0))
        var declared = Self.world(ports: [.tcp(port)])
        declared.connect(Self.web, Self.api, port)
        #expect(declared.learn().ingress(Self.api) == ["shop{app=web} TCP/\(port)"])
    }

    @Test(arguments: [NetworkProtocol.icmpv4, .icmpv6])
    func `holds back what a policy cannot say`(proto: NetworkProtocol) {
        var world = Self.world()
        world.connect(Self.web, Self.api, 0, proto)
        let learned = world.learn()
        #expect(learned.held(.notExpressible) == ["shop/Deployment/web -> shop/Deployment/api \(proto.name)"])
        #expect(learned.policy(Self.api) == nil)
    }

    // MARK: - Where it is shown

    @Test func `shows a held connection once at each workload that has a policy`() {
        var world = Self.world()
        world.connect(Self.web, Self.api, 8080)
        world.connect(Self.web, Self.web, 40000)
        world.connect(Self.web, "shop/Deployment/gone", 80)
        world.connect("shop/Deployment/gone", "shop/Deployment/gone", 80)
        let learned = world.learn()
        #expect(learned.policy(Self.web)?.heldBack.map(\.reason) == [.dynamicPort, .goneWorkload])
        #expect(learned.unplaced.map(\.what) == ["shop/Deployment/gone -> shop/Deployment/gone TCP/80"])
        #expect(learned.heldBack.count == 3)
    }
}
