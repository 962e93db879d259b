import Domain
import PolicyEvaluator
import Testing

struct NetworkEvaluatorAddressTests {
    struct BlockCase: Sendable {
        let block: String
        let except: [String]
        let allowed: [String]
        let denied: [String]
    }

    @Test(arguments: [
        BlockCase(
            block: "198.51.100.0/24", except: [], allowed: ["198.51.100.0", "198.51.100.255"],
            denied: ["198.51.101.0", "198.51.99.255", "::198.51.100.1"]),
        BlockCase(
            block: "198.51.100.0/24", except: ["198.51.100.64/26", "198.51.100.7/32"],
            allowed: ["198.51.100.63", "198.51.100.128", "198.51.100.6"],
            denied: ["198.51.100.64", "198.51.100.127", "198.51.100.7"]),
        BlockCase(block: "198.51.100.7/32", except: [], allowed: ["198.51.100.7"], denied: ["198.51.100.8"]),
        BlockCase(
            block: "0.0.0.0/0", except: ["10.0.0.0/8"], allowed: ["198.51.100.1"], denied: ["10.1.2.3", "2001:db8::1"]),
        BlockCase(
            block: "::/0", except: ["2001:db8:1::/48"], allowed: ["2001:db8:2::1", "::1"],
            denied: ["2001:db8:1::1", "198.51.100.1"]),
        BlockCase(
            block: "2001:db8::/32", except: ["2001:db8:ffff:8000::/49"],
            allowed: ["2001:db8::1", "2001:db8:ffff:7fff::1"], denied: ["2001:db9::1", "2001:db8:ffff:8000::1"]),
        BlockCase(block: "2001:db8::1/128", except: [], allowed: ["2001:db8::1"], denied: ["2001:db8::2"]),
        BlockCase(block: "198.51.100.0/24", except: [], allowed: ["::ffff:198.51.100.1"], denied: ["::ffff:1.2.3.4"]),
    ])
    func `a block holds the addresses of its family that no exception takes out`(_ example: BlockCase) throws {
        let peer = try Sample.block(example.block, except: example.except)
        let web = try Sample.pod("shop", "web")
        let ingress = Sample.policy(ingress: [.init(peers: [peer], ports: [])])
        let egress = Sample.policy(types: [.egress], egress: [.init(peers: [peer], ports: [])])
        for (text, expected) in example.allowed.map({ ($0, true) }) + example.denied.map({ ($0, false) }) {
            let party = try Sample.outside(text)
            #expect(NetworkEvaluator.judge([ingress], party, web).isAllowed == expected, "\(text)")
            #expect(NetworkEvaluator.judge([egress], web, party).isAllowed == expected, "\(text)")
        }
    }

    @Test func `an exception of one block does not bind another`() throws {
        let peers = [
            try Sample.block("198.51.100.0/24", except: ["198.51.100.0/25"]), try Sample.block("198.51.100.7/32"),
        ]
        let policy = Sample.policy(ingress: [.init(peers: peers, ports: [])])
        let web = try Sample.pod("shop", "web")
        #expect(NetworkEvaluator.judge([policy], try Sample.outside("198.51.100.7"), web).isAllowed)
        #expect(NetworkEvaluator.judge([policy], try Sample.outside("198.51.100.8"), web).isDenied)
    }

    @Test func `a dual-stack party matches by any address, unless the attempt names one`() throws {
        let four = try Sample.address("198.51.100.7")
        let six = try Sample.address("2001:db8::7")
        let party = NetworkParty(addresses: [four, six])
        let web = try Sample.pod("shop", "web")
        let peer = try Sample.block("2001:db8::/64")
        let evaluator = NetworkEvaluator(
            policies: [
                Sample.policy(
                    types: [.ingress, .egress], ingress: [.init(peers: [peer], ports: [])],
                    egress: [.init(peers: [peer], ports: [])])
            ], namespaces: [:])
        for (pinned, expected) in [(nil, true), (six, true), (four, false)] {
            let into = ConnectionAttempt(
                source: party, destination: web, protocol: .tcp, port: Port(80), sourceAddress: pinned)
            let out = ConnectionAttempt(
                source: web, destination: party, protocol: .tcp, port: Port(80), destinationAddress: pinned)
            #expect(evaluator.verdict(into).isAllowed == expected)
            #expect(evaluator.verdict(out).isAllowed == expected)
        }
    }

    @Test func `a block holds pods by their addresses`() throws {
        let policy = Sample.policy(ingress: [.init(peers: [try Sample.block("10.0.0.2/32")], ports: [])])
        let web = try Sample.pod("shop", "web")
        #expect(NetworkEvaluator.judge([policy], try Sample.pod("ops", "client", "10.0.0.2"), web).isAllowed)
        #expect(NetworkEvaluator.judge([policy], try Sample.pod("ops", "client", "10.0.0.3"), web).isDenied)
    }

    @Test func `outside addresses are reached freely by pods that nothing isolates`() throws {
        let policy = Sample.policy(types: [.egress])
        let client = try Sample.pod("shop", "client", "10.0.0.2")
        #expect(NetworkEvaluator.judge([policy], client, try Sample.outside("203.0.113.1")).isAllowed)
        #expect(
            NetworkEvaluator.judge([policy], try Sample.pod("shop", "web"), try Sample.outside("203.0.113.1")).isDenied)
    }
}
