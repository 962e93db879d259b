import Domain
import Layout
import Testing

@Suite struct KeptGrantsTests {
    @Test func `keeps rules that the new role does not grant`() {
        let new = Self.grants([Self.rule(["get"], names: [])])
        let present = Self.grants([Self.rule(["get", "list"], names: []), Self.rule(["get"], names: [])])
        let merged = KeptRules.merge(new, keeping: present)
        #expect(merged.grants.roles.map(\.rules) == [new.roles[0].rules + [present.roles[0].rules[0]]])
        #expect(merged.kept == 1)
    }

    @Test(
        arguments: [
            // A rule without names covers those with names, never the other way round.
            ([[]], [["a"]], 0), ([["a"]], [[]], 1), ([["a", "b"]], [["a"]], 0), ([["a"]], [["a", "b"]], 1),
            ([["a"], ["b"]], [["a", "b"]], 0),
        ] as [([[String]], [[String]], Int)])
    func `compares rules by the names that they cover`(new: [[String]], present: [[String]], kept: Int) {
        let merged = KeptRules.merge(
            Self.grants(new.map { Self.rule(["get"], names: $0) }),
            keeping: Self.grants(present.map { Self.rule(["get"], names: $0) }))
        #expect(merged.kept == kept)
        #expect(merged.grants.roles[0].rules.count == new.count + kept)
    }

    @Test func `compares names by their bytes`() {
        let new = Self.grants([Self.rule(["get"], names: ["jos\u{e9}"])])
        let present = Self.grants([Self.rule(["get"], names: ["jose\u{301}"])])
        #expect(KeptRules.merge(new, keeping: present).kept == 1)
    }

    @Test func `keeps paths apart from resources`() {
        let paths = PolicyRule(verbs: ["get"], nonResourceURLs: ["/metrics"])
        let resource = PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["/metrics"])
        #expect(KeptRules.merge(Self.grants([resource]), keeping: Self.grants([paths])).kept == 1)
        #expect(KeptRules.merge(Self.grants([paths]), keeping: Self.grants([paths])).kept == 0)
    }

    @Test func `keeps roles, bindings and subjects that are new no more`() {
        let ann = Subject(kind: .user, name: "ann")
        let bob = Subject(kind: .user, name: "bob")
        let new = AccessGrants(roles: [Self.role("a", [])], bindings: [Self.binding("x", [ann])])
        let present = AccessGrants(
            roles: [Self.role("b", [Self.rule(["get"], names: [])])],
            bindings: [Self.binding("x", [bob, ann]), Self.binding("y", [bob])])
        let merged = KeptRules.merge(new, keeping: present)
        #expect(merged.grants.roles.map(\.name) == ["a", "b"])
        #expect(merged.grants.bindings == [Self.binding("x", [ann, bob]), Self.binding("y", [bob])])
        #expect(merged.kept == 3)
        let again = KeptRules.merge(new, keeping: merged.grants)
        #expect(again.grants == merged.grants)
    }

    @Test func `keeps the subjects of a binding to its own role alone`() {
        let new = AccessGrants(bindings: [Self.binding("x", [], role: "small")])
        let present = AccessGrants(bindings: [Self.binding("x", [Subject(kind: .user, name: "ann")], role: "large")])
        #expect(KeptRules.merge(new, keeping: present) == (new, 0))
    }

    @Test func `tells roles of one name in several namespaces apart`() {
        let elsewhere = Role(namespace: Namespace("b"), name: "r", rules: [Self.rule(["list"], names: [])])
        let merged = KeptRules.merge(
            AccessGrants(roles: [Self.role("r", [])]), keeping: AccessGrants(roles: [elsewhere]))
        #expect(merged.grants.roles == [Self.role("r", []), elsewhere])
    }

    @Test(arguments: UInt64(1)...100)
    func `loses no permission and adds each once`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        func random() -> AccessGrants {
            Self.grants(
                (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                    let verbs = ["get", "list"].shuffled(using: &generator).prefix(
                        Int.random(in: 1...2, using: &generator))
                    let names = ["a", "b"].shuffled(using: &generator).prefix(Int.random(in: 0...2, using: &generator))
                    return Self.rule(Array(verbs), names: Array(names))
                })
        }
        let (new, present) = (random(), random())
        let merged = KeptRules.merge(new, keeping: present)
        let rules = merged.grants.roles[0].rules
        #expect(rules.starts(with: new.roles[0].rules))
        for (verb, name) in [("get", "a"), ("get", "b"), ("get", "z"), ("list", "a"), ("list", "b"), ("list", "z")] {
            let before = Self.allows(new.roles[0].rules, verb, name) || Self.allows(present.roles[0].rules, verb, name)
            #expect(Self.allows(rules, verb, name) == before)
        }
        #expect(KeptRules.merge(new, keeping: merged.grants) == merged)
    }

    private static func allows(_ rules: [PolicyRule], _ verb: String, _ name: String) -> Bool {
        rules.contains { $0.verbs.contains(verb) && ($0.resourceNames.isEmpty || $0.resourceNames.contains(name)) }
    }

    private static func rule(_ verbs: [String], names: [String]) -> PolicyRule {
        PolicyRule(verbs: verbs, apiGroups: [""], resources: ["pods"], resourceNames: names)
    }

    private static func role(_ name: String, _ rules: [PolicyRule]) -> Role {
        Role(namespace: Namespace("shop"), name: name, rules: rules)
    }

    private static func grants(_ rules: [PolicyRule]) -> AccessGrants { AccessGrants(roles: [role("r", rules)]) }

    private static func binding(_ name: String, _ subjects: [Subject], role: String = "r") -> RoleBinding {
        RoleBinding(
            namespace: Namespace("shop"), name: name, role: .init(isClusterRole: false, name: role), subjects: subjects)
    }
}
