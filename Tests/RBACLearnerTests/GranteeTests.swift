import Domain
import RBACLearner
import Testing

@Suite struct GranteeTests {
    private let list = Samples.action("list", "pods", "shop")
    private let bob = Subject(kind: .user, name: "bob")
    private let developers = Subject(kind: .group, name: "developers")

    @Test func `grants a group what its members use through it`() {
        let get = Samples.action("get", "deployments", "shop", "web")
        let learned = Samples.learn(
            [(Samples.alice, list), (bob, get)], reason: Samples.allowedBy(group: "developers"),
            memberships: [bob: ["developers", "system:authenticated"]])
        #expect(learned.subjects.map(\.subject) == [developers])
        #expect(learned.ruleLines == ["shop: list pods", "shop: get deployments (apps) [web]"])
        #expect(learned.subjects.first?.observed.map(\.requester) == [Samples.alice, bob])
        #expect(
            learned.subjects.first?.observed.map(\.groups) == [["developers"], ["developers", "system:authenticated"]])
    }

    @Test(arguments: [
        "", "system:authenticated", "system:serviceaccounts",
    ])
    func `grants the user itself without a group of people`(_ group: String) {
        let learned = Samples.learn([(Samples.alice, list)], reason: Samples.allowedBy(group: group))
        #expect(learned.subjects.map(\.subject) == [Samples.alice])
    }

    @Test(arguments: [
        (AccessEdge.Decision.allowed, ""), (.allowedByStatus, ""),
        (.allowed, Samples.allowedBy(group: "system:masters")),
    ])
    func `grants nothing to whom system:masters lets pass`(_ decision: AccessEdge.Decision, reason: String) {
        let learned = Samples.learn(
            [(Samples.alice, list), (Samples.alice, Samples.action("get", "*", "shop"))], reason: reason,
            decision: decision, memberships: [Samples.alice: ["system:masters", "system:authenticated"]])
        #expect(learned.subjects.isEmpty && learned.gaps.isEmpty)
        #expect(learned.notLearned.map(\.reason) == [.privileged])
        #expect(learned.notLearned.map(\.actions) == [2])
    }

    @Test func `a member of system:masters keeps what RBAC gave its reason for, proven without the group`() throws {
        let binding = "RBAC: allowed by ClusterRoleBinding \"b\" of ClusterRole \"r\" to User \"alice@example.com\""
        let learned = Samples.learn(
            [
                Samples.edge(Samples.alice, list, reason: binding): Samples.fact(),
                Samples.edge(Samples.alice, Samples.action("delete", "nodes", "", "n")): Samples.fact(),
            ], memberships: [Samples.alice: ["system:masters", "developers"]])
        #expect(learned.ruleLines == ["shop: list pods"])
        #expect(learned.subjects.first?.observed.map(\.groups) == [["developers"]])
        #expect(learned.notLearned.map(\.reason) == [.privileged])
    }

    @Test func `an account of which only the response code is known keeps its role`() {
        let learned = Samples.learn(
            [(Samples.api, list)], decision: .allowedByStatus, memberships: [Samples.api: ["system:masters"]])
        #expect(learned.ruleLines == ["shop: list pods"])
        let decided = Samples.learn([(Samples.api, list)], memberships: [Samples.api: ["system:masters"]])
        #expect(decided.notLearned.map(\.reason) == [.privileged])
    }

    @Test(arguments: [
        "allowed by Group \"developers\"",
        "RBAC: allowed by ClusterRoleBinding \"b\" of ClusterRole \"r\" to Group \"developers\" and more",
        "RBAC: allowed by ClusterRoleBinding \"b\" of ClusterRole \"r\" to Group developers",
        "RBAC: allowed by Binding \"b\" of ClusterRole \"r\" to Group \"developers\"",
        "RBAC: allowed by RoleBinding \"b\" of ClusterRole \"r\" to Group \"developers\"",
        "RBAC: allowed by RoleBinding \"b/c\" of Thing \"r\" to Group \"developers\"",
        "RBAC: allowed by RoleBinding \"b/c\" of Role \"\\xff\" to Group \"developers\"",
        "RBAC: allowed by ClusterRoleBinding \"b\" of ClusterRole \"r\" to Group \"developers",
        "RBAC: allowed by ClusterRoleBinding \"b\" of ClusterRole \"r\" to User \"x\\\" to Group \\\"developers\"",
    ])
    func `believes no reason but one of the exact form`(_ reason: String) {
        let learned = Samples.learn([(Samples.alice, list)], reason: reason)
        #expect(learned.subjects.map(\.subject) == [Samples.alice])
    }

    @Test(arguments: [
        ("developers", "developers"), ("a\\\"b", "a\"b"), ("t\\tn\\\\", "t\tn\\"), ("\\u00e9", "é"), ("\\x01", "\u{1}"),
    ])
    func `reads quoted names as Go writes them`(_ quoted: String, name: String) {
        let learned = Samples.learn([(Samples.alice, list)], reason: Samples.allowedBy(group: quoted))
        #expect(learned.subjects.map(\.subject) == [Subject(kind: .group, name: name)])
    }

    @Test func `gives no second grant for what a member's group covers`() {
        let own = Samples.action("delete", "pods", "shop", "p")
        let learned = Samples.learn(
            [
                Samples.edge(bob, list, reason: Samples.allowedBy(group: "developers")): Samples.fact(count: 1),
                Samples.edge(Samples.alice, list): Samples.fact(count: 4),
                Samples.edge(Samples.alice, own): Samples.fact(),
            ], memberships: [Samples.alice: ["developers"]])
        #expect(learned.subjects.map(\.subject) == [developers, Samples.alice])
        #expect(learned.ruleLines == ["shop: list pods", "shop: delete pods"])
        #expect(learned.subjects.first?.roles.first?.rules.first?.evidence.map(\.count) == [4, 1])
        #expect(learned.subjects.map(\.observed.count) == [2, 1])
    }

    @Test func `keeps what no group of the user covers`() {
        let learned = Samples.learn([
            Samples.edge(bob, list, reason: Samples.allowedBy(group: "developers")): Samples.fact(),
            Samples.edge(Samples.alice, list): Samples.fact(),
        ])
        #expect(learned.subjects.map(\.subject) == [developers, Samples.alice])
    }

    @Test func `leaves impersonation to the impersonator`() {
        let act = Samples.action("impersonate", "users", "", "bob")
        let learned = Samples.learn(
            [(Samples.alice, act)], reason: Samples.allowedBy(group: "developers"),
            memberships: [Samples.alice: ["developers"]])
        #expect(learned.subjects.map(\.subject) == [Samples.alice])
    }
}
