import Domain
import PolicyEvaluator
import Testing

/// Every default role and binding of Kubernetes: each cell of each rule is allowed to whom it is bound, near misses are not.
@Suite(.enabled(if: SharedFixtures.isPresent, "the shared fixtures are not here"))
struct BootstrapRolesTests {
    private static func grants(_ clusterRoles: String) throws -> AccessGrants {
        let files = [
            clusterRoles, "cluster-role-bindings", "controller-roles", "controller-role-bindings", "namespace-roles",
            "namespace-role-bindings",
        ]
        return Manifest.grants(
            try files.flatMap { try Manifest.load(SharedFixtures.url("truth/k8s-bootstrap-rbac/\($0).yaml")) })
    }

    @Test(arguments: ["cluster-roles", "cluster-roles-featuregates"])
    func `each cell is allowed to the bound subjects and no stranger`(_ file: String) throws {
        let grants = try Self.grants(file)
        #expect(grants.roles.count > 70 && grants.bindings.count > 50)
        let evaluator = AccessEvaluator(grants: grants)
        var cells = 0
        for binding in grants.bindings {
            let role = try #require(Self.role(of: binding, in: grants), "\(binding.name)")
            let actions = role.rules.flatMap { Self.actions($0, in: binding.namespace) }
            #expect(!actions.isEmpty || role.rules.isEmpty, "\(binding.name)")
            for subject in binding.subjects {
                for action in actions {
                    let found = evaluator.grantingRules(subject: subject, action: action)
                    #expect(
                        found.contains { $0.binding.name == binding.name && $0.binding.namespace == binding.namespace },
                        "\(binding.name) \(subject) \(action)")
                    cells += 1
                }
            }
        }
        #expect(cells > 900)
    }

    @Test func `near misses of each cell are denied, for one binding alone`() throws {
        let grants = try Self.grants("cluster-roles")
        var misses = 0
        for binding in grants.bindings + Self.bindingsOfTheRest(grants) {
            let role = Self.filled(try #require(Self.role(of: binding, in: grants)), grants)
            let evaluator = AccessEvaluator(grants: AccessGrants(roles: grants.roles, bindings: [binding]))
            for action in role.rules.flatMap({ Self.actions($0, in: binding.namespace) }) {
                for miss in Self.nearMisses(of: action) where !Self.allows(role, miss, in: binding.namespace) {
                    for subject in binding.subjects where subject.name != "system:masters" {
                        #expect(
                            !evaluator.verdict(subject: subject, action: miss).isAllowed,
                            "\(binding.name) \(subject) \(miss)")
                    }
                    misses += 1
                }
                for subject in binding.subjects {
                    #expect(evaluator.verdict(subject: subject, action: action).isAllowed, "\(binding.name) \(action)")
                }
                let stranger = Subject(kind: .serviceAccount, namespace: Namespace("kube-system"), name: "stranger")
                let isForAll = binding.subjects.contains {
                    ["system:authenticated", "system:serviceaccounts"].contains($0.name)
                }
                #expect(evaluator.verdict(subject: stranger, action: action).isAllowed == isForAll, "\(binding.name)")
            }
        }
        #expect(misses > 8_000)
    }

    /// A binding to somebody for each role that Kubernetes leaves for people to bind.
    private static func bindingsOfTheRest(_ grants: AccessGrants) -> [RoleBinding] {
        let bound = Set(grants.bindings.map { "\($0.role.isClusterRole ? "" : "\($0.namespace)") \($0.role.name)" })
        let rest = grants.roles.filter { !bound.contains("\($0.namespace) \($0.name)") }
        return rest.map { role in
            RoleBinding(
                namespace: role.namespace, name: "to-\(role.name)",
                role: .init(isClusterRole: role.isClusterRole, name: role.name),
                subjects: [Subject(kind: .user, name: "somebody")])
        }
    }

    /// The role with the rules that arrive in it: view, edit and admin have none of their own.
    private static func filled(_ role: Role, _ grants: AccessGrants) -> Role {
        var filled = role
        let keys = role.aggregation.flatMap(\.matchLabels.keys)
        filled.rules += grants.roles.filter { other in keys.contains { other.labels[$0] == "true" } }.flatMap {
            Self.filled($0, grants).rules
        }
        return filled
    }

    private static func role(of binding: RoleBinding, in grants: AccessGrants) -> Role? {
        let home = binding.role.isClusterRole ? Namespace.clusterScope : binding.namespace
        return grants.roles.first { $0.namespace == home && $0.name == binding.role.name }
    }

    /// One request for each cell of the rule; patterns stand for something that has no name of its own.
    private static func actions(_ rule: PolicyRule, in namespace: Namespace) -> [AccessAction] {
        let names = rule.resourceNames.isEmpty ? ["some"] : rule.resourceNames
        let verbs = rule.verbs.map { $0 == "*" ? "anyverb" : $0 }
        let paths = rule.nonResourceURLs.map { String($0.map { $0 == "*" ? "x" : $0 }) }
        return verbs.flatMap { verb in
            paths.map { AccessAction(verb: verb, path: $0 == "x" ? "/x" : $0) }
                + rule.apiGroups.flatMap { group in
                    rule.resources.flatMap { resource in
                        names.map { action(verb, group == "*" ? "any.group" : group, resource, namespace, $0) }
                    }
                }
        }
    }

    private static func action(
        _ verb: String, _ group: String, _ resource: String, _ namespace: Namespace, _ name: String
    ) -> AccessAction {
        let parts = (resource == "*" ? "anything" : resource).split(separator: "/", maxSplits: 1).map(String.init)
        return AccessAction(
            verb: verb, apiGroup: group, resource: parts[0] == "*" ? "anything" : parts[0],
            subresource: parts.count > 1 ? parts[1] : "", namespace: namespace, name: name)
    }

    private static func nearMisses(of action: AccessAction) -> [AccessAction] {
        guard action.isResourceRequest else {
            return [
                AccessAction(verb: "other", path: action.path),
                AccessAction(verb: action.verb, path: action.path + "x"),
            ]
        }
        func with(
            verb: String? = nil, group: String? = nil, resource: String? = nil, subresource: String? = nil,
            namespace: Namespace? = nil, name: String? = nil
        ) -> AccessAction {
            AccessAction(
                verb: verb ?? action.verb, apiGroup: group ?? action.apiGroup, resource: resource ?? action.resource,
                subresource: subresource ?? action.subresource, namespace: namespace ?? action.namespace,
                name: name ?? action.name)
        }
        return [
            with(verb: "other"), with(group: "other.example"), with(resource: "others"), with(subresource: "other"),
            with(subresource: ""), with(name: "other"), with(name: ""), with(namespace: .clusterScope),
            with(namespace: Namespace("elsewhere")),
        ]
    }

    /// The rules read plainly, so that a miss that another rule of the role grants is none.
    private static func allows(_ role: Role, _ action: AccessAction, in namespace: Namespace) -> Bool {
        guard namespace == .clusterScope || action.namespace == namespace else { return false }
        return role.rules.contains { rule in
            guard rule.verbs.contains("*") || rule.verbs.contains(action.verb) else { return false }
            if !action.isResourceRequest {
                return rule.nonResourceURLs.contains {
                    $0 == action.path || $0.hasSuffix("*") && action.path.hasPrefix($0.dropLast())
                }
            }
            return (rule.apiGroups.contains("*") || rule.apiGroups.contains(action.apiGroup))
                && rule.resources.contains {
                    $0 == "*" || $0 == action.resourceWithSubresource
                        || !action.subresource.isEmpty && $0 == "*/\(action.subresource)"
                } && (rule.resourceNames.isEmpty || rule.resourceNames.contains(action.name))
        }
    }
}

/// Who can do what, in the manifests of rbac-tool and by the expectations that stand in their comments.
@Suite(.enabled(if: SharedFixtures.isPresent, "the shared fixtures are not here"))
struct RBACToolTests {
    struct Case: Sendable {
        let file: String
        let action: AccessAction
        /// Names of subjects, sorted.
        let expected: [String]
    }

    private static func get(
        _ resource: String, _ group: String = "", in namespace: String = "test", name: String = "", verb: String = "get"
    ) -> AccessAction {
        AccessAction(verb: verb, apiGroup: group, resource: resource, namespace: Namespace(namespace), name: name)
    }

    @Test(arguments: [
        Case(
            file: "whocan/clusterrole-aggregate", action: get("pods"),
            expected: ["test-aggregate-group", "test-aggregate-sa", "test-aggregate-user"]),
        Case(
            file: "whocan/clusterrole-aggregate", action: get("pods", verb: "create"),
            expected: ["test-aggregate-group", "test-aggregate-sa", "test-aggregate-user"]),
        Case(file: "whocan/clusterrole-aggregate", action: get("pods", verb: "delete"), expected: []),
        Case(
            file: "whocan/gatewat-api-operator", action: get("gateways", "gateway.networking.k8s.io", verb: "create"),
            expected: ["gateway-network-operator-sa", "gateway-network-operator-user"]),
        // The comment asks who can get gateways; its role grants create, update, patch and delete alone.
        Case(
            file: "whocan/gatewat-api-operator", action: get("gateways", "gateway.networking.k8s.io"), expected: []),
        Case(
            file: "whocan/gatewat-api-operator",
            action: get("gateways", "gateway.networking.k8s.io", in: "ops", verb: "create"), expected: []),
        Case(
            file: "policyrules/multiple-role-bindings", action: get("secrets", in: "policyrules", name: "other"),
            expected: ["the-test-user"]),
        Case(
            file: "policyrules/multiple-role-bindings",
            action: get("secrets", in: "policyrules", name: "some-secret", verb: "watch"), expected: ["the-test-user"]),
        Case(
            file: "policyrules/multiple-role-bindings",
            action: get("secrets", in: "policyrules", name: "other", verb: "watch"), expected: []),
        Case(
            file: "whocan/impersonator", action: get("serviceaccounts", name: "x", verb: "impersonate"),
            expected: ["test-impersonator-user"]),
        // The comment lists the user as well; but no RoleBinding reaches a path (Using RBAC Authorization).
        Case(
            file: "whocan/nonresourceurl-reader", action: AccessAction(verb: "get", path: "/test-reader"), expected: []),
        Case(
            file: "whocan/pod-creator", action: get("pods", verb: "create"),
            expected: ["test-pod-creator-group", "test-pod-creator-sa", "test-pod-creator-user"]),
        Case(
            file: "whocan/secret-reader", action: get("secrets", name: "x"),
            expected: ["test-secret-reader", "test-secret-reader-sa"]),
        Case(file: "whocan/secret-reader", action: get("secrets", in: "", verb: "list"), expected: []),
        Case(
            file: "whocan/specific-resource-reader", action: get("secrets", name: "some-secret"),
            expected: ["test-specific-secret-reader", "test-specific-secret-reader-sa"]),
        Case(file: "whocan/specific-resource-reader", action: get("secrets", name: "x"), expected: []),
        // Its subject has no namespace: in a RoleBinding, the binding's.
        Case(
            file: "viz/multiple-rolebindings-in-ns", action: get("services", in: "mynamespace"),
            expected: ["example-user"]),
        Case(
            file: "viz/multiple-rolebindings-in-ns-missing-service-account", action: get("pods", in: "mynamespace"),
            expected: ["example-user"]),
    ])
    func `the right subjects can do it`(_ example: Case) throws {
        let grants = Manifest.grants(try Manifest.load(SharedFixtures.url("truth/rbac-tool/\(example.file).yaml")))
        let evaluator = AccessEvaluator(grants: grants)
        let subjects = grants.bindings.flatMap { binding in
            binding.subjects.map { subject in
                subject.kind == .serviceAccount && subject.namespace == .clusterScope
                    ? Subject(kind: .serviceAccount, namespace: binding.namespace, name: subject.name) : subject
            }
        }
        let found = Set(subjects).filter { evaluator.verdict(subject: $0, action: example.action).isAllowed }
        #expect(found.map(\.name).sorted() == example.expected)
    }
}
