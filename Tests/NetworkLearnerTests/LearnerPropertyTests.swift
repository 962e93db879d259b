import Domain
import NetworkLearner
import Testing

/// What holds for any cluster and any traffic.
@Suite struct LearnerPropertyTests {
    @Test(arguments: 0..<15)
    func `learns the same from observations in any order and in parts`(block: UInt64) {
        for seed in (block * 20)..<(block * 20 + 20) {
            var random = RandomWorld(seed: seed)
            let expected = random.world.learn().text
            #expect(random.shuffled().learn().text == expected, "seed \(seed)")
        }
    }

    @Test(arguments: 0..<15)
    func `allows no cell that was neither observed nor declared`(block: UInt64) {
        for seed in (block * 20)..<(block * 20 + 20) {
            let random = RandomWorld(seed: seed)
            for policy in random.world.learn().policies {
                Self.expectOwnSelector(policy, random.world, seed)
                for (rules, isIngress) in [(policy.ingress, true), (policy.egress, false)] {
                    for rule in rules?.rules ?? [] {
                        Self.expectAllowed(rule, policy.workload, isIngress, random, seed)
                    }
                }
            }
        }
    }

    @Test(arguments: 0..<15)
    func `allows every connection that it says it learned`(block: UInt64) {
        for seed in (block * 20)..<(block * 20 + 20) {
            let learned = RandomWorld(seed: seed).world.learn()
            for connection in learned.learned {
                let port = RulePort(connection.protocol, connection.port)
                for (own, other, isIngress) in [
                    (connection.source, connection.destination, false),
                    (connection.destination, connection.source, true),
                ] {
                    guard let id = own.workload else { continue }
                    let policy = learned.policies.first { $0.workload == id }
                    let rules = (isIngress ? policy?.ingress : policy?.egress)?.rules ?? []
                    let isAllowed = rules.contains { rule in
                        rule.ports.contains(port) && rule.peers.contains { Self.covers($0, other, learned) }
                    }
                    #expect(isAllowed, "seed \(seed): \(own) \(other) \(port)")
                }
            }
        }
    }

    @Test func `meets every kind of peer and of hold in these worlds`() {
        var peers: Set<String> = []
        var reasons: Set<HoldReason> = []
        for seed in 0..<UInt64(400) {
            let learned = RandomWorld(seed: seed).world.learn()
            reasons.formUnion(learned.heldBack.map(\.reason))
            for rule in learned.policies.flatMap({ ($0.ingress?.rules ?? []) + ($0.egress?.rules ?? []) }) {
                peers.formUnion(rule.peers.map { $0.text.prefix { $0 != "{" }.description })
            }
        }
        #expect(peers.isSuperset(of: ["a", "b", "0.0.0.0/0", "203.0.113.8/32", "2001:db8::1/128", "192.168.0.1/32"]))
        #expect(
            reasons.isSuperset(of: [
                .refused, .neverAnswered, .unknownDirection, .dynamicPort, .unresolved, .unselectable, .ownNode,
            ]))
    }

    // MARK: - Oracle

    /// The policy's labels select the pods of its workload and of no other.
    private static func expectOwnSelector(_ policy: WorkloadPolicy, _ world: World, _ seed: UInt64) {
        let selected = selected(policy.workload.namespace, policy.selector, world)
        #expect(selected == [policy.workload], "seed \(seed)")
    }

    private static func selected(_ namespace: Namespace, _ labels: PodLabels, _ world: World) -> [WorkloadID] {
        world.inventory.workloads.filter { $0.id.namespace == namespace && labels.match($0.templateLabels) }.map(\.id)
    }

    private static func expectAllowed(
        _ rule: NetworkRule, _ id: WorkloadID, _ isIngress: Bool, _ random: RandomWorld, _ seed: UInt64
    ) {
        for peer in rule.peers {
            for port in rule.ports where !isNameLookup(peer, port, isIngress) {
                for cell in peers(of: peer, random.world) {
                    let cell = RandomWorld.Cell(workload: id, isIngress: isIngress, peer: cell, port: port)
                    #expect(random.allowed.contains(cell), "seed \(seed): \(cell)")
                }
            }
        }
    }

    /// Everything that a peer lets in, one by one.
    private static func peers(of peer: RulePeer, _ world: World) -> [RandomWorld.Peer] {
        switch peer {
        case .pods(let namespace, let labels): return selected(namespace, labels, world).map { .workload($0) }
        case .everyNamespace, .entity, .name: return [.everyone]
        case .block(let cidr) where cidr.length == 0: return [.everyone]
        case .block(let cidr):
            let isNode = world.inventory.nodes.contains { node in node.addresses.contains { cidr.contains($0) } }
            if isNode { return cidr.length == 32 ? [.nodes] : [.everyone] }
            // As wide as two neighbours at most, in these worlds.
            guard cidr.address.width - cidr.length <= 1 else { return [.everyone] }
            let last = IPAddress(ipv4: UInt32(truncatingIfNeeded: cidr.address.low + 1))
            return [.address(cidr.address)] + (cidr.length == cidr.address.width ? [] : [.address(last)])
        }
    }

    private static func isNameLookup(_ peer: RulePeer, _ port: RulePort, _ isIngress: Bool) -> Bool {
        !isIngress && port.port == Port(53) && peer.text == "kube-system{k8s-app=kube-dns}"
    }

    private static func covers(_ peer: RulePeer, _ party: Party, _ learned: LearnedNetwork) -> Bool {
        switch (peer, party) {
        case (.pods(let namespace, let labels), .workload(let id)):
            id.namespace == namespace && learned.policies.contains { $0.workload == id && $0.selector == labels }
        case (.block(let cidr), .outside(let address)), (.block(let cidr), .node(let address)): cidr.contains(address)
        default: false
        }
    }
}
