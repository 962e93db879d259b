import Domain
import PolicyEvaluator
import Testing

struct DialectICMPTests {
    private static let ping = NetworkPolicy.PolicyPort(protocol: .icmpv4, port: nil)
    private static let client = NetworkPolicy.Peer.pods(
        podSelector: Sample.selector(["app": "client"]), namespaceSelector: nil)

    private static func policy(
        _ dialect: PolicyDialect, _ name: String, _ ports: [NetworkPolicy.PolicyPort]?, labels: Labels = [:]
    ) -> NetworkPolicy {
        var policy = Sample.policy(
            name, types: [.ingress], ingress: ports.map { [.init(peers: [client], ports: $0)] } ?? [])
        policy.dialect = dialect
        policy.labels = labels
        return policy
    }

    private func ping(_ policies: [NetworkPolicy], _ protocol: NetworkProtocol = .icmpv4) throws -> NetworkVerdict {
        NetworkEvaluator.judge(
            policies, try Sample.pod("shop", "client", "10.0.0.2"), try Sample.pod("shop", "web"), 0,
            protocol: `protocol`)
    }

    @Test(arguments: [PolicyDialect.cilium, .calico])
    func `ICMP is denied unless a rule opens it or every port`(dialect: PolicyDialect) throws {
        #expect(try ping([Self.policy(dialect, "p", nil)]).isDenied)
        #expect(try ping([Self.policy(dialect, "p", [Sample.tcp(80)])]).isDenied)
        #expect(try ping([Self.policy(dialect, "p", [Self.ping])]).isAllowed)
        #expect(try ping([Self.policy(dialect, "p", [])]).isAllowed)
        #expect(try ping([Self.policy(dialect, "p", [Self.ping])], .icmpv6).isDenied)
    }

    @Test func `beside a policy of Kubernetes the other decides, and is named`() throws {
        let plain = Self.policy(.kubernetes, "plain", [])
        guard case .denied(let denials) = try ping([plain, Self.policy(.cilium, "strict", nil)]) else {
            Issue.record("not denied")
            return
        }
        #expect(denials.map { $0.policies.map(\.name) } == [["strict"]])
        #expect(try ping([plain, Self.policy(.cilium, "open", [Self.ping])]).isAllowed)
        #expect(try ping([plain]) == .notExpressible)
        #expect(try ping([]).isAllowed)
    }

    @Test func `a denial at one end outweighs what is open at the other`() throws {
        var leaving = Sample.policy("client", types: [.egress])
        leaving.podSelector = Sample.selector(["app": "client"])
        #expect(try ping([leaving]) == .notExpressible)
        #expect(try ping([leaving, Self.policy(.calico, "p", nil)]).isDenied)
    }

    @Test func `staged policies isolate nothing, but those to be judged as enforced do`() throws {
        let staged = Self.policy(.calicoStaged, "staged", nil, labels: ["by": "us"])
        let web = try Sample.pod("shop", "web")
        let attempt = ConnectionAttempt(
            source: try Sample.pod("shop", "client", "10.0.0.2"), destination: web, protocol: .tcp, port: Port(80))
        func verdict(_ enforced: LabelSelector?) -> NetworkVerdict {
            NetworkEvaluator(policies: [staged], namespaces: [:], enforcedStaged: enforced).verdict(attempt)
        }
        #expect(verdict(nil) == .allowed(egress: .notIsolated, ingress: .notIsolated))
        #expect(verdict(Sample.selector(["by": "us"])).isDenied)
        #expect(verdict(Sample.selector(["by": "them"])).isAllowed)
    }
}
