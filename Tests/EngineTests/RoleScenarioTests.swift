import Domain
import Foundation
import Layout
import PolicyEvaluator
import RBACLearner
import Testing

@testable import Engine

/// What holds for every scenario of roles beside what its own files demand.
struct RoleScenarioTests {
    private static let isRecording = ProcessInfo.processInfo.environment["RECORD_GOLDENS"] == "1"
    private static let scenarios = Scenario.all.filter(\.isOfRoles)

    /// One that is denied in any case, such as another subject's request, says nothing of the edges of a rule.
    @Test(arguments: scenarios)
    func `has denied probes that differ little from allowed ones`(_ scenario: Scenario) throws {
        let probes = try scenario.probes()
        let allowed = (probes.allowed.requests ?? []).map(\.words)
        try #require(!allowed.isEmpty)
        let near = (probes.denied.requests ?? []).map(\.words).filter { denied in
            allowed.contains { zip($0, denied).count { $0 != $1 } == 1 }
        }
        #expect(near.count >= 7)
    }

    @Test(.enabled(if: !isRecording), arguments: scenarios)
    func `denies what differs in one respect from all that was observed`(_ scenario: Scenario) throws {
        let learned = try scenario.observed().learn()
        let judge = ScenarioJudge(try scenario.expected(), learned: learned)
        let misses = NearMisses.of(learned.access.subjects)
        try #require(misses.count > learned.access.subjects.count)
        let open = misses.filter { judge.isAllowed($0) }.map { "\($0.requester) \($0.action.phrase)" }
        #expect(open == [])
    }

    @Test(.enabled(if: !isRecording), arguments: scenarios)
    func `writes words that mean themselves`(_ scenario: Scenario) throws {
        let grants = ScenarioJudge(try scenario.expected(), learned: try scenario.observed().learn()).grants
        try #require(!grants.roles.isEmpty)
        for rule in grants.roles.flatMap(\.rules) {
            let words = rule.verbs + rule.apiGroups + rule.resources + rule.nonResourceURLs
            #expect(!rule.verbs.isEmpty && words.allSatisfy { !$0.contains("*") && !$0.contains("?") })
        }
        #expect(grants.bindings.allSatisfy { $0.subjects.count == 1 })
    }

    @Test(
        .enabled(
            if: PolicySchemas.canCheck && !isRecording,
            "needs python3 with jsonschema and PyYAML, and ../shared/fixtures/schemas"),
        arguments: PolicySchemas.accessKinds)
    func `writes what API servers accept`(_ kind: String) throws {
        let folder = try TemporaryFolder()
        let documents = try Self.scenarios.flatMap { scenario in
            try scenario.expected().filter { $0.key.hasPrefix("policies/") }.sorted { $0.key < $1.key }
                .flatMap { $0.value.components(separatedBy: "\n---\n") }
        }.filter { $0.contains("\nkind: \(kind)\n") || $0.hasPrefix("kind: \(kind)\n") }
        try #require(documents.count > 10)
        let file = try folder.write(documents.joined(separator: "\n---\n"), to: "\(kind).yaml")
        for schema in PolicySchemas.of(accessKind: kind) {
            let checked = try PolicySchemas.check(file, against: schema)
            #expect(checked.status == 0, "\(schema.path): \(checked.all.suffix(2000))")
            #expect(checked.output.contains("\(documents.count)"))
        }
    }

    /// Roles that stay must allow what they allowed, even to subjects that are not learned.
    @Test(arguments: scenarios)
    func `takes nothing from a repository that was used`(_ scenario: Scenario) throws {
        guard let before = try scenario.repository() else { return }
        let observed = try scenario.observed()
        let merged = try MergedRemovals(before, observed)
        #expect(merged.faults == [])
        let learned = try observed.learn()
        let (old, new) = (Self.evaluator(before, learned), Self.evaluator(merged.after, learned))
        let used = learned.requests.edges.keys.filter { $0.decision != .denied }.map { edge in
            ObservedAccess(
                requester: edge.subject,
                groups: (learned.requests.memberships[edge.subject] ?? []).map(\.text).sorted(),
                action: edge.action)
        }
        try #require(used.contains { old.isAllowed($0) })
        #expect(used.filter { old.isAllowed($0) && !new.isAllowed($0) }.map(\.action.phrase) == [])
    }

    /// A repository's grants, with the roles that Kubernetes itself brings.
    private static func evaluator(_ tree: RepositoryTree, _ learned: LearnedCluster) -> AccessEvaluator {
        let own = RepositoryObjects(tree, cluster: learned.cluster).grants
        let brought = learned.inventory.grants.roles.filter { $0.labels["kubernetes.io/bootstrapping"] != nil }
        return AccessEvaluator(grants: AccessGrants(roles: brought + own.roles, bindings: own.bindings))
    }

    @Test(arguments: scenarios)
    func `has records as an API server writes them`(_ scenario: Scenario) throws {
        for event in try scenario.auditEvents() {
            #expect(event.level == "Metadata" && !event.auditID.isEmpty)
            #expect(event.stageTimestamp >= event.requestReceivedTimestamp)
            // The first stage comes before anything is known of the outcome.
            let isReceived = event.stage == "RequestReceived"
            #expect(!isReceived || event.annotations == nil && event.impersonatedUser == nil)
        }
    }
}

extension AccessEvaluator {
    fileprivate func isAllowed(_ request: ObservedAccess) -> Bool {
        verdict(subject: request.requester, groups: request.groups, action: request.action).isAllowed
    }
}

extension Probes.Request {
    /// Every word of the request, in a fixed order.
    fileprivate var words: [String] {
        [
            user, groups?.joined(separator: ",") ?? "", verb, group ?? "", resource ?? "", subresource ?? "",
            namespace ?? "", name ?? "", path ?? "",
        ]
    }
}
