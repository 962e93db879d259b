import AppConfiguration
import Domain
import Foundation
import Layout
import RBACLearner
import ScriptedServers
import Testing

@testable import Engine

/// Rights that are taken away: apart from what is added, where they stand, and only where not having seen them used says
/// something.
@Suite(.enabled(if: Programs.areThere, "git or python3 is not installed"))
struct RemovalTests {
    private static let branch = "leastwise/rbac.removals"

    private static func estate() throws -> Estate {
        let estate = try Estate()
        try estate.commitRoles()
        return estate
    }

    private static func removals(_ results: [ScopeResult]) -> [ScopeResult] {
        results.filter { $0.scope.key.hasSuffix(".removals") }
    }

    @Test func `a role is narrowed where it stands, in a pull request of its own`() async throws {
        let estate = try Self.estate()
        let results = try await estate.propose(try RoleWorld())
        #expect(results.map(\.scope.key) == ["rbac", "rbac.removals"])
        #expect(results.allSatisfy { $0.stopping.isEmpty && $0.refusedFiles.isEmpty })
        #expect(try estate.git.changedFiles(Self.branch) == [RoleWorld.path])
        let edited = try estate.git.text(RoleWorld.path, on: Self.branch)
        #expect(
            edited == """
                # Rights of the api; ask #platform before you change them.
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata:
                  name: api
                  namespace: rbac
                rules:
                  # settings and credentials
                  - apiGroups: [""]
                    resources: [configmaps]
                    verbs: [get]
                    resourceNames: ["settings"]
                  - apiGroups: [""] # the overview
                    resources: [pods]
                    verbs: [list]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: api, namespace: rbac}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: api}
                subjects:
                  - kind: ServiceAccount
                    name: api

                """)
        let pull = try #require(estate.pulls().first { $0.head == Self.branch })
        #expect(pull.title == "Remove unused rights from roles and bindings of namespace rbac: 1 role, 1 binding")
        for text in [
            "takes rights away", "| **Allowed after this change** | **3** |", "never used in 100 days",
            "what stays was last used 2026-11-08", "| `User bob: ClusterRole/edit` | nothing |",
            "never seen in 100 days",
        ] {
            #expect(pull.body.contains(text), "\(text): \(pull.body)")
        }
    }

    @Test func `a subject with a role of its own gets no second one`() async throws {
        let estate = try Self.estate()
        _ = try await estate.propose(try RoleWorld(), scope: "rbac")
        #expect(try estate.git.changedFiles("leastwise/rbac") == ["apps/rbac/rbac-sa-rbac.worker.yaml"])
    }

    @Test func `nothing is taken without an audit policy, and then roles are added for all`() async throws {
        let estate = try Self.estate()
        let results = try await estate.propose(try RoleWorld(), auditPolicy: nil)
        #expect(Self.removals(results).isEmpty)
        #expect(
            try estate.git.changedFiles("leastwise/rbac") == [
                "apps/rbac/rbac-sa-rbac.api.yaml", "apps/rbac/rbac-sa-rbac.worker.yaml",
            ])
    }

    @Test func `an audit policy that cannot be read stops the run`() async throws {
        let estate = try Self.estate()
        await #expect(throws: (any Error).self) {
            try await estate.propose(try RoleWorld(), auditPolicy: "kind: Policy\nrules: 7\n")
        }
    }

    @Test(arguments: [
        (["rbac.unusedDays": "101"], "too few days"), (["rbac.removals": "no"], "not wanted"),
        (["proposals.kinds": "network"], "not about roles"), (["maturity.quietDays": "200"], "not settled"),
    ])
    func `settings decide whether anything is taken`(_ changes: [String: String], _ why: String) async throws {
        let estate = try Self.estate()
        let results = try await estate.propose(try RoleWorld(), dryRun: true, with: changes)
        #expect(
            !Self.removals(results).contains { $0.difference.contains("-") && $0.difference.contains("secrets") },
            "\(why)")
    }

    @Test func `grants of unknown age stay, and young ones`() async throws {
        for created in [nil, "2026-10-01T00:00:00Z"] {
            let estate = try Self.estate()
            #expect(Self.removals(try await estate.propose(try RoleWorld(created: created), dryRun: true)).isEmpty)
        }
    }

    @Test(arguments: [("0 3 1 * *", true), ("0 3 1 1 *", false), ("0 3 15 6,12 *", false)])
    func `a job's account is narrowed only once its runs were due`(_ schedule: String, _ isNarrowed: Bool) async throws
    {
        let estate = try Self.estate()
        let world = try RoleWorld(objects: [RoleWorld.cronJob(schedule, account: "api")])
        let results = Self.removals(try await estate.propose(world, dryRun: true))
        #expect(results.contains { $0.difference.contains("-    resources: [configmaps, secrets]") } == isNarrowed)
        // The job has nothing to do with bob.
        #expect(results.contains { $0.difference.contains("-    name: bob") })
    }

    @Test func `who is excluded keeps all rights, as does whoever shares the role`() async throws {
        for (subject, keepsRole) in [("User bob", false), ("ServiceAccount rbac/api", true)] {
            let estate = try Self.estate()
            let results = try await estate.propose(
                try RoleWorld(), dryRun: true, with: ["rbac.excludedSubjects": subject])
            let difference = Self.removals(results).map(\.difference).joined()
            #expect(difference.contains("-    name: bob") == keepsRole, "\(subject)")
            #expect(difference.contains("-    resources: [configmaps, secrets]") != keepsRole, "\(subject)")
        }
    }

    @Test func `what the audit policy does not record stays, and the pull request says so`() async throws {
        let estate = try Self.estate()
        let silent = """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            rules:
              - level: None
                resources: [{group: "", resources: [secrets]}]
              - level: Metadata

            """
        let results = try await estate.propose(try RoleWorld(), dryRun: true, auditPolicy: silent)
        let removal = try #require(Self.removals(results).first)
        #expect(removal.difference.contains("-    verbs: [patch]"))
        #expect(!removal.difference.contains("-    name: bob"), "edit grants secrets, too")
        #expect(removal.body.contains("the audit policy does not record whether it is used"))
    }

    @Test func `a binding to a role of Kubernetes goes once the subject's own role is merged`() async throws {
        let estate = try Self.estate()
        let world = try RoleWorld()
        let first = Self.removals(try await estate.propose(world))
        #expect(first.map(\.scope.key) == ["rbac.removals"])
        try estate.git.git("update-ref", "refs/heads/main", "refs/heads/leastwise/rbac")
        if let number = try estate.pulls().first(where: { $0.head == "leastwise/rbac" })?.number {
            try estate.setPull(number, "merged")
        }
        let second = Self.removals(try await estate.propose(world))
        let cluster = try #require(second.first { $0.scope.key == "_cluster.removals" })
        #expect(cluster.stopping == [])
        #expect(try estate.git.changedFiles("leastwise/_cluster.removals") == [RoleWorld.clusterPath])
        let text = try estate.git.text(RoleWorld.clusterPath, on: "leastwise/_cluster.removals")
        #expect(text.contains("name: cluster-admin\nsubjects: []\n"))
        #expect(cluster.body.contains("every request of it is allowed by its generated roles"))
        #expect(cluster.body.contains("bind, escalate, kubelets"))
    }

    @Test func `a right that is used by now is proposed no more, and what is left with nothing is retired`()
        async throws
    {
        let estate = try Self.estate()
        _ = try await estate.propose(try RoleWorld())
        let isOpen = { try estate.pulls().contains { $0.head == Self.branch && $0.state == "open" } }
        #expect(try isOpen())
        let back = (101...115).flatMap { day in
            [
                (day, RoleWorld.account("api"), RoleWorld.action("patch", "deployments", "web", group: "apps")),
                (day, "bob", RoleWorld.action("get", "secrets", "a")),
            ]
        }
        let later = try await estate.propose(try RoleWorld(days: 115, events: back))
        #expect(later.allSatisfy { $0.stopping.isEmpty })
        let text = try estate.git.text(RoleWorld.path, on: Self.branch)
        #expect(text.contains("resources: [deployments]") && text.contains("name: bob"))
        // A day later the api asks for something new: it is not settled, so that nothing of it is taken.
        let new = back + [(115, RoleWorld.account("api"), RoleWorld.action("delete", "secrets", "x"))]
        let last = try await estate.propose(try RoleWorld(days: 115, events: new))
        #expect(Self.removals(last).map(\.difference) == [""])
        #expect(try !isOpen())
    }

    @Test func `a closed pull request is not opened again`() async throws {
        let estate = try Self.estate()
        let world = try RoleWorld()
        _ = try await estate.propose(world)
        let number = try #require(estate.pulls().first { $0.head == Self.branch }?.number)
        try estate.setPull(number, "closed")
        let state = try estate.pulls()
        _ = try await estate.propose(world)
        #expect(try estate.pulls().map(\.state) == state.map(\.state))
    }

    @Test func `what was merged leaves nothing to propose`() async throws {
        let estate = try Self.estate()
        let world = try RoleWorld()
        _ = try await estate.propose(world, scope: "rbac.removals")
        try estate.git.git("update-ref", "refs/heads/main", "refs/heads/\(Self.branch)")
        #expect(Self.removals(try await estate.propose(world, dryRun: true)).map(\.difference).allSatisfy(\.isEmpty))
    }

    /// The learner and the judge share no code: whatever a list of removals says, what is used stays.
    @Test func `the judge stops a removal of what is used`() throws {
        let plan = try Self.plan(.rules(Self.role, [.remove, .keep, .remove]), RoleWorld.manifest)
        #expect(plan.stopping.map(\.what) == ["ServiceAccount rbac/api get configmaps \"settings\" in rbac"])
        let harmless = try Self.plan(.rules(Self.role, [.keep, .keep, .remove]), RoleWorld.manifest)
        #expect(harmless.stopping.isEmpty && harmless.changes.count == 1)
    }

    @Test func `what cannot be edited is left alone, and said`() throws {
        let odd = RoleWorld.manifest.replacing("    verbs: [patch]", with: "    verbs: &v [patch]")
        let plan = try Self.plan(.rules(Self.role, [.keep, .keep, .replace([PolicyRule(verbs: ["get"])])]), odd)
        #expect(plan.changes.isEmpty)
        #expect(plan.refused.count == 1 && plan.refused[0].hasPrefix("Role/rbac/api: "))
    }

    @Test func `two bindings that fill a file leave one without subjects`() throws {
        let second = RoleWorld.clusterManifest.replacing("worker-admin", with: "other-admin")
        let text = RoleWorld.clusterManifest + "---\n" + second
        let tree = RepositoryTree(files: ["a.yaml": Array(text.utf8)])
        let worker = Subject(kind: .serviceAccount, namespace: Namespace("rbac"), name: "worker")
        let removals = RBACManifest.locate(in: tree).map { manifest in
            let key = BindingKey(namespace: .clusterScope, name: manifest.name)
            return Removal(
                edit: .subjects(key, [worker], isWhole: true), manifest: manifest, lines: [], subjects: [], warnings: []
            )
        }
        let plan = try Self.planner(tree).plan(.removals(of: .clusterScope), removals)
        #expect(plan.refused.isEmpty)
        let left = try #require(plan.changes.first?.contents.map { String(decoding: $0, as: UTF8.self) })
        #expect(left.components(separatedBy: "kind: ClusterRoleBinding").count == 2)
        #expect(left.contains("subjects: []"))
    }

    private static let role = RoleKey(namespace: Namespace("rbac"), name: "api")

    private static func planner(_ tree: RepositoryTree) throws -> RemovalPlanner {
        let settings = try Settings(ResolvedConfiguration(flags: ["cluster": "prod"], environment: [:], file: .empty))
        let learned = try RoleWorld().learn(settings, nil)
        return RemovalPlanner(
            learned: learned, judge: ClusterJudge(learned), base: RepositoryObjects(tree, cluster: learned.cluster))
    }

    private static func plan(_ edit: Removal.Edit, _ text: String) throws -> ScopePlan {
        let tree = RepositoryTree(files: [RoleWorld.path: Array(text.utf8)])
        let manifest = try #require(RBACManifest.locate(in: tree).first { $0.kind == .role })
        return try planner(tree).plan(
            .removals(of: Namespace("rbac")),
            [Removal(edit: edit, manifest: manifest, lines: [], subjects: [], warnings: [])])
    }
}
