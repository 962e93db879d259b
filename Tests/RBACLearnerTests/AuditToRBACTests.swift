import Domain
import Foundation
import PolicyEvaluator
import RBACLearner
import Testing

/// The cases of audit2rbac and rbac-tool: permissions compared cell by cell, each difference with its reason.
@Suite(.enabled(if: SharedFixtures.hasTruth, "the shared fixtures are not here"))
struct AuditToRBACTests {
    private static let nodeNames =
        "names of nodes come and go, so that a rule with names would break with the next node"
    private static let kept = "names are kept up to a threshold, where the golden gives any name from the second on"
    private static let unseen = "the golden adds watch, and get on any name, to list: nobody asked for either"

    /// By case: `+` what is granted beyond the golden, `-` what the golden grants beyond.
    private static let known: [String: [(reason: String, cells: Set<String>)]] = [
        "cluster-scoped named resource": [(nodeNames, ["+ get nodes", "+ get nodes other"])],
        "cluster-scoped named resources with name expansion": [
            (kept, ["- get storageclasses", "- get storageclasses other"])
        ],
        "cluster-scoped named resources without name expansion": [(nodeNames, ["+ get nodes", "+ get nodes other"])],
        "cluster-scoped named resources without name expansion with covering verb expansion": [
            (kept, ["- get storageclasses", "- get storageclasses other"]),
            (
                unseen,
                [
                    "- watch nodes", "- watch nodes node1", "- watch nodes node2", "- watch nodes other",
                    "- watch storageclasses", "- watch storageclasses sc1", "- watch storageclasses sc2",
                    "- watch storageclasses other",
                ]
            ),
        ],
    ]

    private struct Case {
        let name: String
        let requests: [(user: Subject, groups: Set<ExactText>, action: AccessAction)]
        let expected: AccessGrants
    }

    private static func load() throws -> (existing: AccessGrants, cases: [Case]) {
        let data = try Data(contentsOf: SharedFixtures.truth.appending(path: "audit2rbac/cases.json"))
        let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let cases = (file["cases"] as? [[String: Any]] ?? []).map { item in
            Case(
                name: item["name"] as? String ?? "",
                requests: (item["requests"] as? [[String: Any]] ?? []).map(request),
                expected: grants(item["expected"]))
        }
        return (grants(file["existing"]), cases)
    }

    private static func grants(_ any: Any?) -> AccessGrants {
        let lists = any as? [String: [[String: Any]]] ?? [:]
        let kinds = [
            "roles": "Role", "clusterRoles": "ClusterRole", "roleBindings": "RoleBinding",
            "clusterRoleBindings": "ClusterRoleBinding",
        ]
        return LiveGrants.read(
            lists.flatMap { list, objects in objects.map { $0.merging(["kind": kinds[list] ?? ""]) { $1 } } })
    }

    private static func request(_ item: [String: Any]) -> (Subject, Set<ExactText>, AccessAction) {
        let user = item["user"] as? [String: Any] ?? [:]
        let text: (String) -> String = { item[$0] as? String ?? "" }
        let action =
            item["resourceRequest"] as? Bool == true
            ? AccessAction(
                verb: text("verb"), apiGroup: text("apiGroup"), resource: text("resource"),
                subresource: text("subresource"), namespace: Namespace(text("namespace")), name: text("name"))
            : AccessAction(verb: text("verb"), path: text("path"))
        return (
            Subject(userName: user["name"] as? String ?? ""),
            Set((user["groups"] as? [String] ?? []).map { ExactText($0) }), action
        )
    }

    @Test func `permissions are those of audit2rbac, but for differences with a reason`() throws {
        let (existing, cases) = try Self.load()
        try #require(cases.count >= 7)
        for example in cases {
            let learned = Samples.learn(
                example.requests.map { ($0.user, $0.action) },
                memberships: Dictionary(example.requests.map { ($0.user, $0.groups) }) { $1 })
            let found = Self.differences(existing, example, learned.grants)
            let known = (Self.known[example.name] ?? []).reduce(into: Set<String>()) { $0.formUnion($1.cells) }
            #expect(found == known, "\(example.name)")
            #expect(learned.subjects.isEmpty == example.expected.bindings.isEmpty, "\(example.name)")
        }
    }

    /// Judged for every verb, resource and name of the case, for no name and for one that nobody asked for.
    private static func differences(_ existing: AccessGrants, _ example: Case, _ learned: AccessGrants) -> Set<String> {
        let golden = evaluator(existing, example.expected)
        let own = evaluator(existing, learned)
        let user = Subject(kind: .user, name: "bob")
        let grid = example.requests.map(\.action).flatMap { action in
            guard action.isResourceRequest else {
                return [action, AccessAction(verb: "get", path: action.path + "/x")]
            }
            let names =
                ["", "other"] + example.requests.map(\.action).filter { $0.resource == action.resource }.map(\.name)
            return ["get", "list", "watch", "create", "delete"].flatMap { verb in
                names.map {
                    AccessAction(verb: verb, apiGroup: action.apiGroup, resource: action.resource, name: $0)
                }
            }
        }
        return Set(
            grid.compactMap { action in
                let isGolden = golden.verdict(subject: user, action: action).isAllowed
                guard own.verdict(subject: user, action: action).isAllowed != isGolden else { return nil }
                let what = action.isResourceRequest ? action.resource : action.path
                return "\(isGolden ? "-" : "+") \(action.verb) \(what)" + (action.name.isEmpty ? "" : " \(action.name)")
            })
    }

    private static func evaluator(_ existing: AccessGrants, _ more: AccessGrants) -> AccessEvaluator {
        AccessEvaluator(
            grants: AccessGrants(
                roles: existing.roles + more.roles, bindings: existing.bindings + more.bindings))
    }

    @Test(arguments: ["testdata-01", "testdata-02"])
    func `learns rbac-tool's logs: a role for the user, nothing for system:masters`(_ file: String) throws {
        let log = try AuditLog(SharedFixtures.truth.appending(path: "rbac-tool/auditgen/\(file).json"))
        try #require(log.edges.count == 3)
        let learned = AccessLearner().learn(
            AccessObservations(
                cluster: AuditLog.cluster, edges: log.edges, memberships: log.memberships,
                inventory: ClusterInventory(cluster: AuditLog.cluster), newest: log.newest))
        let isMaster = log.memberships.values.contains { $0.contains("system:masters") }
        #expect(learned.subjects.isEmpty == isMaster)
        #expect(learned.notLearned.map(\.reason) == (isMaster ? [.privileged] : []))
        let evaluator = AccessEvaluator(grants: learned.grants)
        for access in learned.subjects.flatMap(\.observed) {
            #expect(evaluator.verdict(subject: access.requester, action: access.action).isAllowed)
        }
        let roles = learned.grants.roles
        #expect(roles.allSatisfy { $0.rules.allSatisfy { $0.verbs == ["create"] && $0.resourceNames.isEmpty } })
        #expect(roles.allSatisfy { !$0.isClusterRole })
    }
}
