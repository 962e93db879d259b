import Domain
import PolicyEvaluator
import Testing

@Suite(.enabled(if: SharedFixtures.isPresent, "the shared fixtures are not here"))
struct AccessEvaluatorUpstreamTests {
    private static func bootstrap() throws -> AccessGrants {
        let files = [
            "cluster-roles", "cluster-role-bindings", "controller-roles", "controller-role-bindings", "namespace-roles",
            "namespace-role-bindings",
        ]
        return Manifest.grants(
            try files.flatMap { try Manifest.load(SharedFixtures.url("truth/k8s-bootstrap-rbac/\($0).yaml")) })
    }

    private static func bound(
        _ role: String, to subject: Subject, in namespace: Namespace = .clusterScope
    ) -> RoleBinding {
        RoleBinding(
            namespace: namespace, name: "test", role: .init(isClusterRole: true, name: role), subjects: [subject])
    }

    private static func account(_ name: String) -> Subject {
        Subject(kind: .serviceAccount, namespace: Namespace("kube-system"), name: name)
    }

    struct BootstrapCase: Sendable {
        let subject: Subject
        var groups: [String] = []
        let action: AccessAction
        /// The binding that grants it; nil for a refusal.
        let binding: String?
    }

    private static let bob = Subject(kind: .user, name: "bob")
    private static let anonymous = Subject(kind: .user, name: "system:anonymous")

    @Test(arguments: [
        BootstrapCase(
            subject: bob, action: AccessAction(verb: "get", path: "/apis/apps/v1"),
            binding: "ClusterRoleBinding system:discovery"),
        BootstrapCase(
            subject: bob, action: AccessAction(verb: "get", path: "/version"),
            binding: "ClusterRoleBinding system:discovery"),
        BootstrapCase(
            subject: anonymous, action: AccessAction(verb: "get", path: "/version"),
            binding: "ClusterRoleBinding system:public-info-viewer"),
        BootstrapCase(subject: anonymous, action: AccessAction(verb: "get", path: "/apis"), binding: nil),
        BootstrapCase(
            subject: bob,
            action: AccessAction(
                verb: "create", apiGroup: "authorization.k8s.io", resource: "selfsubjectaccessreviews"),
            binding: "ClusterRoleBinding system:basic-user"),
        BootstrapCase(
            subject: bob, action: AccessAction(verb: "get", apiGroup: "", resource: "pods", namespace: Namespace("x")),
            binding: nil),
        BootstrapCase(
            subject: bob, groups: ["system:masters"],
            action: AccessAction(verb: "delete", apiGroup: "g", resource: "anything", subresource: "sub"),
            binding: "ClusterRoleBinding cluster-admin"),
        BootstrapCase(
            subject: account("deployment-controller"),
            action: AccessAction(
                verb: "update", apiGroup: "apps", resource: "deployments", subresource: "status",
                namespace: Namespace("shop"), name: "web"),
            binding: "ClusterRoleBinding system:controller:deployment-controller"),
        BootstrapCase(
            subject: account("deployment-controller"),
            action: AccessAction(verb: "delete", apiGroup: "", resource: "secrets", namespace: Namespace("shop")),
            binding: nil),
        BootstrapCase(
            subject: account("bootstrap-signer"),
            action: AccessAction(verb: "get", apiGroup: "", resource: "secrets", namespace: Namespace("kube-system")),
            binding: "RoleBinding kube-system/system:controller:bootstrap-signer"),
        BootstrapCase(
            subject: account("bootstrap-signer"),
            action: AccessAction(verb: "get", apiGroup: "", resource: "secrets", namespace: Namespace("shop")),
            binding: nil),
        BootstrapCase(
            subject: Subject(kind: .serviceAccount, namespace: Namespace("ci"), name: "robot"),
            action: AccessAction(verb: "get", path: "/openid/v1/jwks"),
            binding: "ClusterRoleBinding system:service-account-issuer-discovery"),
        BootstrapCase(subject: bob, action: AccessAction(verb: "get", path: "/openid/v1/jwks"), binding: nil),
    ])
    func `the default roles grant what they are for`(_ example: BootstrapCase) throws {
        let evaluator = AccessEvaluator(grants: try Self.bootstrap())
        let grants = evaluator.grantingRules(subject: example.subject, groups: example.groups, action: example.action)
        #expect(grants.first?.binding.description == example.binding)
    }

    struct AggregateCase: Sendable {
        let role: String
        let verb: String
        let resource: String
        let isAllowed: Bool
    }

    @Test(arguments: [
        AggregateCase(role: "view", verb: "list", resource: "pods", isAllowed: true),
        AggregateCase(role: "view", verb: "create", resource: "pods", isAllowed: false),
        AggregateCase(role: "view", verb: "get", resource: "secrets", isAllowed: false),
        AggregateCase(role: "edit", verb: "get", resource: "secrets", isAllowed: true),
        AggregateCase(role: "edit", verb: "create", resource: "pods", isAllowed: true),
        AggregateCase(role: "edit", verb: "list", resource: "endpoints", isAllowed: true),
        AggregateCase(role: "admin", verb: "list", resource: "endpoints", isAllowed: true),
        AggregateCase(role: "admin", verb: "create", resource: "pods", isAllowed: true),
        AggregateCase(role: "admin", verb: "list", resource: "nodes", isAllowed: false),
    ])
    func `view, edit and admin are filled by aggregation`(_ example: AggregateCase) throws {
        var grants = try Self.bootstrap()
        #expect(grants.roles.filter { ["view", "edit", "admin"].contains($0.name) }.allSatisfy { $0.rules.isEmpty })
        grants.bindings.append(Self.bound(example.role, to: Self.bob, in: Namespace("shop")))
        let verdict = AccessEvaluator(grants: grants).verdict(
            subject: Self.bob,
            action: AccessAction(
                verb: example.verb, apiGroup: "", resource: example.resource, namespace: Namespace("shop")))
        #expect(verdict.isAllowed == example.isAllowed)
    }

    @Test func `the roles that audit2rbac expects allow its requests, and were needed`() throws {
        let file = Manifest(try SharedFixtures.json("truth/audit2rbac/cases.json"))
        let existing = Self.audit2rbacGrants(file["existing"])
        var checked = 0
        for example in file.list("cases") {
            let learned = Self.audit2rbacGrants(example["expected"])
            let both = AccessGrants(
                roles: existing.roles + learned.roles, bindings: existing.bindings + learned.bindings)
            let before = AccessEvaluator(grants: existing)
            let after = AccessEvaluator(grants: both)
            for request in example.list("requests") {
                let subject = Subject(userName: request["user"].text("name"))
                let groups = request["user"].texts("groups")
                let action = Self.action(request)
                #expect(after.verdict(subject: subject, groups: groups, action: action).isAllowed, "\(action)")
                #expect(
                    before.verdict(subject: subject, groups: groups, action: action).isAllowed
                        == learned.bindings.isEmpty, "\(example.text("name")) \(action)")
                checked += 1
            }
        }
        #expect(checked >= 19)
    }

    private static func audit2rbacGrants(_ manifest: Manifest) -> AccessGrants {
        AccessGrants(
            roles: (manifest.list("roles") + manifest.list("clusterRoles")).map(\.asRole),
            bindings: (manifest.list("roleBindings") + manifest.list("clusterRoleBindings")).map(\.asBinding))
    }

    private static func action(_ request: Manifest) -> AccessAction {
        guard request.fields["resourceRequest"] as? Bool == true else {
            return AccessAction(verb: request.text("verb"), path: request.text("path"))
        }
        return AccessAction(
            verb: request.text("verb"), apiGroup: request.text("apiGroup"), resource: request.text("resource"),
            subresource: request.text("subresource"), namespace: Namespace(request.text("namespace")),
            name: request.text("name"))
    }
}
