import Domain
import Layout
import Testing

@Suite struct KeptRulesTests {
    private typealias Rule = NetworkPolicy.Rule

    @Test func `keeps the cells that the new policy lacks`() throws {
        let new = try Self.policy(ingress: [.init(peers: [Self.pods("a")], ports: [Self.tcp(80)])])
        let present = try Self.policy(
            ingress: [
                .init(peers: [Self.pods("a"), Self.pods("b")], ports: [Self.tcp(80), Self.tcp(443)]),
                .init(peers: [Self.pods("c")], ports: [Self.tcp(9090)]),
            ])
        let merged = KeptRules.merge(new, keeping: present)
        #expect(
            merged.policy.ingress == [
                .init(peers: [Self.pods("a")], ports: [Self.tcp(80)]),
                .init(peers: [Self.pods("a")], ports: [Self.tcp(443)]),
                .init(peers: [Self.pods("b")], ports: [Self.tcp(80), Self.tcp(443)]),
                .init(peers: [Self.pods("c")], ports: [Self.tcp(9090)]),
            ])
        #expect(merged.kept == 4)
    }

    @Test func `keeps nothing of a policy that selected other pods`() throws {
        let new = try Self.policy(ingress: [.init(peers: [Self.pods("a")], ports: [Self.tcp(80)])])
        var present = try Self.policy(ingress: [.init(peers: [Self.pods("b")], ports: [Self.tcp(80)])])
        present.podSelector = LabelSelector(matchLabels: ["app": "other"])
        #expect(KeptRules.merge(new, keeping: present) == (new, 0))
    }

    @Test(arguments: [
        (PolicyDialect.calicoStaged, PolicyDialect.calico, true), (.kubernetes, .calico, true),
        (.cilium, .cilium, true), (.kubernetes, .cilium, false), (.cilium, .calicoStaged, false),
    ])
    func `keeps rules only of a dialect that means the same by them`(
        present: PolicyDialect, new: PolicyDialect, keeps: Bool
    ) throws {
        var old = try Self.policy(ingress: [.init(peers: [Self.pods("b")], ports: [Self.tcp(80)])])
        var learned = try Self.policy(ingress: [.init(peers: [Self.pods("a")], ports: [Self.tcp(80)])])
        old.dialect = present
        learned.dialect = new
        let merged = KeptRules.merge(learned, keeping: old)
        #expect(merged.policy.dialect == new)
        #expect(merged.kept == (keeps ? 1 : 0))
        #expect(merged.policy.ingress == learned.ingress + (keeps ? old.ingress : []))
    }

    @Test func `look-ups are read if one side needs it`() throws {
        let ports = [Self.tcp(53)]
        let name = Rule(peers: [.name("a.example.com")], ports: [Self.tcp(443)])
        let plain = Rule(peers: [Self.pods("dns")], ports: ports)
        let reading = Rule(peers: [Self.pods("dns")], ports: ports, readsNames: true)
        for (new, present) in [([reading, name], [plain]), ([plain], [reading, name])] {
            let merged = KeptRules.merge(try Self.policy(egress: new), keeping: try Self.policy(egress: present))
            #expect(merged.policy.egress.filter { $0.peers == plain.peers } == [reading])
        }
        let kept = KeptRules.merge(try Self.policy(egress: [name]), keeping: try Self.policy(egress: [reading]))
        #expect(kept.policy.egress == [name, reading])
    }

    @Test func `peers in one list are the same as peers one by one`() throws {
        let names = ["a", "b", "c", "d", "e"]
        let apart = try Self.policy(ingress: [.init(peers: names.map(Self.pods), ports: [Self.tcp(80)])])
        let joined = try Self.policy(ingress: [.init(peers: [Self.list(names)], ports: [Self.tcp(80)])])
        #expect(KeptRules.merge(joined, keeping: apart) == (joined, 0))
        #expect(KeptRules.merge(apart, keeping: joined) == (apart, 0))
    }

    @Test func `a value more in a list is an addition of that one`() throws {
        let present = try Self.policy(ingress: [.init(peers: [Self.list(["a", "b", "c", "d"])], ports: [Self.tcp(80)])])
        let learned = try Self.policy(
            ingress: [.init(peers: [Self.list(["a", "b", "c", "d", "e"])], ports: [Self.tcp(80)])])
        #expect(KeptRules.merge(learned, keeping: present) == (learned, 0))
        let grown = KeptRules.merge(present, keeping: learned)
        #expect(grown.kept == 1)
        #expect(
            grown.policy.ingress == present.ingress + [.init(peers: [Self.pods("e")], ports: [Self.tcp(80)])])
    }

    @Test func `a list of which nothing is known stays as people wrote it`() throws {
        let new = try Self.policy(ingress: [.init(peers: [Self.pods("a")], ports: [Self.tcp(80)])])
        let present = try Self.policy(ingress: [.init(peers: [Self.list(["b", "c"])], ports: [Self.tcp(80)])])
        let merged = KeptRules.merge(new, keeping: present)
        #expect(merged.policy.ingress == new.ingress + present.ingress && merged.kept == 2)
    }

    @Test func `keeps a direction that is no longer seen`() throws {
        let new = try Self.policy(ingress: [.init(peers: [Self.pods("a")], ports: [Self.tcp(80)])])
        let present = try Self.policy(egress: [.init(peers: [Self.pods("b")], ports: [Self.tcp(80)])])
        let merged = KeptRules.merge(new, keeping: present).policy
        #expect(merged.policyTypes == [.ingress, .egress])
        #expect(merged.egress == present.egress)
        #expect(merged.ingress == new.ingress)
    }

    @Test func `keeps rules that mean every peer or every port`() throws {
        let new = try Self.policy(ingress: [.init(peers: [Self.pods("a")], ports: [Self.tcp(80)])])
        let open: [Rule] = [
            .init(peers: [], ports: [Self.tcp(443)]), .init(peers: [Self.pods("b")], ports: []),
            .init(peers: [], ports: []),
        ]
        let present = try Self.policy(ingress: open)
        let merged = KeptRules.merge(new, keeping: present)
        #expect(merged.policy.ingress == new.ingress + open)
        #expect(KeptRules.merge(new, keeping: merged.policy).policy == merged.policy)
        #expect(KeptRules.merge(merged.policy, keeping: present) == (merged.policy, 0))
    }

    @Test(arguments: UInt64(1)...200)
    func `adds only what is missing, loses nothing, and adds it once`(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        let new = try Self.random(&generator)
        let present = try Self.random(&generator)
        let merged = KeptRules.merge(new, keeping: present)
        let cells = Self.cells(merged.policy)
        #expect(cells == Self.cells(new).union(Self.cells(present)))
        #expect(merged.kept == Self.cells(present).subtracting(Self.cells(new)).count)
        #expect(merged.policy.ingress.starts(with: new.ingress) && merged.policy.egress.starts(with: new.egress))
        #expect(Set(merged.policy.policyTypes) == Set(new.policyTypes + present.policyTypes))
        let again = KeptRules.merge(new, keeping: merged.policy)
        #expect(again.policy == merged.policy)
        #expect(again.kept == merged.kept)
    }

    // MARK: - Samples

    private static func pods(_ name: String) -> NetworkPolicy.Peer {
        .pods(podSelector: LabelSelector(matchLabels: ["app": name]), namespaceSelector: nil)
    }

    private static func list(_ names: [String]) -> NetworkPolicy.Peer {
        .pods(
            podSelector: LabelSelector(matchExpressions: [.init(key: "app", operator: .in, values: names)]),
            namespaceSelector: nil)
    }

    private static func tcp(_ port: UInt16) -> NetworkPolicy.PolicyPort {
        .init(protocol: .tcp, port: .number(Port(port)))
    }

    private static func policy(ingress: [Rule] = [], egress: [Rule] = []) throws -> NetworkPolicy {
        NetworkPolicy(
            namespace: Namespace("shop"), name: "web", podSelector: LabelSelector(matchLabels: ["app": "web"]),
            policyTypes: (ingress.isEmpty ? [] : [.ingress]) + (egress.isEmpty ? [] : [.egress]), ingress: ingress,
            egress: egress)
    }

    private static func random(_ generator: inout SeededGenerator) throws -> NetworkPolicy {
        func rules() -> [Rule] {
            (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                // One to three of each, with repetitions across rules.
                let names = ["a", "b", "c"].shuffled(using: &generator).prefix(Int.random(in: 1...3, using: &generator))
                let peers = Bool.random(using: &generator) ? [list(names.sorted())] : names.map(pods)
                let ports = [UInt16(80), 443, 53].shuffled(using: &generator).prefix(
                    Int.random(in: 1...3, using: &generator))
                return Rule(peers: peers, ports: ports.map { tcp($0) })
            }
        }
        return try policy(ingress: rules(), egress: rules())
    }

    private struct Cell: Hashable {
        let isIngress: Bool
        let peer: NetworkPolicy.Peer
        let port: NetworkPolicy.PolicyPort
    }

    private static func cells(_ policy: NetworkPolicy) -> Set<Cell> {
        func cells(_ rules: [Rule], _ isIngress: Bool) -> [Cell] {
            rules.flatMap { rule in
                rule.peers.flatMap(\.separated).flatMap { peer in
                    rule.ports.map { Cell(isIngress: isIngress, peer: peer, port: $0) }
                }
            }
        }
        return Set(cells(policy.ingress, true) + cells(policy.egress, false))
    }
}
