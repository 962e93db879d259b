import AppConfiguration
import Domain
import Layout
import RBACLearner
import Testing

@testable import Engine

/// Removals in many namespaces at once.
struct RemovalScaleTests {
    private static let (namespaces, names) = (40, 20)

    private static func requests(_ inventory: ClusterInventory, _ newest: Timestamp) -> AccessObservations {
        var edges: [AccessEdge: AccessFact] = [:]
        let fact = AccessFact(
            count: 1, dryRuns: 0, first: newest, last: newest, days: DaySet(day: newest.day), sources: .audit,
            sample: "")
        for number in 0..<namespaces {
            let namespace = Namespace("n\(number)")
            for name in 0..<names {
                let action = AccessAction(
                    verb: "get", apiGroup: "", resource: "r\(name)", namespace: namespace, name: "x")
                let edge = AccessEdge(
                    cluster: ClusterName("prod"),
                    subject: Subject(kind: .serviceAccount, namespace: namespace, name: "api"), action: action,
                    decision: .allowed, reason: "")
                edges[edge] = fact
            }
        }
        return AccessObservations(
            cluster: ClusterName("prod"), edges: edges, memberships: [:], inventory: inventory, newest: newest)
    }

    private static func file(_ namespace: String) -> String {
        RoleWorld.manifest.replacing("namespace: rbac", with: "namespace: \(namespace)")
    }

    /// All of them for each would make their product.
    @Test func `each namespace's requests are replayed for its own removals alone`() throws {
        let settings = try Settings(ResolvedConfiguration(flags: ["cluster": "prod"], environment: [:], file: .empty))
        let small = try RoleWorld(days: 1).learn(settings, nil)
        let requests = Self.requests(small.inventory, small.last)
        let learned = LearnedCluster(
            cluster: small.cluster, inventory: small.inventory, network: small.network,
            access: AccessLearner().learn(requests), requests: requests, auditDays: small.auditDays,
            first: small.first, last: small.last, thresholds: small.thresholds, notes: [])
        let files = (0..<Self.namespaces).map { ("n\($0).yaml", Array(Self.file("n\($0)").utf8)) }
        let tree = RepositoryTree(files: Dictionary(files) { first, _ in first })
        let planner = RemovalPlanner(
            learned: learned, judge: ClusterJudge(learned), base: RepositoryObjects(tree, cluster: learned.cluster))
        let removals = RBACManifest.locate(in: tree).filter { $0.kind == .role }.map { manifest in
            let key = RoleKey(namespace: manifest.namespace, name: manifest.name)
            return Removal(
                edit: .rules(key, [.keep, .keep, .remove]), manifest: manifest, lines: [], subjects: [], warnings: [])
        }
        let plans = RemovalPlanner.scopes(of: removals).map { planner.plan($0.scope, $0.removals) }
        #expect(plans.count == Self.namespaces)
        #expect(plans.allSatisfy { $0.before.observed == Self.names && $0.stopping.isEmpty && $0.changes.count == 1 })
    }
}
