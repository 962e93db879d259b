import Domain
import PolicyEvaluator
import Testing

struct AccessEvaluatorTests {
    private static let bob = Subject(kind: .user, name: "bob")
    private static let robot = Subject(kind: .serviceAccount, namespace: Namespace("ci"), name: "robot")

    private static func bind(
        _ subject: Subject, _ rules: [PolicyRule], in namespace: Namespace = .clusterScope
    ) -> AccessEvaluator {
        AccessEvaluator(
            grants: AccessGrants(
                roles: [Role(namespace: .clusterScope, name: "it", rules: rules)],
                bindings: [
                    RoleBinding(
                        namespace: namespace, name: "bind", role: .init(isClusterRole: true, name: "it"),
                        subjects: [subject])
                ]))
    }

    private static func core(
        _ verb: String, _ resource: String, _ subresource: String = "", group: String = "", in namespace: String = "",
        name: String = ""
    ) -> AccessAction {
        AccessAction(
            verb: verb, apiGroup: group, resource: resource, subresource: subresource,
            namespace: Namespace(namespace), name: name)
    }

    struct RuleCase: Sendable {
        let rule: PolicyRule
        let allowed: [AccessAction]
        let denied: [AccessAction]
    }

    @Test(arguments: [
        RuleCase(
            rule: PolicyRule(verbs: ["get", "list"], apiGroups: [""], resources: ["pods"]),
            allowed: [core("get", "pods"), core("list", "pods", in: "x", name: "p")],
            denied: [
                core("watch", "pods"), core("", "pods"), core("get", "pods", "log"), core("get", "pod"),
                core("get", "pods", group: "apps"), AccessAction(verb: "get", path: "/pods"),
            ]),
        RuleCase(
            rule: PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"]),
            allowed: [core("x", "y", "z", group: "g"), core("", "pods")],
            denied: [AccessAction(verb: "get", path: "/healthz")]),
        RuleCase(
            rule: PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["pods/log"]),
            allowed: [core("get", "pods", "log", name: "p")],
            denied: [core("get", "pods"), core("get", "pods", "exec")]),
        RuleCase(
            rule: PolicyRule(verbs: ["get"], apiGroups: ["apps"], resources: ["*/scale"]),
            allowed: [
                core("get", "deployments", "scale", group: "apps"), core("get", "statefulsets", "scale", group: "apps"),
            ],
            denied: [core("get", "deployments", group: "apps"), core("get", "deployments", "status", group: "apps")]),
        RuleCase(
            rule: PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["pods/*"]),
            allowed: [], denied: [core("get", "pods"), core("get", "pods", "log")]),
        RuleCase(
            rule: PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["*/*"]),
            allowed: [], denied: [core("get", "pods", "log")]),
        RuleCase(
            rule: PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["secrets"], resourceNames: ["tls", "ca"]),
            allowed: [core("get", "secrets", name: "ca")],
            denied: [core("get", "secrets", name: "other"), core("get", "secrets")]),
        RuleCase(
            rule: PolicyRule(verbs: ["get"], resources: ["pods"]), allowed: [], denied: [core("get", "pods")]),
        RuleCase(
            rule: PolicyRule(verbs: [], apiGroups: [""], resources: ["pods"]), allowed: [],
            denied: [core("get", "pods")]),
        RuleCase(
            rule: PolicyRule(verbs: ["get"], nonResourceURLs: ["/metrics", "/healthz/*", "/logs*"]),
            allowed: [
                AccessAction(verb: "get", path: "/metrics"), AccessAction(verb: "get", path: "/healthz/etcd"),
                AccessAction(verb: "get", path: "/healthz/"), AccessAction(verb: "get", path: "/logs"),
                AccessAction(verb: "get", path: "/logs/a"),
            ],
            denied: [
                AccessAction(verb: "post", path: "/metrics"), AccessAction(verb: "get", path: "/metrics/cadvisor"),
                AccessAction(verb: "get", path: "/healthz"), core("get", "pods"),
            ]),
        RuleCase(
            rule: PolicyRule(verbs: ["*"], nonResourceURLs: ["*"]),
            allowed: [AccessAction(verb: "post", path: "/anything")], denied: [core("get", "pods")]),
        RuleCase(
            rule: PolicyRule(verbs: ["get"], nonResourceURLs: ["/a**"]),
            allowed: [AccessAction(verb: "get", path: "/abc")], denied: [AccessAction(verb: "get", path: "/b")]),
        RuleCase(
            rule: PolicyRule(verbs: ["get"], nonResourceURLs: ["/a/*/b"]),
            allowed: [AccessAction(verb: "get", path: "/a/*/b")], denied: [AccessAction(verb: "get", path: "/a/x/b")]),
    ])
    func `rules match as the authorizer matches them`(_ example: RuleCase) {
        let evaluator = Self.bind(Self.bob, [example.rule])
        for action in example.allowed {
            #expect(evaluator.verdict(subject: Self.bob, action: action).isAllowed, "\(action)")
        }
        for action in example.denied {
            #expect(!evaluator.verdict(subject: Self.bob, action: action).isAllowed, "\(action)")
        }
    }

    @Test func `one rule has to match as a whole`() {
        let rules = [
            PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["pods"]),
            PolicyRule(verbs: ["delete"], apiGroups: [""], resources: ["secrets"]),
        ]
        let evaluator = Self.bind(Self.bob, rules)
        #expect(!evaluator.verdict(subject: Self.bob, action: Self.core("delete", "pods")).isAllowed)
    }

    @Test func `a RoleBinding reaches its namespace, no other, and nothing cluster-wide`() {
        let rules = [
            PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"]),
            PolicyRule(verbs: ["*"], nonResourceURLs: ["*"]),
        ]
        let evaluator = Self.bind(Self.bob, rules, in: Namespace("shop"))
        #expect(evaluator.verdict(subject: Self.bob, action: Self.core("get", "pods", in: "shop")).isAllowed)
        #expect(!evaluator.verdict(subject: Self.bob, action: Self.core("get", "pods", in: "ops")).isAllowed)
        #expect(!evaluator.verdict(subject: Self.bob, action: Self.core("list", "pods")).isAllowed)
        #expect(!evaluator.verdict(subject: Self.bob, action: AccessAction(verb: "get", path: "/x")).isAllowed)
    }

    struct SubjectCase: Sendable {
        let bound: Subject
        let asking: Subject
        var groups: [String] = []
        var namespace = ""
        let isAllowed: Bool
    }

    private static func group(_ name: String) -> Subject { Subject(kind: .group, name: name) }

    @Test(arguments: [
        SubjectCase(bound: bob, asking: bob, isAllowed: true),
        SubjectCase(bound: bob, asking: Subject(kind: .user, name: "eve"), isAllowed: false),
        SubjectCase(bound: group("bob"), asking: bob, isAllowed: false),
        SubjectCase(bound: group("dev"), asking: bob, groups: ["dev"], isAllowed: true),
        SubjectCase(bound: group("dev"), asking: bob, groups: ["ops"], isAllowed: false),
        SubjectCase(bound: group("dev"), asking: group("dev"), isAllowed: true),
        SubjectCase(bound: group("system:authenticated"), asking: group("dev"), isAllowed: false),
        SubjectCase(bound: group("system:authenticated"), asking: bob, isAllowed: true),
        SubjectCase(
            bound: group("system:authenticated"), asking: bob, groups: ["system:unauthenticated"], isAllowed: false),
        SubjectCase(bound: group("system:unauthenticated"), asking: bob, isAllowed: false),
        SubjectCase(
            bound: group("system:unauthenticated"), asking: Subject(kind: .user, name: "system:anonymous"),
            isAllowed: true),
        SubjectCase(
            bound: group("system:authenticated"), asking: Subject(kind: .user, name: "system:anonymous"),
            isAllowed: false),
        SubjectCase(bound: robot, asking: robot, isAllowed: true),
        SubjectCase(
            bound: robot, asking: Subject(kind: .serviceAccount, namespace: Namespace("shop"), name: "robot"),
            isAllowed: false),
        SubjectCase(
            bound: robot, asking: Subject(kind: .user, name: "system:serviceaccount:ci:robot"), isAllowed: true),
        SubjectCase(
            bound: Subject(kind: .user, name: "system:serviceaccount:ci:robot"), asking: robot, isAllowed: true),
        SubjectCase(bound: Subject(kind: .user, name: "robot"), asking: robot, isAllowed: false),
        SubjectCase(bound: group("system:serviceaccounts"), asking: robot, isAllowed: true),
        SubjectCase(bound: group("system:serviceaccounts:ci"), asking: robot, isAllowed: true),
        SubjectCase(bound: group("system:serviceaccounts:shop"), asking: robot, isAllowed: false),
        SubjectCase(bound: group("system:authenticated"), asking: robot, isAllowed: true),
        SubjectCase(bound: Subject(kind: .serviceAccount, name: "robot"), asking: robot, isAllowed: false),
        SubjectCase(
            bound: Subject(kind: .serviceAccount, name: "robot"), asking: robot, namespace: "ci", isAllowed: true),
    ])
    func `bindings reach users, groups and service accounts`(_ example: SubjectCase) {
        let rules = [PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["pods"])]
        let evaluator = Self.bind(example.bound, rules, in: Namespace(example.namespace))
        let verdict = evaluator.verdict(
            subject: example.asking, groups: example.groups, action: Self.core("get", "pods", in: "ci"))
        #expect(verdict.isAllowed == example.isAllowed)
    }

    @Test func `dangling references and references across scopes grant nothing`() {
        let rules = [PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"])]
        let roles = [
            Role(namespace: .clusterScope, name: "global", rules: rules),
            Role(namespace: Namespace("ops"), name: "local", rules: rules),
        ]
        let references: [(String, RoleBinding.RoleReference, Bool)] = [
            ("shop", .init(isClusterRole: true, name: "missing"), false),
            ("shop", .init(isClusterRole: false, name: "local"), false),
            ("shop", .init(isClusterRole: false, name: "global"), false),
            ("", .init(isClusterRole: false, name: "global"), false),
            ("", .init(isClusterRole: true, name: "local"), false),
            ("ops", .init(isClusterRole: false, name: "local"), true),
            ("shop", .init(isClusterRole: true, name: "global"), true),
        ]
        for (namespace, reference, expected) in references {
            let binding = RoleBinding(
                namespace: Namespace(namespace), name: "b", role: reference, subjects: [Self.bob])
            let evaluator = AccessEvaluator(grants: AccessGrants(roles: roles, bindings: [binding]))
            let action = Self.core("get", "pods", in: namespace.isEmpty ? "ops" : namespace)
            #expect(
                evaluator.verdict(subject: Self.bob, action: action).isAllowed == expected, "\(namespace) \(reference)")
        }
    }

    @Test func `aggregation follows selectors, through other aggregates and in circles`() {
        let reading = PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["pods"])
        let own = PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["nodes"])
        let roles = [
            Role(
                namespace: .clusterScope, name: "top", labels: ["to": "middle"], rules: [own],
                aggregation: [Sample.selector(["to": "top"])]),
            Role(
                namespace: .clusterScope, name: "middle", labels: ["to": "top"], rules: [],
                aggregation: [Sample.selector(["to": "middle"])]),
            Role(namespace: .clusterScope, name: "leaf", labels: ["to": "middle"], rules: [reading]),
            Role(
                namespace: Namespace("shop"), name: "local", labels: ["to": "top"],
                rules: [
                    PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"])
                ]),
        ]
        let binding = RoleBinding(
            namespace: .clusterScope, name: "b", role: .init(isClusterRole: true, name: "top"), subjects: [Self.bob])
        let evaluator = AccessEvaluator(grants: AccessGrants(roles: roles, bindings: [binding]))
        let grants = evaluator.grantingRules(subject: Self.bob, action: Self.core("get", "pods"))
        #expect(grants.map(\.role.description) == ["ClusterRole top"])
        #expect(grants.map(\.origin.description) == ["ClusterRole leaf"])
        // The controller overwrites what is written into an aggregating role.
        #expect(!evaluator.verdict(subject: Self.bob, action: Self.core("get", "nodes")).isAllowed)
        #expect(!evaluator.verdict(subject: Self.bob, action: Self.core("get", "secrets")).isAllowed)
    }

    struct SelectorCase: Sendable {
        let aggregation: [LabelSelector]
        /// Names of the roles whose rules arrive.
        let selected: Set<String>
    }

    @Test(arguments: [
        SelectorCase(aggregation: [LabelSelector()], selected: ["x", "y", "z"]),
        SelectorCase(aggregation: [Sample.selector(["tier": "x"])], selected: ["x"]),
        SelectorCase(aggregation: [Sample.selector(["tier": "x", "open": "no"])], selected: []),
        SelectorCase(
            aggregation: [Sample.selector(["tier": "x"]), Sample.selector(["tier": "y"])], selected: ["x", "y"]),
        SelectorCase(aggregation: [Sample.expression("tier", .in, ["y", "q"])], selected: ["y"]),
        SelectorCase(aggregation: [Sample.expression("tier", .notIn, ["y"])], selected: ["x", "z"]),
        SelectorCase(aggregation: [Sample.expression("tier", .exists)], selected: ["x", "y"]),
        SelectorCase(aggregation: [Sample.expression("tier", .doesNotExist)], selected: ["z"]),
        SelectorCase(
            aggregation: [
                LabelSelector(
                    matchLabels: ["tier": "y"], matchExpressions: [.init(key: "open", operator: .exists, values: [])])
            ], selected: ["y"]),
    ])
    func `aggregation selects by labels and expressions, any of several selectors`(_ example: SelectorCase) {
        let labels: [(String, Labels)] = [("x", ["tier": "x"]), ("y", ["tier": "y", "open": "yes"]), ("z", [:])]
        let roles = labels.map { name, labels in
            Role(
                namespace: .clusterScope, name: name, labels: labels,
                rules: [PolicyRule(verbs: ["get"], apiGroups: [""], resources: [name])])
        }
        let top = Role(namespace: .clusterScope, name: "top", rules: [], aggregation: example.aggregation)
        let binding = RoleBinding(
            namespace: .clusterScope, name: "b", role: .init(isClusterRole: true, name: "top"), subjects: [Self.bob])
        let evaluator = AccessEvaluator(grants: AccessGrants(roles: roles + [top], bindings: [binding]))
        let found = ["x", "y", "z"].filter {
            evaluator.verdict(subject: Self.bob, action: Self.core("get", $0)).isAllowed
        }
        #expect(Set(found) == example.selected)
    }

    @Test func `system:masters passes before any role is asked`() {
        let none = AccessEvaluator(grants: AccessGrants())
        let secrets = Self.core("delete", "secrets", in: "shop")
        #expect(none.verdict(subject: Self.bob, groups: ["a", "system:masters"], action: secrets) == .privileged)
        #expect(none.verdict(subject: Self.group("system:masters"), action: secrets) == .privileged)
        #expect(none.verdict(subject: Subject(kind: .user, name: "system:masters"), action: secrets) == .denied)
        #expect(none.grantingRules(subject: Self.bob, groups: ["system:masters"], action: secrets).isEmpty)
        #expect(AccessVerdict.privileged.isAllowed)
    }

    @Test(arguments: ["list", "watch", "get", "delete", "deletecollection"])
    func `a named rule needs the name, which list and watch have by a field selector`(_ verb: String) {
        let rule = PolicyRule(verbs: [verb], apiGroups: [""], resources: ["secrets"], resourceNames: ["tls"])
        let evaluator = Self.bind(Self.bob, [rule])
        #expect(evaluator.verdict(subject: Self.bob, action: Self.core(verb, "secrets", name: "tls")).isAllowed)
        #expect(!evaluator.verdict(subject: Self.bob, action: Self.core(verb, "secrets")).isAllowed)
    }

    @Test func `the verdict names binding, role and rule, in an order of its own`() {
        let rules = [
            PolicyRule(verbs: ["list"], apiGroups: [""], resources: ["pods"]),
            PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["*"]),
            PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["pods"]),
        ]
        let bindings = [("shop", "z", Self.bob), ("", "y", Self.group("dev")), ("shop", "x", Self.group("dev"))].map {
            RoleBinding(
                namespace: Namespace($0.0), name: $0.1, role: .init(isClusterRole: true, name: "r"), subjects: [$0.2])
        }
        let grants = AccessGrants(
            roles: [Role(namespace: .clusterScope, name: "r", rules: rules)], bindings: bindings)
        let action = Self.core("get", "pods", in: "shop")
        let all = AccessEvaluator(grants: grants).grantingRules(
            subject: Self.bob, groups: ["dev", "dev"], action: action)
        #expect(
            all.map(\.binding.description) == ["ClusterRoleBinding y", "RoleBinding shop/x", "RoleBinding shop/z"])
        #expect(all.allSatisfy { $0.ruleIndex == 1 })
        let verdict = AccessEvaluator(grants: grants).verdict(subject: Self.bob, groups: ["dev"], action: action)
        #expect(verdict == .allowed(by: all[0]))
    }
}
