import Domain
import PolicyEvaluator
import RBACLearner
import Testing

/// The learned roles judged by the evaluator, which shares no code with the learner.
@Suite struct ReplayTests {
    @Test(
        .enabled(if: SharedFixtures.hasAPIServer, "the recorded API server log is not there"), arguments: [true, false])
    func `allows every authorised request of a real log and nothing that was refused`(_ hasInventory: Bool) throws {
        let log = try AuditLog(SharedFixtures.auditLog)
        let live = try LiveGrants.read(SharedFixtures.liveGrants)
        let learned = learn(log, hasInventory ? live : AccessGrants())
        let evaluator = AccessEvaluator(grants: learned.grants)
        for access in learned.subjects.flatMap(\.observed) {
            #expect(
                evaluator.verdict(subject: access.requester, groups: access.groups, action: access.action).isAllowed,
                "\(access.requester) \(access.action.phrase)")
        }
        let defaults = AccessEvaluator(grants: with(live, learned.grants))
        for edge in log.edges.keys where !edge.action.verb.isEmpty {
            let groups = (log.memberships[edge.subject] ?? []).sorted().map(\.text)
            let isAllowed = defaults.verdict(subject: edge.subject, groups: groups, action: edge.action).isAllowed
            #expect(isAllowed == (edge.decision != .denied), "\(edge.subject) \(edge.action.phrase)")
        }
        #expect(learned.denied.count == 10)
    }

    @Test(.enabled(if: SharedFixtures.hasAPIServer, "the recorded API server log is not there"))
    func `a real log's strangers get nothing, and a bot nothing cluster-wide`() throws {
        let log = try AuditLog(SharedFixtures.auditLog)
        let live = try LiveGrants.read(SharedFixtures.liveGrants)
        let learned = learn(log, live)
        #expect(
            learned.subjects.map(\.name) == [
                "leastwise-group-sre", "leastwise-sa-billing.invoicer", "leastwise-sa-ops.backup",
                "leastwise-sa-warehouse.picker", "leastwise-user-ci-bot", "leastwise-user-dana",
            ])
        let review = GrantReviewer.review(live, by: observations(log, live))
        let unseen = review.bindings.flatMap(\.subjects).filter { $0.lastSeen == nil }.map(\.subject.description)
        #expect(unseen == ["ServiceAccount ops/dormant"])
        let bot = try #require(learned.subjects.first { $0.subject.name == "ci-bot" })
        #expect(!bot.roles.contains { $0.scope == .cluster })
        #expect(bot.roles.count == 2)
    }

    @Test func `rules allow the observed cells and no other`() {
        var generator = SplitMix(state: 5)
        for _ in 0..<60 { checkCells(&generator) }
    }

    /// Judges every combination of a small world against the definition.
    private func checkCells(_ generator: inout SplitMix) {
        let verbs = ["get", "list", "create", "delete"]
        let resources = ["secrets", "configmaps", "deployments", "deployments/scale"]
        let names = ["", "a", "b"]
        let spaces = ["", "x", "y"]
        let all = verbs.flatMap { verb in
            resources.flatMap { resource in
                spaces.flatMap { space in names.map { Samples.action(verb, resource, space, $0) } }
            }
        }
        let seen = Set(all.filter { _ in Int.random(in: 0..<6, using: &generator) == 0 })
        let learned = Samples.learn(seen.map { (Samples.api, $0) })
        let evaluator = AccessEvaluator(grants: learned.grants)
        for action in all {
            let isAllowed = evaluator.verdict(subject: Samples.api, action: action).isAllowed
            #expect(isAllowed == isNeeded(action, seen), "\(action.phrase)")
        }
    }

    private func isNeeded(_ action: AccessAction, _ seen: Set<AccessAction>) -> Bool {
        seen.contains { other in
            return other.verb == action.verb && other.resourceWithSubresource == action.resourceWithSubresource
                && (other.namespace == .clusterScope || other.namespace == action.namespace)
                && (other.name.isEmpty || other.name == action.name)
        }
    }

    private func learn(_ log: AuditLog, _ live: AccessGrants) -> LearnedAccess {
        AccessLearner().learn(observations(log, live))
    }

    private func observations(_ log: AuditLog, _ live: AccessGrants) -> AccessObservations {
        var inventory = ClusterInventory(cluster: AuditLog.cluster)
        inventory.grants = live
        return AccessObservations(
            cluster: AuditLog.cluster, edges: log.edges, memberships: log.memberships, inventory: inventory,
            newest: log.newest)
    }

    /// The learned grants beside Kubernetes' own defaults.
    private func with(_ live: AccessGrants, _ learned: AccessGrants) -> AccessGrants {
        let label = "kubernetes.io/bootstrapping"
        return AccessGrants(
            roles: learned.roles + live.roles.filter { $0.labels[label] != nil },
            bindings: learned.bindings + live.bindings.filter { $0.labels[label] != nil })
    }
}
