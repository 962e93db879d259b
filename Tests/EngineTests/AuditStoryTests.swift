import Domain
import PolicyEvaluator
import RBACLearner
import Testing

@testable import Engine

/// The story of a real API server's audit log, told again by the roles that are learned from it.
struct AuditStoryTests {
    /// With what the cluster had, and from the log alone.
    static let inputs = [
        Inputs(objects: [AuditStory.objects, AuditStory.grants], audit: [AuditStory.log]),
        Inputs(audit: [AuditStory.log]),
    ]

    private static func generated(_ inputs: Inputs) throws -> AccessGrants {
        try ObservedCluster(inputs).preview().grants
    }

    private static func evaluator(_ generated: AccessGrants) throws -> AccessEvaluator {
        let defaults = try AuditStory.defaultGrants()
        try #require(defaults.roles.count > 30)
        return AccessEvaluator(
            grants: AccessGrants(
                roles: defaults.roles + generated.roles, bindings: defaults.bindings + generated.bindings))
    }

    @Test(arguments: inputs)
    func `allows every request that was authorised`(_ inputs: Inputs) throws {
        let evaluator = try Self.evaluator(try Self.generated(inputs))
        // An OPTIONS request has no verb, which no rule can name.
        let authorised = try AuditStory.requests().filter {
            $0.decision == "allow" && !$0.subject.isOfTheSystem && !$0.action.verb.isEmpty
        }
        try #require(authorised.count > 40)
        for request in authorised {
            let verdict = evaluator.verdict(subject: request.subject, groups: request.groups, action: request.action)
            #expect(verdict.isAllowed, "\(request.subject) \(request.action)")
        }
    }

    @Test(arguments: inputs)
    func `denies every request that was refused`(_ inputs: Inputs) throws {
        let evaluator = try Self.evaluator(try Self.generated(inputs))
        let refused = try AuditStory.requests().filter { $0.decision == "forbid" }
        try #require(refused.count >= 8)
        for request in refused {
            let verdict = evaluator.verdict(subject: request.subject, groups: request.groups, action: request.action)
            #expect(!verdict.isAllowed, "\(request.subject) \(request.action)")
        }
    }

    @Test(arguments: inputs)
    func `binds nothing to whoever used nothing or was refused everything`(_ inputs: Inputs) throws {
        let bound = try Set(Self.generated(inputs).bindings.flatMap(\.subjects).map(\.description))
        #expect(
            bound == [
                "Group sre", "ServiceAccount billing/invoicer", "ServiceAccount ops/backup",
                "ServiceAccount warehouse/picker", "User ci-bot", "User dana",
            ])
    }

    @Test(arguments: inputs)
    func `writes no query, no empty verb and no wildcard`(_ inputs: Inputs) throws {
        let rules = try Self.generated(inputs).roles.flatMap(\.rules)
        try #require(!rules.isEmpty)
        for rule in rules {
            #expect(!rule.verbs.isEmpty && !rule.verbs.contains(""))
            let words = rule.verbs + rule.apiGroups + rule.resources + rule.resourceNames + rule.nonResourceURLs
            #expect(!words.contains { $0.contains("?") || $0.contains("*") || $0.contains("=") })
        }
    }

    @Test(arguments: inputs)
    func `keeps ci-bot to its two namespaces`(_ inputs: Inputs) throws {
        let grants = try Self.generated(inputs)
        let own = grants.bindings.filter { $0.subjects.contains(Subject(kind: .user, name: "ci-bot")) }
        #expect(Set(own.map(\.namespace)) == [Namespace("billing"), Namespace("warehouse")])
    }

    /// The log's server had the feature gate ConstrainedImpersonation, and asked for its verbs first.
    @Test(arguments: inputs)
    func `grants impersonation of the one that was impersonated, for what was asked then, and no more`(
        _ inputs: Inputs
    ) throws {
        let grants = try Self.generated(inputs)
        let roles = grants.roles.filter { $0.rules.contains { $0.verbs.contains { $0.hasPrefix("impersonate") } } }
        let rules = roles.sorted { $0.namespace.rawValue < $1.namespace.rawValue }.flatMap(\.rules).filter {
            $0.verbs.contains { $0.hasPrefix("impersonate") }
        }
        #expect(
            rules == [
                PolicyRule(verbs: ["impersonate-on:serviceaccount:get"], nonResourceURLs: ["/version"]),
                PolicyRule(verbs: ["impersonate-on:serviceaccount:list"], apiGroups: [""], resources: ["pods"]),
                PolicyRule(
                    verbs: ["impersonate:serviceaccount"], apiGroups: ["authentication.k8s.io"],
                    resources: ["serviceaccounts"], resourceNames: ["picker"]),
            ])
        let bindings = grants.bindings.filter { binding in roles.contains { $0.name == binding.role.name } }
        #expect(Set(bindings.map(\.namespace)) == [.clusterScope, Namespace("warehouse")])
        #expect(Set(bindings.flatMap(\.subjects)) == [Subject(kind: .user, name: "dana")])
    }

    @Test func `reports who never used its grant`() throws {
        let observed = try ObservedCluster(Self.inputs[0])
        let report = try UnusedReport(observed.learn(), settings: observed.settings)
        #expect(report.neverSeen.map(\.description) == ["ServiceAccount ops/dormant"])
    }

    @Test(arguments: [
        ("warehouse", "picker", "get", "configmaps", "other"), ("billing", "invoicer", "get", "secrets", "other"),
        ("billing", "invoicer", "list", "secrets", ""), ("billing", "invoicer", "update", "secrets", "smtp"),
        ("billing", "invoicer", "get", "configmaps", "routes"), ("ops", "backup", "list", "secrets", ""),
    ])
    func `grants nothing that was never used`(
        namespace: String, account: String, verb: String, resource: String, name: String
    ) throws {
        for inputs in Self.inputs {
            let evaluator = try Self.evaluator(try Self.generated(inputs))
            let verdict = evaluator.verdict(
                subject: Subject(kind: .serviceAccount, namespace: Namespace(namespace), name: account),
                action: AccessAction(
                    verb: verb, apiGroup: "", resource: resource, namespace: Namespace(namespace), name: name))
            #expect(!verdict.isAllowed)
        }
    }
}
