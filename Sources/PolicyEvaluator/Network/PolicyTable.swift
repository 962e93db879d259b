import Domain

/// A policy set prepared for judging: policies by what they select, rules by number.
struct PolicyTable {
    struct Rule {
        let policy: Int
        let reference: RuleReference
        /// Empty for every port.
        let ports: [PortMatch]
        /// Nil for everybody.
        let peers: [Int]?
        /// False where the dialect leaves open what its rules mean for ICMP.
        let decidesICMP: Bool

        func matches(_ target: PortTarget) -> Bool {
            guard decidesICMP || target.protocol.hasPorts else { return false }
            return ports.isEmpty || ports.contains { $0.matches(target) }
        }
    }

    /// Sorted by namespace and name, so that a policy's number orders it.
    let policies: [NetworkPolicy]
    let references: [PolicyReference]
    private(set) var rules: [Rule] = []
    private(set) var peers = PeerTable()
    /// The rules of each policy in each direction that it isolates; nil where it does not.
    private var ingress: [Range<Int>?] = []
    private var egress: [Range<Int>?] = []
    private var selectors: [Namespace: SelectorIndex] = [:]

    init(_ unsorted: [NetworkPolicy]) {
        policies = unsorted.sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
        references = policies.map { PolicyReference(namespace: $0.namespace, name: $0.name) }
        for (number, policy) in policies.enumerated() {
            let types = Self.isolated(by: policy)
            ingress.append(types.contains(.ingress) ? add(policy.ingress, of: number, .ingress) : nil)
            egress.append(types.contains(.egress) ? add(policy.egress, of: number, .egress) : nil)
        }
        peers.buildIndexes()
        let byNamespace = Dictionary(grouping: policies.indices) { policies[$0].namespace }
        selectors = byNamespace.mapValues { numbers in
            SelectorIndex(numbers.map { (policies[$0].podSelector, $0) })
        }
    }

    /// An empty list means Ingress, and Egress if there are egress rules (API reference,
    /// NetworkPolicySpec.policyTypes).
    private static func isolated(by policy: NetworkPolicy) -> [NetworkPolicy.PolicyType] {
        guard policy.policyTypes.isEmpty else { return policy.policyTypes }
        return policy.egress.isEmpty ? [.ingress] : [.ingress, .egress]
    }

    private mutating func add(
        _ added: [NetworkPolicy.Rule], of number: Int, _ direction: NetworkPolicy.PolicyType
    ) -> Range<Int> {
        let policy = policies[number]
        let first = rules.count
        for (index, rule) in added.enumerated() {
            var numbers = rule.peers.compactMap { peer -> Int? in
                // Names are looked up by who connects: no dialect has them for incoming traffic.
                if case .name = peer, direction == .ingress { return nil }
                return peers.intern(peer, of: policy)
            }
            if policy.dialect.hasEntities, rule.peers.contains(.entity(.host)),
                rule.peers.contains(.entity(.remoteNode))
            {
                numbers.append(peers.internAnyNode())
            }
            rules.append(
                Rule(
                    policy: number,
                    reference: RuleReference(policy: references[number], direction: direction, index: index),
                    ports: rule.ports.map(PortMatch.init), peers: rule.peers.isEmpty ? nil : numbers,
                    decidesICMP: policy.dialect.hasICMP))
        }
        return first..<rules.count
    }

    /// The policies that select a pod, ascending.
    func selecting(_ labels: Labels, in namespace: Namespace) -> [Int] { selectors[namespace]?.matches(labels) ?? [] }

    /// The rules of a policy in a direction; nil if it does not isolate that direction.
    func ruleNumbers(of policy: Int, _ direction: NetworkPolicy.PolicyType) -> Range<Int>? {
        direction == .ingress ? ingress[policy] : egress[policy]
    }
}
