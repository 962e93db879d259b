import Domain
import PolicyEvaluator
import Testing

struct NetworkEvaluatorPropertyTests {
    @Test func `verdicts are those of the definition`() {
        var attempts = 0
        var denied = 0
        for seed in 1...1500 as ClosedRange<UInt64> {
            var cluster = RandomCluster(seed: seed)
            let probe = cluster.probe()
            let oracle = DirectOracle(policies: cluster.policies, namespaces: cluster.namespaces)
            let evaluator = NetworkEvaluator(policies: cluster.policies, namespaces: cluster.namespaces)
            for attempt in Self.attempts(cluster.parties, probe) {
                let verdict = evaluator.verdict(attempt)
                let expected = oracle.allows(attempt)
                #expect(verdict.isAllowed == expected, "seed \(seed)")
                #expect(verdict.isDenied != expected, "seed \(seed)")
                #expect(evaluator.isAllowed(attempt) == expected, "seed \(seed)")
                attempts += 1
                denied += expected ? 0 : 1
            }
        }
        #expect(attempts > 30_000)
        #expect(denied > 5_000)
    }

    @Test func `Calico means what Kubernetes means by the same peers and ports, and staged policies nothing`() {
        for seed in 1...200 as ClosedRange<UInt64> {
            var cluster = RandomCluster(seed: seed)
            let probe = cluster.probe()
            let oracle = DirectOracle(policies: cluster.policies, namespaces: cluster.namespaces)
            func evaluator(_ dialect: PolicyDialect, _ enforced: LabelSelector? = nil) -> NetworkEvaluator {
                let policies = cluster.policies.map { policy in
                    var policy = policy
                    policy.dialect = dialect
                    return policy
                }
                return NetworkEvaluator(
                    policies: policies, namespaces: cluster.namespaces, enforcedStaged: enforced)
            }
            let calico = evaluator(.calico)
            let enforced = evaluator(.calicoStaged, LabelSelector())
            let staged = evaluator(.calicoStaged)
            for attempt in Self.attempts(cluster.parties, probe) {
                #expect(calico.isAllowed(attempt) == oracle.allows(attempt), "seed \(seed)")
                #expect(enforced.verdict(attempt) == calico.verdict(attempt), "seed \(seed)")
                #expect(staged.isAllowed(attempt), "seed \(seed)")
            }
        }
    }

    @Test func `verdicts do not depend on the order of policies`() {
        for seed in 1...100 as ClosedRange<UInt64> {
            var cluster = RandomCluster(seed: seed)
            let probe = cluster.probe()
            let evaluator = NetworkEvaluator(policies: cluster.policies, namespaces: cluster.namespaces)
            let reversed = NetworkEvaluator(policies: cluster.policies.reversed(), namespaces: cluster.namespaces)
            for attempt in Self.attempts(cluster.parties, probe) {
                #expect(evaluator.verdict(attempt) == reversed.verdict(attempt))
            }
        }
    }

    @Test func `slack counts the allowed cells that were not observed`() {
        for seed in 1...400 as ClosedRange<UInt64> {
            var cluster = RandomCluster(seed: seed)
            let probes = [cluster.probe(), cluster.probe(), PortProbe(protocol: .icmpv4, port: Port(0))]
            let oracle = DirectOracle(policies: cluster.policies, namespaces: cluster.namespaces)
            let evaluator = NetworkEvaluator(policies: cluster.policies, namespaces: cluster.namespaces)
            let cells = Self.allowedCells(cluster.parties, probes.dropLast(), oracle)
            let observed = Set(cells.enumerated().filter { $0.offset % 3 == 0 }.map(\.element))
            let rest = cells.filter { !observed.contains($0) }
            let slack = evaluator.slack(
                parties: cluster.parties, probes: probes, observed: observed, maximumExamples: 7)
            #expect(slack.allowed == cells.count, "seed \(seed)")
            #expect(slack.unobserved == rest.count, "seed \(seed)")
            #expect(slack.examples == Array(rest.prefix(7)), "seed \(seed)")
        }
    }

    private static func attempts(_ parties: [NetworkParty], _ probe: PortProbe) -> [ConnectionAttempt] {
        parties.indices.flatMap { source in
            parties.indices.filter { $0 != source }.map {
                ConnectionAttempt(
                    source: parties[source], destination: parties[$0], protocol: probe.protocol, port: probe.port)
            }
        }
    }

    /// By probe, destination and source; without pairs that no policy could decide.
    private static func allowedCells(
        _ parties: [NetworkParty], _ probes: some Sequence<PortProbe>, _ oracle: DirectOracle
    ) -> [ConnectionCell] {
        probes.enumerated().flatMap { number, probe in
            parties.indices.flatMap { destination in
                parties.indices.filter { source in
                    let attempt = ConnectionAttempt(
                        source: parties[source], destination: parties[destination], protocol: probe.protocol,
                        port: probe.port)
                    let decidable = parties[source].isSelectable || parties[destination].isSelectable
                    return source != destination && decidable && oracle.allows(attempt)
                }.map { ConnectionCell(source: $0, destination: destination, probe: number) }
            }
        }
    }
}
