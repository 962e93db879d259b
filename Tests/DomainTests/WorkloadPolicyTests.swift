import Domain
import Testing

@Suite struct WorkloadPolicyTests {
    private static let id = WorkloadID(
        cluster: ClusterName("c"), namespace: Namespace("shop"), kind: "Deployment", name: "web")

    @Test func `cannot hold an empty selector, peer list, port list or direction`() throws {
        let labels = try #require(PodLabels(["app": "web"]))
        let peer = RulePeer.pods(Namespace("shop"), labels)
        let port = RulePort(.tcp, Port(80))
        #expect(PodLabels([:]) == nil)
        #expect(NetworkRule(peers: [], ports: [port], evidence: EvidenceList([])) == nil)
        #expect(NetworkRule(peers: [peer], ports: [], evidence: EvidenceList([])) == nil)
        #expect(NetworkRule(peers: [peer], ports: [port], evidence: EvidenceList([])) != nil)
        #expect(WorkloadPolicy.DirectionRules([]) == nil)
    }

    @Test func `selects pods that carry all of the labels`() throws {
        let labels = try #require(PodLabels(["app": "web", "tier": "front"]))
        #expect(labels.match(["app": "web", "tier": "front", "x": "y"]))
        #expect(!labels.match(["app": "web"]))
        #expect(!labels.match(["app": "web", "tier": "back"]))
        #expect(!labels.match([:]))
    }

    @Test func `isolates only the directions that were learned`() throws {
        let rules = try Self.rules([.block(.anyIPv4)])
        #expect(try Self.policy(ingress: rules, egress: nil).manifest.policyTypes == [.ingress])
        #expect(try Self.policy(ingress: nil, egress: rules).manifest.policyTypes == [.egress])
        #expect(try Self.policy(ingress: rules, egress: rules).manifest.policyTypes == [.ingress, .egress])
        #expect(try Self.policy(ingress: nil, egress: rules).manifest.ingress.isEmpty)
    }

    @Test func `names another namespace by its own label, and leaves out its own`() throws {
        let labels = try #require(PodLabels(["app": "api"]))
        let peers: [RulePeer] = [
            .pods(Namespace("shop"), labels), .pods(Namespace("data"), labels), .everyNamespace, .block(.anyIPv6),
        ]
        let manifest = try Self.policy(ingress: Self.rules(peers), egress: nil).manifest
        let selector = LabelSelector(matchLabels: ["app": "api"])
        #expect(
            manifest.ingress == [
                NetworkPolicy.Rule(
                    peers: [
                        .pods(podSelector: selector, namespaceSelector: nil),
                        .pods(
                            podSelector: selector,
                            namespaceSelector: LabelSelector(matchLabels: ["kubernetes.io/metadata.name": "data"])),
                        .pods(
                            podSelector: nil,
                            namespaceSelector: LabelSelector(
                                matchExpressions: [.init(key: "kubernetes.io/metadata.name", operator: .exists)])),
                        .ipBlock(.anyIPv6, except: []),
                    ], ports: [.init(protocol: .tcp, port: .number(Port(8080)))])
            ])
        #expect(manifest.name == "leastwise-deployment-web")
        #expect(manifest.namespace == Namespace("shop"))
        #expect(manifest.labels == ["app.kubernetes.io/managed-by": "leastwise"])
        #expect(manifest.podSelector == LabelSelector(matchLabels: ["app": "web"]))
    }

    @Test func `keeps one order of held-back connections whatever came first`() {
        func held(_ last: Int64, _ count: Int64) -> HeldBackConnection {
            HeldBackConnection(
                what: "a -> b TCP/80", reason: .refused, count: count, first: Timestamp(seconds: 1),
                last: Timestamp(seconds: last))
        }
        let list = [held(2, 5), held(3, 1), held(3, 2)]
        #expect(list.reversed().sorted() == list)
        #expect([list[2], list[0], list[1]].sorted() == list)
    }

    @Test func `reads look-ups only where a name depends on them`() throws {
        let labels = try #require(PodLabels(["app": "dns"]))
        let lookup = try #require(
            NetworkRule(
                peers: [.pods(Namespace("kube-system"), labels)], ports: [RulePort(.udp, Port(53))],
                evidence: EvidenceList([]),
                isNameLookup: true))
        let named = try #require(
            NetworkRule(
                peers: [.name("api.example.com")], ports: [RulePort(.tcp, Port(443))], evidence: EvidenceList([])))
        let plain = try #require(
            NetworkRule(peers: [.entity(.world)], ports: [RulePort(.tcp, Port(443))], evidence: EvidenceList([])))
        func reading(_ rules: [NetworkRule]) throws -> [Bool] {
            try Self.policy(ingress: nil, egress: .init(rules)).manifest.egress.map(\.readsNames)
        }
        #expect(try reading([lookup, named]) == [true, false])
        #expect(try reading([lookup, plain]) == [false, false])
        #expect(try reading([named]) == [false])
    }

    @Test func `names many clients in one peer, from four on`() throws {
        let names = ["d", "b", "a", "c"]
        let peers = try names.map { RulePeer.pods(Namespace("data"), try #require(PodLabels(["app": $0]))) }
        let three = try Self.policy(ingress: Self.rules(Array(peers.prefix(3))), egress: nil).manifest
        #expect(three.ingress.first?.peers.count == 3)
        let four = try Self.policy(ingress: Self.rules(peers), egress: nil).manifest
        #expect(
            four.ingress.first?.peers == [
                .pods(
                    podSelector: LabelSelector(
                        matchExpressions: [.init(key: "app", operator: .in, values: ["a", "b", "c", "d"])]),
                    namespaceSelector: LabelSelector(matchLabels: ["kubernetes.io/metadata.name": "data"]))
            ])
    }

    private static func rules(_ peers: [RulePeer]) throws -> WorkloadPolicy.DirectionRules {
        let rule = try #require(
            NetworkRule(peers: peers, ports: [RulePort(.tcp, Port(8080))], evidence: EvidenceList([])))
        return try #require(WorkloadPolicy.DirectionRules([rule]))
    }

    private static func policy(
        ingress: WorkloadPolicy.DirectionRules?, egress: WorkloadPolicy.DirectionRules?
    ) throws -> WorkloadPolicy {
        WorkloadPolicy(
            workload: id, selector: try #require(PodLabels(["app": "web"])), ingress: ingress, egress: egress,
            standing: WorkloadStanding(judgement: MaturityJudgement(maturity: .stable, reasons: [], coverage: nil)),
            heldBack: [])
    }
}
