import Domain
import PolicyEvaluator
import RBACLearner
import Testing

/// Existing roles, cut down to what they are used for.
struct RoleNarrowingTests {
    private static let shop = Namespace("shop")

    /// Narrows a ClusterRole of these rules that is bound to one account in the whole cluster.
    private static func narrowed(
        _ rules: [PolicyRule], _ actions: [AccessAction], showsConstraints: Bool = true,
        unrecorded: @escaping (PolicyRule) -> [PolicyRule] = { _ in [] }
    ) throws -> RoleNarrowing {
        let grants = AccessGrants(
            roles: [Role(namespace: .clusterScope, name: "r", rules: rules)],
            bindings: [
                RoleBinding(
                    namespace: .clusterScope, name: "b", role: .init(isClusterRole: true, name: "r"),
                    subjects: [Samples.api])
            ])
        let edges = actions.map { Samples.edge(Samples.api, $0) }
        let review = GrantReviewer.review(
            grants,
            by: AccessObservations(
                cluster: Samples.cluster, edges: Dictionary(edges.map { ($0, Samples.fact()) }) { $1 },
                memberships: [:], inventory: ClusterInventory(cluster: Samples.cluster), newest: Samples.start))
        let role = try #require(review.roles.first)
        return RuleNarrower(
            options: AccessLearningOptions(), showsConstraints: showsConstraints, unrecorded: unrecorded
        ).narrowed(
            role)
    }

    @Test func `leaves verbs, resources and names that were used`() throws {
        let all = PolicyRule(
            verbs: ["get", "list", "watch", "delete"], apiGroups: ["", "apps"],
            resources: ["pods", "deployments", "secrets"])
        let narrowing = try Self.narrowed(
            [all],
            [
                Samples.action("list", "pods", "shop"), Samples.action("watch", "pods", "shop"),
                Samples.action("get", "deployments", "shop", "web"),
            ])
        #expect(
            narrowing.rules == [
                PolicyRule(verbs: ["list", "watch"], apiGroups: [""], resources: ["pods"]),
                PolicyRule(verbs: ["get"], apiGroups: ["apps"], resources: ["deployments"], resourceNames: ["web"]),
            ])
    }

    @Test func `keeps rules that are used whole, whatever the order of their words, and removes unused ones`() throws {
        let used = PolicyRule(verbs: ["watch", "list"], apiGroups: [""], resources: ["pods"])
        let unused = PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["secrets"])
        let narrowing = try Self.narrowed(
            [used, unused], [Samples.action("list", "pods", "shop"), Samples.action("watch", "pods", "shop")])
        #expect(narrowing.edits == [.keep, .remove])
        #expect(!narrowing.changesNothing)
    }

    @Test(arguments: [true, false])
    func `takes constrained impersonation where the log would show it`(_ showsConstraints: Bool) throws {
        let rules = [
            PolicyRule(
                verbs: ["impersonate:user-info"], apiGroups: ["authentication.k8s.io"], resources: ["users", "groups"],
                resourceNames: ["bob", "eve"]),
            PolicyRule(
                verbs: ["impersonate-on:user-info:get", "impersonate-on:user-info:list"], apiGroups: [""],
                resources: ["pods"]),
        ]
        let identity = AccessAction(
            verb: "impersonate:user-info", apiGroup: "authentication.k8s.io", resource: "users", name: "bob")
        let narrowing = try Self.narrowed(
            rules, [identity, Samples.action("impersonate-on:user-info:list", "pods")],
            showsConstraints: showsConstraints)
        #expect(narrowing.changesNothing == !showsConstraints)
        guard showsConstraints else { return }
        #expect(
            narrowing.rules == [
                PolicyRule(
                    verbs: ["impersonate:user-info"], apiGroups: ["authentication.k8s.io"], resources: ["users"],
                    resourceNames: ["bob"]),
                PolicyRule(verbs: ["impersonate-on:user-info:list"], apiGroups: [""], resources: ["pods"]),
            ])
    }

    @Test func `replaces wildcards by what they stood for`() throws {
        let narrowing = try Self.narrowed(
            [PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"])],
            [Samples.action("list", "pods", "shop"), Samples.action("create", "jobs", "shop")])
        #expect(
            narrowing.rules == [
                PolicyRule(verbs: ["list"], apiGroups: [""], resources: ["pods"]),
                PolicyRule(verbs: ["create"], apiGroups: ["batch"], resources: ["jobs"]),
            ])
    }

    @Test func `chooses among the names that a rule lists, and gives it no others`() throws {
        let rule = PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["configmaps"], resourceNames: ["a", "b"])
        let narrowing = try Self.narrowed([rule], [Samples.action("get", "configmaps", "shop", "a")])
        #expect(narrowing.rules.map(\.resourceNames) == [["a"]])
    }

    @Test func `keeps what no audit event shows, where it is written out`() throws {
        let rules = [
            PolicyRule(verbs: ["get", "list"], apiGroups: [""], resources: ["pods", "nodes/metrics"]),
            PolicyRule(
                verbs: ["bind", "update"], apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterroles"]),
            PolicyRule(verbs: ["update"], apiGroups: ["apps"], resources: ["deployments/finalizers"]),
            PolicyRule(verbs: ["get"], nonResourceURLs: ["/metrics"]),
            PolicyRule(verbs: ["get"], nonResourceURLs: ["*"]),
        ]
        let narrowing = try Self.narrowed(rules, [Samples.action("list", "pods", "shop")])
        #expect(
            narrowing.rules == [
                PolicyRule(verbs: ["list"], apiGroups: [""], resources: ["pods"]),
                PolicyRule(verbs: ["get", "list"], apiGroups: [""], resources: ["nodes/metrics"]),
                PolicyRule(verbs: ["bind"], apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterroles"]),
                rules[2], rules[3],
            ])
        #expect(narrowing.kept.map(\.index) == [0, 1, 2, 3])
    }

    @Test func `keeps what the audit policy does not record`() throws {
        let events = PolicyRule(verbs: ["create"], apiGroups: [""], resources: ["events"])
        let narrowing = try Self.narrowed(
            [PolicyRule(verbs: ["create", "get"], apiGroups: [""], resources: ["events", "pods"])],
            [Samples.action("create", "pods", "shop")], unrecorded: { _ in [events] })
        #expect(narrowing.rules == [PolicyRule(verbs: ["create"], apiGroups: [""], resources: ["pods"]), events])
        #expect(narrowing.kept.map(\.isRecorded) == [false])
    }

    @Test func `grants no create of exec that the rule did not grant`() throws {
        let rule = PolicyRule(verbs: ["get", "delete"], apiGroups: [""], resources: ["pods/exec"])
        let narrowing = try Self.narrowed([rule], [Samples.action("get", "pods/exec", "shop", "web")])
        #expect(narrowing.rules.map(\.verbs) == [["get"]])
        let both = PolicyRule(verbs: ["get", "create", "delete"], apiGroups: [""], resources: ["pods/exec"])
        let kept = try Self.narrowed([both], [Samples.action("get", "pods/exec", "shop", "web")])
        #expect(kept.rules.map(\.verbs) == [["get", "create"]])
    }

    /// The judge, which shares no code with the narrowing, holds any rule and its narrowed form against requests.
    @Test(arguments: 0..<300)
    func `never widens, and allows all that was used`(_ seed: Int) throws {
        var random = SeededGenerator(state: UInt64(seed))
        let rules = (0..<Int.random(in: 1...4, using: &random)).map { _ in Self.rule(&random) }
        let actions = (0..<40).map { _ in Self.action(&random) }
        let narrowing = try Self.narrowed(rules, Array(actions.prefix(12)))
        let (before, after) = (Self.judge(rules), Self.judge(narrowing.rules))
        for (number, action) in actions.enumerated() {
            let wasAllowed = before.verdict(subject: Samples.api, action: action).isAllowed
            let isAllowed = after.verdict(subject: Samples.api, action: action).isAllowed
            if number < 12 { #expect(isAllowed == wasAllowed, "\(action) \(rules) \(narrowing.rules)") }
            if isAllowed { #expect(wasAllowed, "\(action) \(rules) \(narrowing.rules)") }
        }
    }

    private static func judge(_ rules: [PolicyRule]) -> AccessEvaluator {
        AccessEvaluator(
            grants: AccessGrants(
                roles: [Role(namespace: .clusterScope, name: "r", rules: rules)],
                bindings: [
                    RoleBinding(
                        namespace: .clusterScope, name: "b", role: .init(isClusterRole: true, name: "r"),
                        subjects: [Samples.api])
                ]))
    }

    private static func some(_ words: [String], _ random: inout SeededGenerator) -> [String] {
        Array(words.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)))
    }

    private static let verbs = ["get", "list", "create", "delete", "*", "bind"]
    private static let resources = [
        "pods", "pods/exec", "configmaps", "deployments/scale", "*/scale", "nodes/metrics", "*",
    ]

    private static func rule(_ random: inout SeededGenerator) -> PolicyRule {
        if Int.random(in: 0..<6, using: &random) == 0 {
            return PolicyRule(
                verbs: some(verbs, &random), nonResourceURLs: some(["/metrics", "/healthz/*", "*"], &random))
        }
        return PolicyRule(
            verbs: some(verbs, &random), apiGroups: some(["", "apps", "*"], &random),
            resources: some(resources, &random),
            resourceNames: Bool.random(using: &random) ? [] : some(["web", "api", "db"], &random))
    }

    private static func action(_ random: inout SeededGenerator) -> AccessAction {
        let verb = ["get", "list", "create", "delete"].randomElement(using: &random) ?? "get"
        if Int.random(in: 0..<6, using: &random) == 0 {
            return AccessAction(
                verb: verb, path: ["/metrics", "/healthz/etcd", "/x"].randomElement(using: &random) ?? "/x")
        }
        let resource =
            ["pods", "pods/exec", "configmaps", "deployments/scale", "nodes/metrics"]
            .randomElement(using: &random) ?? "pods"
        let name =
            verb == "create" && !resource.contains("/")
            ? "" : ["web", "api", "", "x"].randomElement(using: &random) ?? ""
        return Samples.action(verb, resource, Bool.random(using: &random) ? "shop" : "", name)
    }
}
