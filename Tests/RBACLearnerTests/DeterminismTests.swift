import Domain
import RBACLearner
import Testing

@Suite struct DeterminismTests {
    @Test func `any order of input gives the same output`() {
        var generator = SplitMix(state: 11)
        let edges = Self.edges(&generator)
        let reference = Self.learn(edges, capacity: 1)
        #expect(reference.subjects.count > 10)
        for capacity in 1...5 {
            let other = Self.learn(edges.shuffled(using: &generator), capacity: capacity)
            #expect(other.subjects == reference.subjects)
            #expect(other.denied == reference.denied)
            #expect(other.notLearned == reference.notLearned)
            #expect(other.grants == reference.grants)
        }
    }

    private static func learn(_ edges: [(AccessEdge, AccessFact)], capacity: Int) -> LearnedAccess {
        // Differing capacities make dictionaries of equal content iterate in differing orders.
        var keyed: [AccessEdge: AccessFact] = [:]
        keyed.reserveCapacity(edges.count * capacity)
        for (edge, fact) in edges { keyed[edge] = fact }
        return Samples.learn(
            keyed, memberships: [Subject(kind: .user, name: "user1"): ["dev", "ops"]],
            options: AccessLearningOptions(namesThreshold: 4))
    }

    private static func edges(_ generator: inout SplitMix) -> [(AccessEdge, AccessFact)] {
        let verbs = ["get", "list", "watch", "create", "update", "impersonate"]
        let resources = ["pods", "pods/exec", "secrets", "configmaps", "deployments", "nodes"]
        let reasons = ["", Samples.allowedBy(group: "dev"), Samples.allowedBy(group: "ops")]
        var edges: [AccessEdge: AccessFact] = [:]
        for number in 0..<3000 {
            let subject =
                number % 2 == 0
                ? Subject(kind: .user, name: "user\(number % 7)")
                : Subject(kind: .serviceAccount, namespace: Namespace("n\(number % 3)"), name: "sa\(number % 5)")
            let action = Samples.action(
                verbs.randomElement(using: &generator) ?? "", resources.randomElement(using: &generator) ?? "",
                ["", "a", "b"].randomElement(using: &generator) ?? "",
                ["", "x", "y", "z-x7k2p"].randomElement(using: &generator) ?? "")
            let decision: AccessEdge.Decision = [.allowed, .allowedByStatus, .denied][number % 3]
            let reason = reasons.randomElement(using: &generator) ?? ""
            let day = Int64(number % 9)
            edges[Samples.edge(subject, action, decision, reason: reason)] = Samples.fact(count: day, day: day)
        }
        return edges.map { ($0.key, $0.value) }
    }
}

/// Random numbers from a seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
