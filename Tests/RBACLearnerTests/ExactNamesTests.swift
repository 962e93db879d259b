import Domain
import PolicyEvaluator
import RBACLearner
import Testing

/// Names that Swift holds for equal and Kubernetes does not: they are compared by bytes.
@Suite struct ExactNamesTests {
    private static let one = "jos\u{e9}"
    private static let other = "jose\u{301}"
    private static let users = [one, other].map { Subject(kind: .user, name: $0) }

    @Test func `users that differ in bytes get roles of their own`() throws {
        let actions = ["get", "list"].map { Samples.action($0, "secrets", "shop") }
        let learned = Samples.learn(Array(zip(Self.users, actions)))
        #expect(learned.subjects.count == 2)
        #expect(Set(learned.subjects.map(\.name)).count == 2)
        let evaluator = AccessEvaluator(grants: learned.grants)
        for (user, own) in zip(Self.users, actions) {
            for action in actions {
                let verdict = evaluator.verdict(subject: user, action: action)
                #expect(verdict.isAllowed == (action == own), "\(user.name.utf8.count) \(action.phrase)")
            }
        }
    }

    @Test func `groups that differ in bytes are not each other's`() {
        let list = Samples.action("list", "pods", "shop")
        let learned = Samples.learn(
            [
                Samples.edge(Samples.alice, list, reason: Samples.allowedBy(group: Self.one)): Samples.fact(),
                Samples.edge(Subject(kind: .user, name: "bob"), list): Samples.fact(),
            ], memberships: [Subject(kind: .user, name: "bob"): [ExactText(Self.other)]])
        #expect(learned.subjects.map(\.subject.kind) == [.group, .user])
        #expect(learned.subjects.first?.subject == Subject(kind: .group, name: Self.one))
    }

    @Test func `reasons that differ in bytes name different groups`() {
        let list = Samples.action("list", "pods", "shop")
        let learned = Samples.learn(
            Dictionary(
                [Self.one, Self.other].map {
                    (Samples.edge(Samples.alice, list, reason: Samples.allowedBy(group: $0)), Samples.fact())
                }
            ) { $1 })
        #expect(learned.subjects.map(\.subject) == [Self.other, Self.one].map { Subject(kind: .group, name: $0) })
    }

    @Test func `resource names, verbs and paths stay apart, and their rules with them`() {
        let actions = [Self.one, Self.other].flatMap { text in
            [
                Samples.action("get", "configmaps", "shop", text), Samples.action("v\(text)", "configmaps", "ops", "x"),
                AccessAction(verb: "get", path: "/\(text)"),
            ]
        }
        let learned = Samples.learn(actions.map { (Samples.api, $0) })
        let rules = learned.grants.roles.flatMap(\.rules)
        #expect(Set(rules.flatMap(\.resourceNames).map { ExactText($0) }).count == 3)
        #expect(Set(rules.flatMap(\.verbs).map { ExactText($0) }).count == 3)
        #expect(Set(rules.flatMap(\.nonResourceURLs).map { ExactText($0) }).count == 2)
        let evaluator = AccessEvaluator(grants: learned.grants)
        for action in actions { #expect(evaluator.verdict(subject: Samples.api, action: action).isAllowed) }
    }

    @Test func `namespaces do not share a role for names that differ in bytes`() {
        let learned = Samples.learn([
            (Samples.api, Samples.action("get", "configmaps", "a", Self.one)),
            (Samples.api, Samples.action("get", "configmaps", "b", Self.other)),
        ])
        #expect(learned.subjects.first?.roles.count == 2)
        let evaluator = AccessEvaluator(grants: learned.grants)
        let crossed = Samples.action("get", "configmaps", "b", Self.one)
        #expect(!evaluator.verdict(subject: Samples.api, action: crossed).isAllowed)
    }

    @Test func `a default role does not cover a name that differs in bytes`() {
        let label = ["kubernetes.io/bootstrapping": "rbac-defaults"]
        let rule = PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["configmaps"], resourceNames: [Self.one])
        let grants = AccessGrants(
            roles: [Role(namespace: .clusterScope, name: "r", labels: label, rules: [rule])],
            bindings: [
                RoleBinding(
                    namespace: .clusterScope, name: "b", labels: label, role: .init(isClusterRole: true, name: "r"),
                    subjects: [Subject(kind: .group, name: "system:authenticated")])
            ])
        let learned = Samples.learn(
            [Self.one, Self.other].map { (Samples.api, Samples.action("get", "configmaps", "shop", $0)) },
            grants: grants)
        #expect(learned.subjects.first?.roles.first?.rules.map(\.rule.resourceNames) == [[Self.other]])
        #expect(learned.grants.roles.first?.rules.first?.resourceNames.first?.utf8.count == Self.other.utf8.count)
    }

    @Test func `many names of one look cost no more than their number`() {
        // Each of 16 letters in two forms: 65,536 names that are all canonically equal.
        let actions = (0..<65_536).map { number in
            let name = (0..<16).map { number >> $0 & 1 == 0 ? "\u{e9}" : "e\u{301}" }.joined()
            return (Samples.api, Samples.action("get", "configmaps", "shop", name))
        }
        let learned = Samples.learn(actions)
        let notes = learned.subjects.flatMap(\.roles).flatMap(\.rules).flatMap(\.evidence).map(\.note)
        #expect(notes == [.manyNames(65_536)])
    }
}
