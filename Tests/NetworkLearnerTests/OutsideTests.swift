import Domain
import NetworkLearner
import Testing

/// Addresses outside of the cluster: exact, or joined within the bounds that are set.
@Suite struct OutsideTests {
    private static let web = "shop/Deployment/web"

    private static func world(_ addresses: [String], name: String? = "cdn.example.com") -> World {
        var world = World()
        world.workload(web)
        for address in addresses {
            world.connect(web, "world \(address)", 443)
            if let name { world.inventory.names[.of(address)] = [name] }
        }
        return world
    }

    private static let dense = [33, 34, 36, 37, 38, 40, 41, 42, 43, 46].map { "198.51.100.\($0)" }

    @Test func `joins addresses of one name where most of the range was seen, and says how many were not`() throws {
        let world = Self.world(Self.dense)
        #expect(world.learn().egress(Self.web) == ["198.51.100.32/28 TCP/443"])
        let rule = try #require(world.learn().policy(Self.web)?.egress?.rules.last)
        #expect(rule.unseenAddresses == 6)
    }

    @Test(arguments: [
        ("unnamed", 32.0, 0.5, 4), ("named", 0.0, 0.5, 4), ("named", 5.0, 0.5, 4), ("named", 32.0, 0.7, 4),
        ("named", 32.0, 0.5, 11),
    ])
    func `stays exact without a name, and beyond any bound`(kind: String, unseen: Double, share: Double, minimum: Int) {
        var world = Self.world(Self.dense, name: kind == "named" ? "cdn.example.com" : nil)
        world.options.outside.unseenAddresses = unseen
        world.options.outside.minimumShare = share
        world.options.outside.minimumAddresses = minimum
        let blocks = world.learn().egress(Self.web) ?? []
        #expect(!blocks.contains("198.51.100.32/28 TCP/443"))
        let seen = blocks.compactMap { CIDR($0.split(separator: " ")[0]) }
        #expect(Self.dense.allSatisfy { address in seen.contains { $0.contains(.of(address)) } })
        #expect(seen.reduce(0) { $0 + (1 << (32 - $1.length)) } == Self.dense.count)
    }

    @Test func `never joins over addresses of the cluster`() {
        var world = Self.world(Self.dense)
        world.node("n1", at: "198.51.100.39")
        #expect(world.learn().egress(Self.web)?.contains("198.51.100.32/28 TCP/443") == false)
    }

    @Test func `joins IPv6 by its own measure`() {
        let addresses = (0..<12).map { "2001:db8::\(String($0, radix: 16))" }
        #expect(Self.world(addresses).learn().egress(Self.web) == ["2001:db8::/124 TCP/443"])
    }

    // MARK: - What looks outside and is not

    @Test(arguments: ["169.254.169.254", "fd00:ec2::254"])
    func `holds back the metadata address unless it is allowed`(address: String) {
        var world = Self.world([address], name: nil)
        let learned = world.learn()
        #expect(learned.egress(Self.web) == nil)
        #expect(learned.held(.metadata).count == 1)
        world.options.metadata = .allow
        #expect(world.learn().held(.metadata) == [])
        #expect(world.learn().egress(Self.web)?.count == 1)
    }

    @Test func `gives every workload a resolver on its node once one uses it`() {
        var world = Self.world([], name: nil)
        world.workload("shop/Deployment/api")
        world.connect(Self.web, "host 169.254.20.10", 53, .udp)
        world.connect("shop/Deployment/api", "world 203.0.113.9", 443)
        let blocks = ["169.254.20.10/32 TCP/53", "169.254.20.10/32 UDP/53"]
        #expect(world.learn().egress(Self.web) == blocks)
        #expect(world.learn().egress("shop/Deployment/api") == blocks + ["203.0.113.9/32 TCP/443"])
    }

    @Test(arguments: ["node 10.244.7.7", "node 10.96.0.10", "api 10.244.7.7", "host 10.244.7.7"])
    func `never writes an address of the cluster whatever a record calls it`(peer: String) {
        var world = Self.world([], name: nil)
        world.node("n1", at: "192.168.0.2", pods: "10.244.0.0/16")
        world.service("kube-system/dns", at: "10.96.0.10", target: .number(Port(53)))
        world.connect(Self.web, peer, 4240)
        let blocks = (world.learn().egress(Self.web) ?? []).compactMap { CIDR($0.split(separator: " ")[0]) }
        #expect(blocks.allSatisfy { !$0.overlaps(CIDR("10.0.0.0/8") ?? .anyIPv4) })
    }

    @Test func `lets in whom a load balancer lets in, not everyone`() {
        var world = World()
        world.workload(Self.web)
        world.inventory.services = [
            Service(
                namespace: Namespace("shop"), name: "front", type: .loadBalancer, clusterAddresses: [.of("10.96.0.9")],
                externalAddresses: [], selector: ["app": "web"],
                ports: [
                    ServicePort(name: "", protocol: .tcp, port: Port(80), target: .number(Port(80)), nodePort: nil)
                ],
                externalName: "", endpoints: [], isRouted: false,
                sourceRanges: [CIDR("198.51.100.0/24")].compactMap { $0 })
        ]
        world.connect("world 198.51.100.7", Self.web, 80)
        #expect(world.learn().ingress(Self.web) == ["198.51.100.0/24 TCP/80"])
    }

    @Test func `counts clients behind a node's port as clients, also those of the own node`() {
        var world = World()
        world.workload(Self.web)
        world.node("n1", at: "192.168.0.2")
        world.service("shop/web", at: "10.96.0.9", selector: ["app": "web"], target: .number(Port(80)), type: .nodePort)
        world.connect("host 192.168.0.2", Self.web, 80)
        #expect(world.learn().ingress(Self.web) == ["0.0.0.0/0 TCP/80"])
        world.inventory.services = []
        #expect(world.learn().ingress(Self.web) == nil)
    }
}
