import Domain
import RBACLearner
import Testing

/// Whom bindings reach: members that only the authorizer's words tell of, and very many of them.
struct GrantReachTests {
    private static let shop = Namespace("shop")
    private static let developers = Subject(kind: .group, name: "developers")
    private static let read = Role(
        namespace: .clusterScope, name: "read",
        rules: [PolicyRule(verbs: ["get", "list"], apiGroups: [""], resources: ["pods"])])

    private static func binding(
        _ name: String, to subject: Subject = developers, in namespace: Namespace = shop
    ) -> RoleBinding {
        RoleBinding(
            namespace: namespace, name: name, role: .init(isClusterRole: true, name: "read"), subjects: [subject])
    }

    private static func review(
        _ bindings: [RoleBinding], _ edges: [AccessEdge], memberships: [Subject: Set<ExactText>] = [:]
    ) -> GrantReview {
        GrantReviewer.review(
            AccessGrants(roles: [read], bindings: bindings),
            by: AccessObservations(
                cluster: Samples.cluster, edges: Dictionary(edges.map { ($0, Samples.fact()) }) { $1 },
                memberships: memberships, inventory: ClusterInventory(cluster: Samples.cluster),
                newest: Samples.start))
    }

    /// GKE's records hold no groups.
    @Test func `a member is known by the authorizer's words alone`() {
        let reason = #"RBAC: allowed by RoleBinding "b/shop" of ClusterRole "read" to Group "developers""#
        let list = Samples.action("list", "pods", "shop")
        let review = Self.review([Self.binding("b")], [Samples.edge(Samples.alice, list, reason: reason)])
        #expect(review.bindings.map(\.isUnused) == [false])
        #expect(review.bindings.flatMap(\.subjects).map { $0.lastUse != nil } == [true])
        #expect(review.outdated.isEmpty)
    }

    @Test func `who acts in a member's name is none`() {
        let reason = #"RBAC: allowed by RoleBinding "b/shop" of ClusterRole "read" to Group "developers""#
        let edges = [
            Samples.edge(Samples.alice, Samples.action("impersonate", "users", "", "carol"), reason: reason),
            Samples.edge(Samples.alice, Samples.action("list", "pods", "shop")),
        ]
        #expect(Self.review([Self.binding("b")], edges).bindings.map(\.isUnused) == [true])
    }

    @Test(.timeLimit(.minutes(1)))
    func `a group of many that is bound in many namespaces costs their sum`() {
        let (members, namespaces) = (5_000, 15_000)
        let bindings = (0..<namespaces).map { Self.binding("b", in: Namespace("n\($0)")) }
        let users = (0..<members).map { Subject(kind: .user, name: "u\($0)") }
        let edges = users.map { Samples.edge($0, Samples.action("list", "pods", "n7")) }
        let groups = Dictionary(users.map { ($0, Set<ExactText>(["developers"])) }) { $1 }
        let review = Self.review(bindings, edges, memberships: groups)
        #expect(review.bindings.filter { !$0.isUnused }.map(\.key.namespace.rawValue) == ["n7"])
    }
}
