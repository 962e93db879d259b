import Domain
import RBACLearner
import Testing

@Suite struct DefaultGrantsTests {
    @Test(arguments: [
        AccessAction(verb: "get", path: "/api"), AccessAction(verb: "get", path: "/apis/apps/v1"),
        AccessAction(verb: "get", path: "/livez"), AccessAction(verb: "get", path: "/version/"),
        AccessAction(verb: "get", path: "/openapi/v3"), AccessAction(verb: "get", path: "/openid/v1/jwks"),
        Samples.action("create", "selfsubjectaccessreviews"), Samples.action("create", "selfsubjectreviews"),
    ])
    func `grants nobody what everyone has`(_ action: AccessAction) {
        let learned = Samples.learn([(Samples.api, action)])
        #expect(learned.subjects.isEmpty)
        #expect(learned.notLearned.map(\.reason) == [.everyone])
    }

    @Test(arguments: [
        AccessAction(verb: "get", path: "/readyz/ping"), AccessAction(verb: "get", path: "/metrics"),
        AccessAction(verb: "get", path: "/apisx"), AccessAction(verb: "post", path: "/api"),
        Samples.action("list", "selfsubjectaccessreviews"),
    ])
    func `grants what the default roles do not cover`(_ action: AccessAction) {
        #expect(Samples.learn([(Samples.api, action)]).subjects.count == 1)
    }

    @Test func `service accounts have more by default than users`() {
        let keys = AccessAction(verb: "get", path: "/openid/v1/jwks")
        #expect(Samples.learn([(Samples.alice, keys)]).subjects.count == 1)
    }

    @Test func `believes the live default bindings where there are any`() {
        let labels = ["kubernetes.io/bootstrapping": "rbac-defaults"]
        let live = grants(labels: labels, url: "/custom/*")
        let custom = AccessAction(verb: "get", path: "/custom/x")
        let version = AccessAction(verb: "get", path: "/version")
        let learned = Samples.learn([(Samples.api, custom), (Samples.api, version)], grants: live)
        #expect(learned.ruleLines == ["cluster: get /version"])
    }

    @Test func `takes a person's binding to everyone for no default`() {
        let custom = AccessAction(verb: "get", path: "/custom/x")
        let version = AccessAction(verb: "get", path: "/version")
        let learned = Samples.learn(
            [(Samples.api, custom), (Samples.api, version)], grants: grants(labels: [:], url: "/custom/*"))
        #expect(learned.ruleLines == ["cluster: get /custom/x"])
    }

    @Test func `leaves Kubernetes' own controllers to their default roles`() {
        let controller = Subject(
            kind: .serviceAccount, namespace: Namespace("kube-system"), name: "job-controller")
        let reason =
            "RBAC: allowed by ClusterRoleBinding \"system:controller:job-controller\" of ClusterRole "
            + "\"system:controller:job-controller\" to ServiceAccount \"job-controller/kube-system\""
        let learned = Samples.learn([(controller, Samples.action("list", "pods"))], reason: reason)
        #expect(learned.notLearned.map(\.reason) == [.ownDefault])
        #expect(Samples.learn([(Samples.api, Samples.action("list", "pods"))], reason: reason).subjects.count == 1)
    }

    private func grants(labels: Labels, url: String) -> AccessGrants {
        AccessGrants(
            roles: [
                Role(
                    namespace: .clusterScope, name: "d", labels: labels,
                    rules: [PolicyRule(verbs: ["get"], nonResourceURLs: [url])])
            ],
            bindings: [
                RoleBinding(
                    namespace: .clusterScope, name: "d", labels: labels, role: .init(isClusterRole: true, name: "d"),
                    subjects: [Subject(kind: .group, name: "system:authenticated")])
            ])
    }
}
