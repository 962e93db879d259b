import Domain
import RBACLearner
import Testing

@Suite struct ScaleTests {
    @Test(.timeLimit(.minutes(1)))
    func `one subject with very many names costs no more than their number`() {
        var edges: [AccessEdge: AccessFact] = [:]
        for number in 0..<60_000 {
            let isActing = number % 2 == 0
            let action =
                isActing
                ? Samples.action("impersonate", "users", "", "u\(number)")
                : Samples.action("get", "configmaps", "shop", "c\(number)")
            edges[Samples.edge(Samples.alice, action)] = Samples.fact()
        }
        let learned = Samples.learn(edges)
        let rules = learned.subjects.flatMap(\.roles).flatMap(\.rules)
        #expect(rules.map(\.rule.resourceNames.count) == [30_000, 0])
        #expect(rules.last?.evidence.map(\.note) == [.manyNames(30_000)])
    }
}
