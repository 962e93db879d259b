import Domain
import RBACLearner
import Testing

@Suite struct AccessRiskTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let action: AccessAction
        let path: String
        var isCritical = false
        var testDescription: String { path }
    }

    private static func action(_ verb: String, _ resource: String, _ space: String = "", _ name: String = "")
        -> AccessAction
    { Samples.action(verb, resource, space, name) }

    @Test(arguments: [
        Case(
            action: action("impersonate", "users", "", "bob"),
            path: "acts as users \"bob\", with all rights that go with it", isCritical: true),
        Case(
            action: AccessAction(
                verb: "patch", apiGroup: "rbac.authorization.k8s.io", resource: "rolebindings",
                namespace: Namespace("shop"), name: "x"),
            path: "writes rolebindings in shop: whoever is bound by them gets more rights, perhaps itself",
            isCritical: true),
        Case(
            action: action("get", "nodes/proxy", "", "worker-1"),
            path: "reaches the kubelet of any node (nodes/proxy): commands in every pod there, for which get suffices, "
                + "past audit and admission", isCritical: true),
        Case(
            action: action("create", "serviceaccounts/token", "shop", "web"),
            path: "makes tokens of ServiceAccount \"web\" in shop: whoever has one is that account", isCritical: true),
        Case(
            action: action("update", "certificatesigningrequests/approval", "", "csr-1"),
            path: "approves certificate requests: a client certificate can name any user and group", isCritical: true),
        Case(
            action: action("get", "pods/exec", "shop", "web-0"),
            path: "runs commands in any pod in shop, with the rights of its service account"),
        Case(
            action: action("create", "pods/attach", "shop", "web-0"),
            path: "attaches to processes in any pod in shop: their input and output"),
        Case(
            action: action("patch", "pods/ephemeralcontainers", "shop", "web-0"),
            path: "adds containers to any pod in shop, with the rights of its service account"),
        Case(
            action: action("create", "pods/portforward", "shop", "web-0"),
            path: "opens connections to any port of any pod in shop, past network policies"),
        Case(
            action: action("create", "pods"),
            path: "creates pods in the whole cluster, which can run as any service account, those of Kubernetes itself "
                + "among them"),
        Case(
            action: action("update", "deployments", "kube-system", "dns"),
            path:
                "changes deployments \"dns\" in kube-system, which can run as the service accounts of Kubernetes itself"
        ),
        Case(
            action: action("list", "secrets"),
            path: "reads any secret in the whole cluster, tokens of service accounts among them", isCritical: true),
        Case(
            action: action("get", "secrets", "billing", "smtp"),
            path: "reads secret \"smtp\" in billing, not its own namespace"),
        Case(action: action("watch", "secrets", "shop"), path: "reads any secret in shop"),
        Case(
            action: AccessAction(
                verb: "create", apiGroup: "admissionregistration.k8s.io", resource: "mutatingwebhookconfigurations"),
            path: "writes admission webhooks, which see every object that is written, and can change it"),
        Case(
            action: action("create", "persistentvolumes"),
            path: "creates persistent volumes, also of type hostPath: the files of any node"),
        Case(
            action: action("patch", "namespaces", "shop", "shop"),
            path: "changes labels of namespace \"shop\" in shop, by which Pod Security admission and network policies "
                + "decide"),
    ])
    func `says what a rule leads to`(_ example: Case) {
        let risks = Self.risks([example.action])
        #expect(risks.map(\.path) == [example.path])
        #expect(risks.map(\.isCritical) == [example.isCritical])
    }

    @Test(arguments: [
        action("get", "secrets", "shop", "own"), action("create", "pods", "shop"), action("get", "roles", "shop", "x"),
        action("delete", "pods/exec", "shop", "p"), action("get", "serviceaccounts/token", "shop", "web"),
        action("update", "persistentvolumes", "", "pv"), action("get", "namespaces", "shop", "shop"),
        AccessAction(verb: "create", apiGroup: "example.org", resource: "secrets"),
        AccessAction(verb: "get", apiGroup: "example.org", resource: "secrets"),
    ])
    func `flags nothing that its words say already`(_ action: AccessAction) {
        #expect(Self.risks([action]).isEmpty)
    }

    @Test func `critical ones come first, then by kind`() {
        let risks = Self.risks([
            Self.action("create", "pods/exec", "shop", "p"), Self.action("create", "serviceaccounts/token", "shop"),
            Self.action("patch", "pods/ephemeralcontainers", "shop", "p"), Self.action("get", "nodes/proxy", "", "w"),
        ])
        #expect(risks.sorted().map(\.kind) == [.nodeProxy, .tokens, .execution, .ephemeralContainers])
    }

    private static func risks(
        _ actions: [AccessAction], subject: Subject = Samples.api, grants: AccessGrants = AccessGrants()
    ) -> [AccessRisk] {
        Samples.learn(actions.map { (subject, $0) }, grants: grants).subjects
            .filter { $0.subject == subject }.flatMap(\.roles).flatMap(\.rules).flatMap(\.risks)
    }
}

extension AccessRiskTests {
    private static func account(_ name: String, _ namespace: String = "shop") -> Subject {
        Subject(kind: .serviceAccount, namespace: Namespace(namespace), name: name)
    }

    private static func bound(
        _ subjects: [Subject], _ rules: [PolicyRule], in namespace: String = "", labels: Labels = [:]
    ) -> AccessGrants {
        AccessGrants(
            roles: [Role(namespace: .clusterScope, name: "r", rules: rules)],
            bindings: [
                RoleBinding(
                    namespace: Namespace(namespace), name: "b", labels: labels,
                    role: .init(isClusterRole: true, name: "r"), subjects: subjects)
            ])
    }

    private static let everything = PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"])

    @Test(arguments: [
        ("pods", "", "create", "creates pods"), ("deployments", "apps", "create", "creates deployments"),
        ("daemonsets", "apps", "create", "creates daemonsets"), ("jobs", "batch", "create", "creates jobs"),
        ("statefulsets", "apps", "update", "changes statefulsets \"x\""),
        ("replicasets", "apps", "patch", "changes replicasets"),
        ("replicationcontrollers", "", "patch", "changes replicationcontrollers \"x\""),
        ("cronjobs", "batch", "patch", "changes cronjobs \"x\""),
    ])
    func `names the strongest account that a workload can run as`(
        _ resource: String, _ group: String, _ verb: String, _ words: String
    ) {
        let action = AccessAction(
            verb: verb, apiGroup: group, resource: resource, namespace: Namespace("shop"),
            name: verb == "create" ? "" : "x")
        let risks = Self.risks([action], grants: Self.bound([Self.account("deployer")], [Self.everything]))
        #expect(
            risks == [
                AccessRisk(
                    kind: .workloads,
                    path: "\(words) in shop, which can run as ServiceAccount shop/deployer "
                        + "(any verb on any resource through ClusterRoleBinding b)", isCritical: true)
            ])
    }

    @Test func `an account is no stronger than itself, nor for people of its groups`() {
        let create = Self.action("create", "pods", "shop")
        #expect(Self.risks([create], grants: Self.bound([Samples.api], [Self.everything])).isEmpty)
        let groups = ["system:serviceaccounts", "system:serviceaccounts:shop"].map { Subject(kind: .group, name: $0) }
        for group in groups {
            let grants = Self.bound([group], [Self.everything])
            #expect(Self.risks([create], grants: grants).isEmpty)
            #expect(Self.risks([create], subject: Samples.alice, grants: grants).map(\.isCritical) == [true])
        }
        let both = Self.bound([Samples.api, Self.account("b"), Self.account("c")] + groups, [Self.everything])
        #expect(Self.risks([create], grants: both).first?.path.hasSuffix("and 1 more") == true)
        let other = Self.bound([Subject(kind: .group, name: "system:serviceaccounts:ops")], [Self.everything])
        #expect(Self.risks([create], subject: Samples.alice, grants: other).isEmpty)
    }

    @Test func `accounts elsewhere, and those that Kubernetes binds itself, do not count`() {
        let create = Self.action("create", "pods", "shop")
        let elsewhere = Self.bound([Self.account("deployer", "ops")], [Self.everything])
        #expect(Self.risks([create], grants: elsewhere).isEmpty)
        let own = Self.bound(
            [Self.account("controller")], [Self.everything], labels: ["kubernetes.io/bootstrapping": "rbac-defaults"])
        #expect(Self.risks([create], grants: own).isEmpty)
        let cluster = Self.risks([Self.action("create", "pods")], grants: elsewhere)
        #expect(cluster.first?.path.contains("ServiceAccount ops/deployer") == true)
    }

    @Test(arguments: [
        (PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["secrets"]), "", "reads secrets of any namespace"),
        (PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["secrets"]), "shop", nil),
        (PolicyRule(verbs: ["get"], apiGroups: ["*"], resources: ["*"]), "shop", nil),
        (PolicyRule(verbs: ["get"], apiGroups: ["*"], resources: ["*"]), "", "get on any resource"),
        (
            PolicyRule(verbs: ["create"], apiGroups: ["rbac.authorization.k8s.io"], resources: ["rolebindings"]),
            "shop",
            "writes roles or bindings in shop"
        ),
        (PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["configmaps"]), "", nil),
        (PolicyRule(verbs: ["*"], apiGroups: [""], resources: ["configmaps"]), "", nil),
    ])
    func `tells what makes an account strong`(_ rule: PolicyRule, _ namespace: String, _ strength: String?) {
        let grants = Self.bound([Self.account("x")], [rule], in: namespace)
        let paths = Self.risks([Self.action("create", "pods", "shop")], grants: grants).map(\.path)
        #expect(paths.isEmpty == (strength == nil), "\(paths)")
        if let strength { #expect(paths.first?.contains("shop/x (\(strength) through ") == true, "\(paths)") }
    }

    @Test func `tokens and impersonation name the strong account that they reach`() {
        let grants = Self.bound([Self.account("deployer")], [Self.everything])
        let named = Self.risks([Self.action("create", "serviceaccounts/token", "shop", "deployer")], grants: grants)
        #expect(named.first?.path.contains("such as ServiceAccount shop/deployer (any verb") == true)
        let other = Self.risks([Self.action("create", "serviceaccounts/token", "shop", "web")], grants: grants)
        #expect(other.first?.path.contains("deployer") == false)
        let acting = Self.risks([Self.action("impersonate", "serviceaccounts", "shop", "deployer")], grants: grants)
        #expect(acting.first?.path.contains("such as ServiceAccount shop/deployer") == true)
    }

    @Test(.timeLimit(.minutes(1)))
    func `many strong accounts cost no more than their number`() {
        let accounts = (0..<20_000).map { Self.account("a\($0)", "n\($0 % 500)") }
        let learned = Samples.learn(
            accounts.prefix(5_000).map { ($0, Self.action("create", "pods")) },
            grants: Self.bound(accounts, [Self.everything]))
        #expect(learned.subjects.count == 5_000)
        let risks = learned.subjects.flatMap(\.roles).flatMap(\.rules).flatMap(\.risks)
        #expect(risks.allSatisfy { $0.path.hasSuffix(" and 19998 more") })
    }
}
