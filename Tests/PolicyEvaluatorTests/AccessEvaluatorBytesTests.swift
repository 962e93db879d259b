import Domain
import PolicyEvaluator
import Testing

/// The authorizer compares bytes (Go's `==`), where Swift compares by canonical equivalence.
@Suite struct AccessEvaluatorBytesTests {
    private static let one = "jos\u{e9}"
    private static let other = "jose\u{301}"
    private static let rule = PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["pods"])
    private static let pods = AccessAction(verb: "get", apiGroup: "", resource: "pods")

    private static func evaluator(
        _ rule: PolicyRule = rule, roleName: String = "r", boundRole: String = "r",
        to subject: Subject = Subject(kind: .user, name: one)
    ) -> AccessEvaluator {
        AccessEvaluator(
            grants: AccessGrants(
                roles: [Role(namespace: .clusterScope, name: roleName, rules: [rule])],
                bindings: [
                    RoleBinding(
                        namespace: .clusterScope, name: "b", role: .init(isClusterRole: true, name: boundRole),
                        subjects: [subject])
                ]))
    }

    @Test func `users and groups`() {
        let user = Self.evaluator()
        #expect(user.verdict(subject: Subject(kind: .user, name: Self.one), action: Self.pods).isAllowed)
        #expect(!user.verdict(subject: Subject(kind: .user, name: Self.other), action: Self.pods).isAllowed)
        let group = Self.evaluator(to: Subject(kind: .group, name: Self.one))
        let bob = Subject(kind: .user, name: "bob")
        #expect(group.verdict(subject: bob, groups: [Self.one], action: Self.pods).isAllowed)
        #expect(!group.verdict(subject: bob, groups: [Self.other], action: Self.pods).isAllowed)
        #expect(!group.verdict(subject: Subject(kind: .group, name: Self.other), action: Self.pods).isAllowed)
    }

    @Test func `names of roles`() {
        let subject = Subject(kind: .user, name: Self.one)
        #expect(
            Self.evaluator(roleName: Self.one, boundRole: Self.one).verdict(subject: subject, action: Self.pods)
                .isAllowed)
        #expect(
            !Self.evaluator(roleName: Self.one, boundRole: Self.other).verdict(subject: subject, action: Self.pods)
                .isAllowed)
    }

    @Test func `all parts of a rule`() {
        let rules: [(rule: (String) -> PolicyRule, action: (String) -> AccessAction)] = [
            (
                { PolicyRule(verbs: [$0], apiGroups: [""], resources: ["r"]) },
                { AccessAction(verb: $0, apiGroup: "", resource: "r") }
            ),
            (
                { PolicyRule(verbs: ["get"], apiGroups: [$0], resources: ["r"]) },
                { AccessAction(verb: "get", apiGroup: $0, resource: "r") }
            ),
            (
                { PolicyRule(verbs: ["get"], apiGroups: [""], resources: [$0]) },
                { AccessAction(verb: "get", apiGroup: "", resource: $0) }
            ),
            (
                { PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["*/\($0)"]) },
                { AccessAction(verb: "get", apiGroup: "", resource: "r", subresource: $0) }
            ),
            (
                { PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["r"], resourceNames: [$0]) },
                { AccessAction(verb: "get", apiGroup: "", resource: "r", name: $0) }
            ),
            (
                { PolicyRule(verbs: ["get"], nonResourceURLs: ["/\($0)"]) },
                { AccessAction(verb: "get", path: "/\($0)") }
            ),
            (
                { PolicyRule(verbs: ["get"], nonResourceURLs: ["/\($0)/*"]) },
                { AccessAction(verb: "get", path: "/\($0)/x") }
            ),
        ]
        for (rule, action) in rules {
            let evaluator = Self.evaluator(rule(Self.one))
            let subject = Subject(kind: .user, name: Self.one)
            #expect(evaluator.verdict(subject: subject, action: action(Self.one)).isAllowed)
            #expect(!evaluator.verdict(subject: subject, action: action(Self.other)).isAllowed)
        }
    }
}
