import Domain
import PolicyEvaluator
import Testing

struct NetworkSlackTests {
    private static let probes = [PortProbe(protocol: .tcp, port: Port(80)), PortProbe(protocol: .tcp, port: Port(81))]

    @Test func `a tight policy has no slack`() throws {
        let client = NetworkPolicy.Peer.pods(podSelector: Sample.selector(["app": "client"]), namespaceSelector: nil)
        let policy = Sample.policy(ingress: [.init(peers: [client], ports: [Sample.tcp(80)])])
        let parties = [try Sample.pod("shop", "client", "10.0.0.2"), try Sample.pod("shop", "web")]
        let evaluator = NetworkEvaluator(policies: [policy], namespaces: [:])
        let backwards = [0, 1].map { ConnectionCell(source: 1, destination: 0, probe: $0) }
        let observed = Set(backwards + [ConnectionCell(source: 0, destination: 1, probe: 0)])
        let slack = evaluator.slack(parties: parties, probes: Self.probes, observed: observed)
        #expect(slack.allowed == 3)
        #expect(slack.unobserved == 0)
        #expect(slack.examples.isEmpty)
    }

    @Test func `counts exactly where examples are capped, across more than one word of parties`() throws {
        let parties = try (0..<130).map { number in
            NetworkParty(
                namespace: Namespace("shop"), name: "pod-\(number)", labels: ["app": "web"],
                addresses: [try Sample.address("10.0.0.\(number)")])
        }
        let policy = Sample.policy(ingress: [.init(peers: [], ports: [Sample.tcp(80)])])
        let evaluator = NetworkEvaluator(policies: [policy], namespaces: [:])
        let slack = evaluator.slack(
            parties: parties, probes: Self.probes, observed: [ConnectionCell(source: 1, destination: 0, probe: 0)],
            maximumExamples: 2)
        #expect(slack.allowed == 130 * 129)
        #expect(slack.unobserved == 130 * 129 - 1)
        #expect(slack.examples.map(\.source) == [2, 3])
        #expect(slack.examples.allSatisfy { $0.destination == 0 && $0.probe == 0 })
        let more = evaluator.slack(parties: parties, probes: Self.probes, observed: [], maximumExamples: 129)
        #expect(more.examples.map(\.source) == Array(1..<130))
    }

    @Test(arguments: [20, 300])
    func `counts each party's own part, whether few or many may connect`(size: Int) throws {
        let parties = try (0..<size).map { number in
            NetworkParty(
                namespace: Namespace("shop"), name: "pod-\(number)", labels: number == 3 ? ["app": "web"] : [:],
                addresses: [try Sample.address("10.0.\(number / 250).\(number % 250)")])
        }
        let client = NetworkPolicy.Peer.pods(podSelector: Sample.selector(["app": "web"]), namespaceSelector: nil)
        let closed = Sample.policy(ingress: [.init(peers: [client], ports: [Sample.tcp(80)])])
        let evaluator = NetworkEvaluator(policies: [closed], namespaces: [:])
        let observed: Set = [ConnectionCell(source: 3, destination: 0, probe: 0)]
        let slack = evaluator.slack(parties: parties, probes: Self.probes, observed: observed)
        // Party 3 is the one that nobody else may reach; all others are open at both probes.
        let others = size - 1
        #expect(slack.byParty[3].incoming == 0 && slack.byParty[3].outgoing == 2 * others)
        #expect(slack.byParty[3].unobservedOutgoing == 2 * others - 1)
        #expect(slack.byParty[0].incoming == 2 * others && slack.byParty[0].unobservedIncoming == 2 * others - 1)
        #expect(slack.byParty[0].outgoing == 2 * (others - 1))
        #expect(slack.byParty[0].examples.count == 3)
        #expect(slack.byParty.reduce(0) { $0 + $1.incoming } == slack.allowed)
        #expect(slack.byParty.reduce(0) { $0 + $1.outgoing } == slack.allowed)
        #expect(slack.byParty.reduce(0) { $0 + $1.unobservedIncoming } == slack.unobserved)
        #expect(slack.byParty.reduce(0) { $0 + $1.unobservedOutgoing } == slack.unobserved)
    }

    @Test func `observations outside of the lists change nothing`() throws {
        let evaluator = NetworkEvaluator(policies: [], namespaces: [:])
        let parties = [try Sample.pod("shop", "client", "10.0.0.2"), try Sample.pod("shop", "web")]
        let odd: Set = [
            ConnectionCell(source: 9, destination: 0, probe: 0), ConnectionCell(source: 0, destination: -1, probe: 0),
            ConnectionCell(source: 0, destination: 1, probe: 7),
        ]
        #expect(evaluator.slack(parties: parties, probes: Self.probes, observed: odd).unobserved == 4)
        #expect(evaluator.slack(parties: [], probes: Self.probes, observed: odd).allowed == 0)
    }
}
