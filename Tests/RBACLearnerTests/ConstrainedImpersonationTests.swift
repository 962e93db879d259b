import Domain
import RBACLearner
import Testing

/// What becomes of the verbs of constrained impersonation (KEP-5284).
struct ConstrainedImpersonationTests {
    private static func identity(
        _ mode: ImpersonationMode, _ resource: String, _ name: String, _ namespace: String = ""
    ) -> AccessAction {
        let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
        return AccessAction(
            verb: mode.identityVerb, apiGroup: "authentication.k8s.io", resource: parts[0],
            subresource: parts.count == 2 ? parts[1] : "", namespace: Namespace(namespace), name: name)
    }

    private static func acting(
        _ verb: String, _ resource: String, _ namespace: String = "", _ name: String = "",
        _ mode: ImpersonationMode = .userInfo
    ) -> AccessAction {
        Samples.action(mode.actionVerb(verb), resource, namespace, name)
    }

    @Test(arguments: [
        (identity(.userInfo, "users", "bob"), "cluster: impersonate:user-info users (authentication.k8s.io) [bob]"),
        (
            identity(.userInfo, "userextras/acme.com/project", "x"),
            "cluster: impersonate:user-info userextras/acme.com/project (authentication.k8s.io) [x]"
        ),
        (
            identity(.serviceAccount, "serviceaccounts", "web", "shop"),
            "shop: impersonate:serviceaccount serviceaccounts (authentication.k8s.io) [web]"
        ),
        // A node's name would be dropped for any other verb.
        (
            identity(.arbitraryNode, "nodes", "n-1"),
            "cluster: impersonate:arbitrary-node nodes (authentication.k8s.io) [n-1]"
        ),
        (
            identity(.associatedNode, "nodes", "*"),
            "cluster: impersonate:associated-node nodes (authentication.k8s.io)"
        ),
        (acting("list", "pods", "shop"), "shop: impersonate-on:user-info:list pods"),
        (acting("list", "pods"), "cluster: impersonate-on:user-info:list pods"),
        (acting("create", "deployments", "shop"), "shop: impersonate-on:user-info:create deployments (apps)"),
        (
            acting("get", "services", "shop", "web", .serviceAccount),
            "shop: impersonate-on:serviceaccount:get services [web]"
        ),
        (acting("get", "pods/log", "shop", "web-0"), "shop: impersonate-on:user-info:get pods/log"),
        (
            acting("deletecollection", "services", "shop", "x"),
            "shop: impersonate-on:user-info:deletecollection services"
        ),
        // Which verbs a client may come to need in another's name is not concluded.
        (acting("get", "pods/exec", "shop", "web-0"), "shop: impersonate-on:user-info:get pods/exec"),
    ])
    func `grants what was checked`(_ action: AccessAction, rule: String) {
        let learned = Samples.learn([(Samples.api, action)])
        #expect(learned.ruleLines == [rule])
        #expect(learned.notLearned.isEmpty)
    }

    @Test func `a path is granted to the verb in the name of another`() {
        let action = AccessAction(verb: ImpersonationMode.userInfo.actionVerb("get"), path: "/metrics")
        #expect(Samples.learn([(Samples.api, action)]).ruleLines == ["cluster: impersonate-on:user-info:get /metrics"])
    }

    @Test(arguments: [
        (identity(.userInfo, "users", ""), UnlearnedReason.unnamedImpersonation),
        (identity(.userInfo, "nodes", "n-1"), .unknownImpersonation),
        (identity(.userInfo, "users", "bob", "shop"), .unknownImpersonation),
        (identity(.userInfo, "userextras", "x"), .unknownImpersonation),
        (identity(.serviceAccount, "serviceaccounts", "web"), .unknownImpersonation),
        (identity(.serviceAccount, "users", "bob"), .unknownImpersonation),
        (identity(.associatedNode, "nodes", "n-1"), .unknownImpersonation),
        (Samples.action("impersonate:user-info", "users", "", "bob"), .unknownImpersonation),
        (
            AccessAction(
                verb: "impersonate:scheduled-node", apiGroup: "authentication.k8s.io", resource: "nodes", name: "n-1"),
            .unknownImpersonation
        ),
        (Samples.action("impersonate-on:list", "pods", "shop"), .unknownImpersonation),
        (Samples.action("impersonate-on:scheduled-node:list", "pods", "shop"), .unknownImpersonation),
        (Samples.action("impersonate-on:user-info:", "pods", "shop"), .unknownImpersonation),
        (Samples.action("impersonate-on:user-info:*", "pods", "shop"), .wildcard),
        (Samples.action("impersonate-on:user-info:escalate", "pods", "shop"), .authorizationVerb),
    ])
    func `what nothing is known to ask for is reported, never granted`(
        _ action: AccessAction, reason: UnlearnedReason
    ) {
        let learned = Samples.learn([(Samples.api, action)])
        #expect(learned.subjects.isEmpty)
        #expect(learned.notLearned.map(\.reason) == [reason])
        #expect(learned.notLearned.allSatisfy { $0.reason.needsAttention })
    }

    @Test func `names of identities stay whatever their number, those of objects do not`() {
        let identities = (1...40).map { (Samples.api, Self.identity(.userInfo, "users", "u\($0)")) }
        let objects = (1...40).map { (Samples.api, Self.acting("get", "services", "shop", "s\($0)")) }
        let roles = Samples.learn(identities + objects).subjects.flatMap(\.roles)
        #expect(roles.flatMap(\.rules).map(\.rule.resourceNames.count) == [40, 0])
    }

    @Test func `nothing of it is learned for the group that allowed the request`() {
        let actions = [Self.identity(.userInfo, "users", "bob"), Self.acting("list", "pods", "shop")]
        let learned = Samples.learn(
            actions.map { (Samples.alice, $0) }, reason: Samples.allowedBy(group: "developers"),
            memberships: [Samples.alice: ["developers"]])
        #expect(learned.subjects.map(\.subject) == [Samples.alice])
    }
}

// MARK: - Risks

extension ConstrainedImpersonationTests {
    private static func risks(_ actions: [AccessAction]) -> [AccessRisk] {
        Samples.learn(actions.map { (Samples.api, $0) }).subjects.flatMap(\.roles).flatMap(\.rules).flatMap(\.risks)
    }

    @Test(arguments: [
        (
            identity(.userInfo, "users", "bob"),
            "acts as users \"bob\", for what rules with impersonate-on verbs name, and no more", false
        ),
        (
            identity(.associatedNode, "nodes", "*"),
            "acts as the node that its pod runs on, for what rules with impersonate-on verbs name, and no more", false
        ),
        (
            acting("get", "secrets"),
            "reads any secret in the whole cluster, tokens of service accounts among them, when it acts as another "
                + "(user-info)", true
        ),
        (
            acting("create", "pods/exec", "shop", "web-0", .serviceAccount),
            "runs commands in any pod in shop, with the rights of its service account, when it acts as another "
                + "(serviceaccount)", false
        ),
    ])
    func `says what it leads to`(_ action: AccessAction, path: String, isCritical: Bool) {
        let risks = Self.risks([action])
        #expect(risks.map(\.path) == [path])
        #expect(risks.map(\.isCritical) == [isCritical])
    }

    @Test func `is no risk where the request is none`() {
        #expect(Self.risks([Self.acting("list", "pods", "shop")]).isEmpty)
    }

    @Test(arguments: [
        (["impersonate"], "", "users", true), (["impersonate:user-info"], "authentication.k8s.io", "users", false),
        (["impersonate-on:user-info:list"], "", "pods", false),
        (["impersonate-on:user-info:list"], "", "secrets", true),
    ])
    func `makes an account no stronger than what it may do in the name of others`(
        verbs: [String], group: String, resource: String, isStrong: Bool
    ) {
        let rule = PolicyRule(verbs: verbs, apiGroups: [group], resources: [resource])
        let grants = AccessGrants(
            roles: [Role(namespace: .clusterScope, name: "r", rules: [rule])],
            bindings: [
                RoleBinding(
                    namespace: .clusterScope, name: "b", role: .init(isClusterRole: true, name: "r"),
                    subjects: [Subject(kind: .serviceAccount, namespace: Namespace("shop"), name: "deputy")])
            ])
        let learned = Samples.learn([(Samples.api, Samples.action("create", "pods", "shop"))], grants: grants)
        let risks = learned.subjects.flatMap(\.roles).flatMap(\.rules).flatMap(\.risks)
        #expect(!risks.isEmpty == isStrong)
    }
}

// MARK: - What the log shows

extension ConstrainedImpersonationTests {
    @Test(
        arguments: [
            ("impersonate:user-info", "users", nil, .constraint),
            ("impersonate:associated-node", "nodes", nil, .constraint),
            ("impersonate-on:user-info:list", "pods", nil, .constraint),
            ("impersonate-on:associated-node:get", "nodes/proxy", nil, .constraint),
            ("impersonate:later", "users", .authorizationOnly, .authorizationOnly),
            ("impersonate-on:later:get", "pods", .authorizationOnly, .authorizationOnly),
            ("impersonate-on:user-info:bind", "roles", .authorizationOnly, .authorizationOnly),
            ("impersonate", "users", nil, nil), ("get", "nodes/proxy", .kubelet, .kubelet),
        ] as [(String, String, UnseenCheck?, UnseenCheck?)])
    func `is seen once events name the verbs that allowed it`(
        verb: String, resource: String, shown: UnseenCheck?, hidden: UnseenCheck?
    ) {
        #expect(UnseenCheck.reason(verb: verb, resource: resource, showsConstraints: true) == shown)
        #expect(UnseenCheck.reason(verb: verb, resource: resource, showsConstraints: false) == hidden)
    }

    @Test func `a log shows constraints where one of its events has one`() {
        let shows = { (actions: [AccessAction], cluster: ClusterName) in
            AccessObservations(
                cluster: cluster,
                edges: Dictionary(actions.map { (Samples.edge(Samples.api, $0), Samples.fact()) }) { $1 },
                memberships: [:], inventory: ClusterInventory(cluster: cluster), newest: Samples.start
            ).showsConstraints
        }
        let plain = Samples.action("impersonate", "users", "", "bob")
        #expect(!shows([plain, Samples.action("list", "pods")], Samples.cluster))
        #expect(shows([plain, Self.acting("list", "pods")], Samples.cluster))
        #expect(!shows([plain, Self.acting("list", "pods")], ClusterName("other")))
    }
}
