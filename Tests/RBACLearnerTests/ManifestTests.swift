import Domain
import RBACLearner
import Testing

@Suite struct ManifestTests {
    private static let long = String(repeating: "x", count: 300)

    static let subjects: [Subject] = [
        Samples.api, Samples.alice, Subject(kind: .user, name: "api"), Subject(kind: .group, name: "api"),
        Subject(kind: .user, name: "shop.api"), Subject(kind: .user, name: "API"), Subject(kind: .user, name: "a/b"),
        Subject(kind: .user, name: "a:b"), Subject(kind: .user, name: ".."), Subject(kind: .user, name: "."),
        Subject(kind: .user, name: "/"), Subject(kind: .user, name: "%2e"), Subject(kind: .user, name: "a\nb: c"),
        Subject(kind: .user, name: "жук"), Subject(kind: .user, name: "👩‍🚒"), Subject(kind: .user, name: long),
        Subject(kind: .user, name: long + "y"), Subject(kind: .group, name: long), Subject(kind: .user, name: "a-.-b"),
        Subject(kind: .user, name: "shared"), Subject(kind: .user, name: "a-deadbeef"), Subject(kind: .user, name: "-"),
        Subject(kind: .serviceAccount, namespace: Namespace("a"), name: "b-c"),
        Subject(kind: .serviceAccount, namespace: Namespace("a-b"), name: "c"),
        Subject(kind: .serviceAccount, namespace: Namespace("a"), name: "b.c"),
    ]

    /// Everyone needs two cluster-wide things, and the same in two and another in two more namespaces.
    private static func learnAll() -> LearnedAccess {
        var edges: [AccessEdge: AccessFact] = [:]
        for subject in subjects {
            let reason = subject.kind == .group ? Samples.allowedBy(group: subject.name) : ""
            let requester = subject.kind == .group ? Subject(kind: .user, name: "member") : subject
            for action in [
                Samples.action("list", "nodes"), Samples.action("list", "pods", "a"),
                Samples.action("list", "pods", "b"),
                Samples.action("get", "services", "c"), Samples.action("get", "services", "d"),
                Samples.action("watch", "services", "e"),
            ] { edges[Samples.edge(requester, action, reason: reason)] = Samples.fact() }
        }
        return Samples.learn(edges)
    }

    @Test func `names are legal, at most 63 characters, and never shared`() {
        let learned = Self.learnAll()
        #expect(Set(learned.subjects.map(\.subject)) == Set(Self.subjects))
        let roles = learned.grants.roles
        #expect(Set(roles.map { "\($0.namespace)/\($0.name)" }).count == roles.count)
        #expect(Set(learned.subjects.map(\.name)).count == Self.subjects.count)
        for name in roles.map(\.name) {
            let labels = name.split(separator: ".", omittingEmptySubsequences: false)
            #expect(name.count <= 63, "\(name)")
            #expect(labels.allSatisfy { !$0.isEmpty && $0.first != "-" && $0.last != "-" }, "\(name)")
            #expect(
                name.unicodeScalars.allSatisfy {
                    ("a"..."z").contains($0) || ("0"..."9").contains($0) || "-.".contains(Character($0))
                })
        }
    }

    @Test func `plain names stay readable`() {
        let learned = Samples.learn([
            (Samples.api, Samples.action("list", "pods", "a")), (Samples.api, Samples.action("list", "pods", "b")),
            (Samples.api, Samples.action("list", "nodes")),
        ])
        #expect(learned.subjects.map(\.name) == ["leastwise-sa-shop.api"])
        #expect(learned.grants.roles.map(\.name) == ["leastwise-sa-shop.api", "leastwise-shared-sa-shop.api"])
    }

    @Test func `a name that looks like another one's hashed name is hashed itself`() throws {
        let upper = Subject(kind: .user, name: "API")
        let hashed = try #require(Samples.learn([(upper, Samples.action("list", "pods"))]).subjects.first?.name)
        let copy = Subject(kind: .user, name: String(hashed.dropFirst("leastwise-user-".count)))
        let learned = Samples.learn([
            (upper, Samples.action("list", "pods")), (copy, Samples.action("list", "pods")),
        ])
        #expect(Set(learned.subjects.map(\.name)).count == 2)
        let alone = Samples.learn([(copy, Samples.action("list", "pods"))])
        #expect(learned.subjects.first { $0.subject == copy }?.name == alone.subjects.first?.name)
    }

    @Test func `one ClusterRole serves equal rules in several namespaces, bound in each`() throws {
        let learned = Samples.learn([
            (Samples.api, Samples.action("list", "pods", "a")), (Samples.api, Samples.action("list", "pods", "b")),
            (Samples.api, Samples.action("get", "services", "c")),
        ])
        let grants = learned.grants
        #expect(grants.roles.map(\.namespace.rawValue) == ["", "c"])
        #expect(grants.bindings.map(\.namespace.rawValue) == ["a", "b", "c"])
        #expect(grants.bindings.map(\.role.isClusterRole) == [true, true, false])
        #expect(grants.bindings.allSatisfy { $0.role.name == $0.name && $0.subjects == [Samples.api] })
        #expect(!grants.bindings.contains { $0.isClusterRoleBinding })
        #expect(grants.roles.allSatisfy { $0.labels == ["app.kubernetes.io/managed-by": "leastwise"] })
    }

    @Test func `a binding of one name always has the same role`() {
        // The role of a binding cannot be changed, so that it must not go from a Role to a ClusterRole under one name.
        let alone = Samples.learn([(Samples.api, Samples.action("list", "pods", "a"))]).grants
        let shared = Samples.learn([
            (Samples.api, Samples.action("list", "pods", "a")), (Samples.api, Samples.action("list", "pods", "b")),
        ]).grants
        #expect(Set(alone.bindings.map(\.name)).isDisjoint(with: shared.bindings.map(\.name)))
    }
}
