import Domain
import PolicyEvaluator
import Testing

struct NetworkEvaluatorPortTests {
    struct PortCase: Sendable {
        let ports: [NetworkPolicy.PolicyPort]
        let `protocol`: NetworkProtocol
        let allowed: [UInt16]
        let denied: [UInt16]
    }

    @Test(arguments: [
        PortCase(ports: [], protocol: .sctp, allowed: [1, 65535], denied: []),
        PortCase(ports: [Sample.tcp(80)], protocol: .tcp, allowed: [80], denied: [79, 81]),
        PortCase(ports: [Sample.tcp(80)], protocol: .udp, allowed: [], denied: [80]),
        PortCase(
            ports: [Sample.tcp(8000, end: 8010)], protocol: .tcp, allowed: [8000, 8005, 8010], denied: [7999, 8011]),
        PortCase(ports: [Sample.tcp(8000, end: 8000)], protocol: .tcp, allowed: [8000], denied: [8001]),
        PortCase(ports: [Sample.tcp(8000, end: 65535)], protocol: .tcp, allowed: [65535], denied: [7999]),
        PortCase(ports: [Sample.tcp(8010, end: 8000)], protocol: .tcp, allowed: [], denied: [8000, 8005, 8010]),
        PortCase(ports: [Sample.tcp(8000, end: 8010)], protocol: .udp, allowed: [], denied: [8005]),
        PortCase(ports: [.init(protocol: .udp, port: nil)], protocol: .udp, allowed: [53, 9999], denied: []),
        PortCase(ports: [.init(protocol: .udp, port: nil)], protocol: .tcp, allowed: [], denied: [53]),
        PortCase(
            ports: [.init(protocol: .sctp, port: .number(Port(80)))], protocol: .sctp, allowed: [80], denied: [81]),
        PortCase(
            ports: [.init(protocol: .sctp, port: .number(Port(80)))], protocol: .tcp, allowed: [], denied: [80, 81]),
        PortCase(ports: [Sample.tcp(80), Sample.tcp(443)], protocol: .tcp, allowed: [80, 443], denied: [81]),
    ])
    func `ports match by protocol, number and range`(_ example: PortCase) throws {
        let web = try Sample.pod("shop", "web")
        let client = try Sample.pod("shop", "client", "10.0.0.2")
        let rule = NetworkPolicy.Rule(peers: [], ports: example.ports)
        for (number, expected) in example.allowed.map({ ($0, true) }) + example.denied.map({ ($0, false) }) {
            let ingress = NetworkEvaluator.judge(
                [Sample.policy(ingress: [rule])], client, web, number, protocol: example.protocol)
            let egress = NetworkEvaluator.judge(
                [Sample.policy(types: [.egress], egress: [rule])], web, client, number, protocol: example.protocol)
            #expect(ingress.isAllowed == expected)
            #expect(egress.isAllowed == expected)
        }
    }

    private static func port(_ name: String, _ number: UInt16, _ protocol: NetworkProtocol = .tcp) -> ContainerPort {
        ContainerPort(name: name, number: Port(number), protocol: `protocol`)
    }

    @Test func `a named port is each subject's own for ingress`() throws {
        let policy = Sample.policy(ingress: [.init(peers: [], ports: [Sample.named("http")])])
        let old = try Sample.pod("shop", "web", ports: [Self.port("http", 8080)])
        let new = try Sample.pod("shop", "web", ports: [Self.port("http", 9090), Self.port("metrics", 8080)])
        let client = try Sample.pod("shop", "client", "10.0.0.2", ports: [Self.port("http", 7070)])
        #expect(NetworkEvaluator.judge([policy], client, old, 8080).isAllowed)
        #expect(NetworkEvaluator.judge([policy], client, old, 9090).isDenied)
        #expect(NetworkEvaluator.judge([policy], client, new, 9090).isAllowed)
        #expect(NetworkEvaluator.judge([policy], client, new, 8080).isDenied)
        #expect(NetworkEvaluator.judge([policy], client, new, 7070).isDenied)
    }

    @Test func `a named port is the destination's for egress`() throws {
        let policy = Sample.policy(types: [.egress], egress: [.init(peers: [], ports: [Sample.named("http")])])
        let web = try Sample.pod("shop", "web", ports: [Self.port("http", 8080)])
        let api = try Sample.pod("shop", "api", "10.0.0.2", ports: [Self.port("http", 9090)])
        let host = try Sample.pod(
            "shop", "agent", "192.0.2.7", ports: [Self.port("http", 9090)], hostNetwork: true)
        #expect(NetworkEvaluator.judge([policy], web, api, 9090).isAllowed)
        #expect(NetworkEvaluator.judge([policy], web, api, 8080).isDenied)
        #expect(NetworkEvaluator.judge([policy], web, host, 9090).isDenied)
        #expect(NetworkEvaluator.judge([policy], web, try Sample.outside("203.0.113.9"), 8080).isDenied)
    }

    @Test func `a named port holds for its protocol only`() throws {
        let ports = [Self.port("dns", 53, .udp), Self.port("dns-tcp", 53)]
        let web = try Sample.pod("shop", "web", ports: ports)
        let client = try Sample.pod("shop", "client", "10.0.0.2")
        let policy = Sample.policy(ingress: [.init(peers: [], ports: [Sample.named("dns", .udp)])])
        #expect(NetworkEvaluator.judge([policy], client, web, 53, protocol: .udp).isAllowed)
        #expect(NetworkEvaluator.judge([policy], client, web, 53).isDenied)
        let mistaken = Sample.policy(ingress: [.init(peers: [], ports: [Sample.named("dns")])])
        #expect(NetworkEvaluator.judge([mistaken], client, web, 53).isDenied)
        #expect(NetworkEvaluator.judge([mistaken], client, web, 53, protocol: .udp).isDenied)
    }
}
