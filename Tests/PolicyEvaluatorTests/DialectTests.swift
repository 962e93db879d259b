import Domain
import PolicyEvaluator
import Testing

/// What policies of other dialects than `networking.k8s.io/v1` mean; docs/DIALECTS.md has the sources.
struct DialectTests {
    private static let apiServer = NetworkPolicy.Peer.entity(.apiServer)
    private static let host = NetworkPolicy.Peer.entity(.host)
    private static let remoteNode = NetworkPolicy.Peer.entity(.remoteNode)
    private static let world = NetworkPolicy.Peer.entity(.world)

    private static func policy(
        _ dialect: PolicyDialect, _ name: String = "web", types: [NetworkPolicy.PolicyType],
        _ rules: [NetworkPolicy.Rule] = []
    ) -> NetworkPolicy {
        var policy = Sample.policy(
            name, types: types, ingress: types.contains(.ingress) ? rules : [],
            egress: types.contains(.egress) ? rules : [])
        policy.dialect = dialect
        return policy
    }

    private static func leaving(_ dialect: PolicyDialect, to peers: [NetworkPolicy.Peer]) -> NetworkPolicy {
        policy(dialect, types: [.egress], [.init(peers: peers, ports: [Sample.tcp(80)])])
    }

    struct Party: Sendable, CustomTestStringConvertible {
        let name: String
        let make: @Sendable () throws -> NetworkParty

        var testDescription: String { name }

        func callAsFunction() throws -> NetworkParty { try make() }
    }

    private static let ownNode = Party(name: "own node") { try Sample.outside("192.0.2.1", node: "n1") }
    private static let otherNode = Party(name: "other node") { try Sample.outside("192.0.2.2", node: "n2") }
    private static let someNode = Party(name: "some node") {
        NetworkParty(addresses: [try Sample.address("192.0.2.3")], isNode: true)
    }
    private static let agent = Party(name: "host-network pod on another node") {
        try Sample.pod("shop", "client", "192.0.2.2", hostNetwork: true, node: "n2")
    }
    private static let api = Party(name: "API server on another node") {
        NetworkParty(addresses: [try Sample.address("192.0.2.2")], nodeName: "n2", isAPIServer: true)
    }
    private static let managedAPI = Party(name: "API server outside") {
        NetworkParty(addresses: [try Sample.address("192.0.2.9")], isAPIServer: true)
    }
    private static let outside = Party(name: "outside") { try Sample.outside("192.0.2.77") }
    private static let pod = Party(name: "pod") { try Sample.pod("shop", "client", "192.0.2.5", node: "n2") }
    private static let all = [ownNode, otherNode, someNode, agent, api, managedAPI, outside, pod]

    @Test func `lets nobody in by a name, which only egress rules can have`() throws {
        let peers: [NetworkPolicy.Peer] = [.name("client.example.com")]
        let named = NetworkParty(addresses: [try Sample.address("192.0.2.77")], names: ["client.example.com"])
        let web = try Sample.pod("shop", "web")
        let policy = Self.policy(.cilium, types: [.ingress], [.init(peers: peers, ports: [Sample.tcp(80)])])
        let entering = ConnectionAttempt(source: named, destination: web, protocol: .tcp, port: Port(80))
        #expect(!NetworkEvaluator(policies: [policy], namespaces: [:]).isAllowed(entering))
        let leaving = ConnectionAttempt(source: web, destination: named, protocol: .tcp, port: Port(80))
        let out = Self.leaving(.cilium, to: peers)
        #expect(NetworkEvaluator(policies: [out], namespaces: [:]).isAllowed(leaving))
    }

    struct EntityCase: Sendable {
        let peers: [NetworkPolicy.Peer]
        /// The names of the parties that a pod on n1 reaches.
        let reached: Set<String>
    }

    @Test(arguments: [
        EntityCase(peers: [host], reached: ["own node"]),
        EntityCase(
            peers: [remoteNode],
            reached: ["other node", "host-network pod on another node", "API server on another node"]),
        EntityCase(
            peers: [host, remoteNode],
            reached: [
                "own node", "other node", "some node", "host-network pod on another node",
                "API server on another node",
            ]),
        EntityCase(peers: [apiServer], reached: ["API server on another node", "API server outside"]),
        EntityCase(peers: [world], reached: ["outside"]),
        EntityCase(peers: [.ipBlock(.anyIPv4, except: [])], reached: ["outside"]),
        EntityCase(peers: [.name("*")], reached: []),
    ])
    func `entities are whom Cilium knows, and its address ranges nobody in the cluster`(_ example: EntityCase) throws {
        let web = try Sample.pod("shop", "web", node: "n1")
        let policy = Self.leaving(.cilium, to: example.peers)
        let reached = try Self.all.filter { NetworkEvaluator.judge([policy], web, try $0()).isAllowed }.map(\.name)
        #expect(Set(reached) == example.reached)
    }

    @Test(arguments: [PolicyDialect.kubernetes, .calico])
    func `address ranges of the other dialects hold whoever has the address`(dialect: PolicyDialect) throws {
        let web = try Sample.pod("shop", "web", node: "n1")
        let policy = Self.leaving(dialect, to: [.ipBlock(.anyIPv4, except: [])])
        for party in Self.all { #expect(NetworkEvaluator.judge([policy], web, try party()).isAllowed, "\(party.name)") }
        let named = Self.leaving(dialect, to: [Self.world, Self.apiServer, .name("*")])
        for party in Self.all { #expect(NetworkEvaluator.judge([named], web, try party()).isDenied, "\(party.name)") }
    }

    @Test func `exceptions hold in ranges of Cilium too`() throws {
        let web = try Sample.pod("shop", "web")
        let policy = Self.leaving(.cilium, to: [try Sample.block("192.0.2.0/24", except: ["192.0.2.77/32"])])
        #expect(NetworkEvaluator.judge([policy], web, try Self.outside()).isDenied)
        #expect(NetworkEvaluator.judge([policy], web, try Sample.outside("192.0.2.78")).isAllowed)
    }

    @Test func `a node that may be the pod's own comes in as another, and is reached only as both`() throws {
        let web = try Sample.pod("shop", "web")
        let node = try Self.otherNode()
        func entering(_ peers: [NetworkPolicy.Peer]) -> Bool {
            let policy = Self.policy(.cilium, types: [.ingress], [.init(peers: peers, ports: [])])
            return NetworkEvaluator.judge([policy], node, web).isAllowed
        }
        func reached(_ peers: [NetworkPolicy.Peer]) -> Bool {
            NetworkEvaluator.judge([Self.leaving(.cilium, to: peers)], web, node).isAllowed
        }
        #expect(entering([Self.remoteNode]))
        #expect(!entering([Self.host]))
        #expect(!reached([Self.remoteNode]))
        #expect(!reached([Self.host]))
        #expect(reached([Self.host, Self.remoteNode]))
    }

    struct NameCase: Sendable {
        let pattern: String
        let name: String
        let matches: Bool
    }

    @Test(arguments: [
        NameCase(pattern: "api.example.com", name: "api.example.com", matches: true),
        NameCase(pattern: "API.example.com.", name: "api.Example.com", matches: true),
        NameCase(pattern: "api.example.com", name: "api.example.com.", matches: true),
        NameCase(pattern: "api.example.com", name: "www.api.example.com", matches: false),
        NameCase(pattern: "api.example.com", name: "apixexample.com", matches: false),
        // The documentation's own examples of `matchPattern`.
        NameCase(pattern: "*.cilium.io", name: "www.cilium.io", matches: true),
        NameCase(pattern: "*.cilium.io", name: "blog.cilium.io", matches: true),
        NameCase(pattern: "*.cilium.io", name: "cilium.io", matches: false),
        NameCase(pattern: "*.cilium.io", name: "google.com", matches: false),
        NameCase(pattern: "*cilium.io", name: "cilium.io", matches: true),
        NameCase(pattern: "*cilium.io", name: "sub-cilium.io", matches: true),
        NameCase(pattern: "*cilium.io", name: "www.cilium.io", matches: false),
        NameCase(pattern: "sub*.cilium.io", name: "sub.cilium.io", matches: true),
        NameCase(pattern: "sub*.cilium.io", name: "subdomain.cilium.io", matches: true),
        NameCase(pattern: "sub*.cilium.io", name: "www.cilium.io", matches: false),
        NameCase(pattern: "*.cilium.io", name: "a.b.cilium.io", matches: false),
        NameCase(pattern: "a*b*c.io", name: "abbxbc.io", matches: true),
        NameCase(pattern: "a*b*c.io", name: "abbxb.io", matches: false),
        NameCase(pattern: "*.io", name: "a b.io", matches: false),
        NameCase(pattern: "*", name: "a.b.cilium.io", matches: true),
    ])
    func `names match label by label`(_ example: NameCase) throws {
        let host = NetworkParty(addresses: [try Sample.address("192.0.2.77")], names: ["other.test", example.name])
        let verdict = NetworkEvaluator.judge(
            [Self.leaving(.cilium, to: [.name(example.pattern)])], try Sample.pod("shop", "web"), host)
        #expect(verdict.isAllowed == example.matches)
    }

    @Test func `a name reaches nothing in the cluster`() throws {
        let node = NetworkParty(
            addresses: [try Sample.address("192.0.2.2")], nodeName: "n2", names: ["api.example.com"])
        let policy = Self.leaving(.cilium, to: [.name("api.example.com")])
        #expect(NetworkEvaluator.judge([policy], try Sample.pod("shop", "web"), node).isDenied)
    }
}
