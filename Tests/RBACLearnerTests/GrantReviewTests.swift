import Domain
import RBACLearner
import Testing

/// What existing roles and bindings are used for.
struct GrantReviewTests {
    private static let shop = Namespace("shop")
    private static let bob = Subject(kind: .user, name: "bob")
    private static let read = PolicyRule(verbs: ["get", "list"], apiGroups: [""], resources: ["pods", "configmaps"])
    private static let anything = PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"])

    private static func review(
        _ requests: [(Subject, AccessAction)], _ grants: AccessGrants, memberships: [Subject: Set<ExactText>] = [:],
        reason: String = "", decision: AccessEdge.Decision = .allowed, inventory: ClusterInventory? = nil
    ) -> GrantReview {
        let edges = requests.map { Samples.edge($0.0, $0.1, decision, reason: reason) }
        return GrantReviewer.review(
            grants,
            by: AccessObservations(
                cluster: Samples.cluster, edges: Dictionary(edges.map { ($0, Samples.fact()) }) { $1 },
                memberships: memberships, inventory: inventory ?? ClusterInventory(cluster: Samples.cluster),
                newest: Samples.start))
    }

    private static func role(
        _ name: String, _ rules: [PolicyRule], in namespace: Namespace = .clusterScope, labels: Labels = [:],
        aggregation: [LabelSelector] = []
    ) -> Role {
        Role(namespace: namespace, name: name, labels: labels, rules: rules, aggregation: aggregation)
    }

    private static func binding(
        _ name: String, of role: String, isClusterRole: Bool = true, to subjects: [Subject],
        in namespace: Namespace = .clusterScope, labels: Labels = [:]
    ) -> RoleBinding {
        RoleBinding(
            namespace: namespace, name: name, labels: labels, role: .init(isClusterRole: isClusterRole, name: role),
            subjects: subjects)
    }

    @Test func `counts a use for every binding that allows it, whichever the reason names`() {
        let grants = AccessGrants(
            roles: [Self.role("read", [Self.read]), Self.role("all", [Self.anything])],
            bindings: [
                Self.binding("a", of: "all", to: [Samples.api]),
                Self.binding("z", of: "read", to: [Samples.api], in: Self.shop),
            ])
        let review = Self.review(
            [(Samples.api, Samples.action("list", "pods", "shop"))], grants,
            reason: #"RBAC: allowed by ClusterRoleBinding "a" of ClusterRole "all" to ServiceAccount "api/shop""#)
        #expect(review.bindings.map(\.key.description) == ["ClusterRoleBinding/a", "RoleBinding/shop/z"])
        #expect(review.bindings.map(\.isUnused) == [false, false])
    }

    @Test func `finds what reaches nobody's requests`() {
        let grants = AccessGrants(
            roles: [
                Self.role("read", [Self.read, PolicyRule(verbs: ["get"], nonResourceURLs: ["/metrics"])]),
                Self.role("nodes", [PolicyRule(verbs: ["list"], apiGroups: [""], resources: ["nodes"])]),
            ],
            bindings: [
                Self.binding("in-shop", of: "read", to: [Samples.api], in: Self.shop),
                Self.binding("in-billing", of: "read", to: [Samples.api], in: Namespace("billing")),
                Self.binding("nodes", of: "nodes", to: [Samples.api], in: Self.shop),
                Self.binding("nowhere", of: "missing", to: [Samples.api]),
                Self.binding("stranger", of: "nodes", to: [Self.bob]),
            ])
        let review = Self.review(
            [
                (Samples.api, Samples.action("list", "pods", "shop")), (Samples.api, Samples.action("list", "nodes")),
                (Samples.api, AccessAction(verb: "get", path: "/metrics")),
            ], grants)
        let unused = review.bindings.filter(\.isUnused).map(\.key.name)
        #expect(unused == ["nowhere", "stranger", "in-billing", "nodes"])
        // No RoleBinding reaches the cluster scope or a path.
        #expect(review.bindings.first { $0.key.name == "in-shop" }?.unusedRules.map(\.index) == [1])
        #expect(review.bindings.first { $0.key.name == "nowhere" }?.role == nil)
    }

    @Test func `knows members of groups, and accounts in every form`() {
        let developers = Subject(kind: .group, name: "developers")
        let all = Subject(kind: .group, name: "system:serviceaccounts:shop")
        let byUserName = Subject(kind: .user, name: "system:serviceaccount:shop:api")
        let bare = Subject(kind: .serviceAccount, name: "api")
        for (subject, isUsed) in [(developers, true), (all, true), (byUserName, true), (bare, true), (Self.bob, false)]
        {
            let grants = AccessGrants(
                roles: [Self.role("read", [Self.read])],
                bindings: [Self.binding("b", of: "read", to: [subject], in: Self.shop)])
            let list = Samples.action("list", "pods", "shop")
            let review = Self.review(
                [(Samples.api, list), (Samples.alice, list)], grants, memberships: [Samples.alice: ["developers"]])
            #expect(review.bindings.map(\.isUnused) == [!isUsed], "\(subject)")
            #expect(review.bindings.flatMap(\.subjects).map { $0.lastSeen != nil } == [isUsed], "\(subject)")
        }
    }

    @Test func `holds a rule against its own role where others aggregate it`() {
        let grants = AccessGrants(
            roles: [
                // As it is live: the controller has copied the rules.
                Self.role("sum", [Self.read], aggregation: [LabelSelector(matchLabels: ["to": "sum"])]),
                Self.role("part", [Self.read], labels: ["to": "sum"]),
                Self.role("other", [Self.anything], labels: ["to": "none"]),
            ], bindings: [Self.binding("b", of: "sum", to: [Samples.api])])
        let review = Self.review([(Samples.api, Samples.action("list", "pods", "shop"))], grants)
        #expect(review.bindings.flatMap(\.rules).map(\.origin.name) == ["part"])
        #expect(review.roles.map(\.role.name) == ["other", "part"])
        #expect(review.roles.map { $0.rules.map(\.isUsed) } == [[false], [true]])
        #expect(review.roles.map { $0.bindings.map(\.name) } == [[], ["b"]])
    }

    @Test func `tells which words of a rule are used, and what wildcards stood for`() throws {
        let rule = PolicyRule(
            verbs: ["get", "list", "*"], apiGroups: ["", "apps"], resources: ["pods", "*/scale", "configmaps"],
            resourceNames: ["web", "api"])
        let grants = AccessGrants(
            roles: [Self.role("r", [rule, Self.anything])], bindings: [Self.binding("b", of: "r", to: [Samples.api])])
        let review = Self.review(
            [
                (Samples.api, Samples.action("get", "pods", "shop", "web")),
                (Samples.api, Samples.action("patch", "deployments/scale", "shop", "web")),
            ], grants)
        let rules = try #require(review.bindings.first?.rules)
        let parts = rules[0].unusedParts
        #expect(parts.verbs == ["list"] && parts.apiGroups.isEmpty && parts.resources == ["configmaps"])
        #expect(parts.resourceNames == ["api"] && parts.nonResourceURLs.isEmpty)
        #expect(rules[1].unusedParts.isEmpty)
        #expect(
            rules[1].coveredByWildcards == [
                Samples.action("get", "pods"), Samples.action("patch", "deployments/scale"),
            ])
    }

    @Test func `knows what exec is checked for besides`() {
        let grants = AccessGrants(
            roles: [
                Self.role(
                    "exec",
                    ["get", "create", "delete"].map {
                        PolicyRule(verbs: [$0], apiGroups: [""], resources: ["pods/exec"])
                    })
            ], bindings: [Self.binding("b", of: "exec", to: [Samples.api])])
        let review = Self.review([(Samples.api, Samples.action("get", "pods/exec", "shop", "web"))], grants)
        let rules = review.bindings.flatMap(\.rules)
        #expect(rules.map(\.isUsed) == [true, true, false])
        #expect(rules.flatMap(\.used).map(\.isInferred) == [false, true])
    }

    @Test func `takes no refused request for a use, and none of another cluster`() {
        let grants = AccessGrants(
            roles: [Self.role("read", [Self.read])], bindings: [Self.binding("b", of: "read", to: [Samples.api])])
        let list = (Samples.api, Samples.action("list", "pods", "shop"))
        #expect(Self.review([list], grants, decision: .denied).bindings.map(\.isUnused) == [true])
        #expect(Self.review([list], grants, decision: .allowedByStatus).bindings.map(\.isUnused) == [false])
    }

    @Test func `leaves Kubernetes' own bindings out, but not what others bind of its roles`() {
        let own = ["kubernetes.io/bootstrapping": "rbac-defaults"]
        let grants = AccessGrants(
            roles: [Self.role("edit", [Self.anything], labels: own), Self.role("mine", [Self.read])],
            bindings: [
                Self.binding("system", of: "edit", to: [Self.bob], labels: own),
                Self.binding("mine", of: "edit", to: [Samples.api]),
            ])
        let review = Self.review([(Self.bob, Samples.action("list", "pods", "shop"))], grants)
        #expect(review.bindings.map(\.key.name) == ["mine"])
        #expect(review.bindings.map(\.isUnused) == [true])
        #expect(review.roles.map(\.role.name) == ["mine"])
    }

    @Test func `finds what a subject holds, by itself and through groups`() {
        let developers = Subject(kind: .group, name: "developers")
        let grants = AccessGrants(
            roles: [Self.role("read", [Self.read]), Self.role("all", [Self.anything])],
            bindings: [
                Self.binding("own", of: "read", to: [Self.bob, Samples.api], in: Self.shop),
                Self.binding("team", of: "all", to: [developers], in: Self.shop),
                Self.binding("accounts", of: "read", to: [Subject(kind: .group, name: "system:serviceaccounts:shop")]),
                Self.binding("other", of: "read", to: [Samples.alice]),
            ])
        let review = Self.review([(Self.bob, Samples.action("list", "pods", "shop"))], grants)
        let bob = review.holdings(of: Self.bob, groups: ["developers"])
        #expect(bob.map(\.binding.key.name) == ["own", "team"])
        #expect(bob.map(\.through) == [[Self.bob], [developers]])
        #expect(bob.first?.binding.rules.first?.lastUse(by: Self.bob) != nil)
        #expect(bob.first?.binding.rules.first?.lastUse(by: Samples.api) == nil)
        let api = review.holdings(of: Samples.api, groups: [])
        #expect(api.map(\.binding.key.name) == ["accounts", "own"])
        #expect(review.holdings(of: developers, groups: []).map(\.binding.key.name) == ["team"])
    }

    @Test func `names accounts that several workloads share, and the default one`() {
        var inventory = ClusterInventory(cluster: Samples.cluster)
        inventory.workloads = [("web", "shared"), ("api", "shared"), ("job", "own")].map { name, account in
            Workload(
                id: WorkloadID(cluster: Samples.cluster, namespace: Self.shop, kind: "Deployment", name: name),
                selector: nil, templateLabels: [:], serviceAccount: account)
        }
        let accounts = ["shared", "own", "default"].map {
            Subject(kind: .serviceAccount, namespace: Self.shop, name: $0)
        }
        let grants = AccessGrants(
            roles: [Self.role("read", [Self.read])],
            bindings: accounts.map { Self.binding($0.name, of: "read", to: [$0], in: Self.shop) })
        let review = Self.review([], grants, inventory: inventory)
        #expect(review.accounts.map(\.account.name) == ["default", "shared"])
        #expect(review.accounts.map { $0.parts.map(\.user) } == [[], ["shop/Deployment/api", "shop/Deployment/web"]])
        #expect(review.accounts.map { $0.bindings.map(\.name) } == [["default"], ["shared"]])
    }
}
