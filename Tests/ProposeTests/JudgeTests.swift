import Domain
import Foundation
import NetworkLearner
import ScriptedServers
import Testing

@testable import Engine

/// The judge has the last word: what would deny something observed is not proposed.
@Suite(.enabled(if: Programs.areThere, "git or python3 is not installed"))
struct JudgeTests {
    /// The estate with a connection that no learned policy allows, as a mistake in a learner would leave it.
    private static func withUncovered() throws -> LearnedCluster {
        let learned = try World.observed.get()
        let shop = Namespace("shop")
        let web = try #require(learned.inventory.workloads.first { $0.id.namespace == shop && $0.id.name == "web" }).id
        let db = try #require(learned.inventory.workloads.first { $0.id.namespace == shop && $0.id.name == "db" }).id
        let port = try #require(learned.network.learned.first { $0.destination == .workload(db) }).port
        let uncovered = LearnedConnection(
            source: .workload(web), destination: .workload(db), protocol: .tcp, port: port)
        try #require(!learned.network.learned.contains(uncovered))
        return learned.replacing(learned: learned.network.learned + [uncovered])
    }

    @Test func `a scope that would deny something observed is stopped, the others go on`() async throws {
        let estate = try Estate()
        let results = try await estate.propose(Result { try Self.withUncovered() }, scope: nil)
        let shop = try #require(results.first { $0.branch == "leastwise/shop" })
        #expect(shop.outcome == nil && shop.stopping.count == 1)
        let text = shop.text(isDryRun: false, showsBody: false)
        #expect(text.contains("stopped, since 1 observed connections or requests would be denied"))
        #expect(text.contains("would be denied: shop/Deployment/web -> shop/StatefulSet/db TCP/"))
        #expect(text.contains("denied by shop/leastwise-deployment-web"))
        let others = results.map(\.branch).filter { $0 != "leastwise/shop" }
        #expect(try others.count > 2 && estate.git.branches() == others)
        #expect(try estate.pulls().map(\.head) == others)
    }

    @Test func `a dry run tells it as well`() async throws {
        let estate = try Estate()
        let results = try await estate.propose(Result { try Self.withUncovered() }, dryRun: true)
        #expect(results.map(\.stopping.count) == [1])
    }

    @Test func `the same connection stops nothing where no policy denies it`() async throws {
        let estate = try Estate()
        let learned = Result { try Self.withUncovered() }
        // A person's own policy allows what the learned ones forget.
        let policy = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web-out, namespace: shop}
            spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{}]}
            """
        try estate.git.commit(["apps/shop/web-out.yaml": policy], to: "main", from: "main")
        #expect(try await estate.proposeOne(learned).stopping == [])
        #expect(try estate.git.branches() == ["leastwise/shop"])
    }
}

extension LearnedCluster {
    func replacing(learned: [LearnedConnection]) -> LearnedCluster {
        LearnedCluster(
            cluster: cluster, inventory: inventory,
            network: LearnedNetwork(
                policies: network.policies, learned: LearnedConnections(learned), unplaced: network.unplaced,
                heldBack: network.heldBack,
                observedLabels: network.observedLabels, notes: network.notes),
            access: access, requests: requests, auditDays: auditDays, first: first, last: last,
            thresholds: thresholds, notes: notes)
    }
}
