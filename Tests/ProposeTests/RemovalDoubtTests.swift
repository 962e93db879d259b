import AppConfiguration
import Domain
import Foundation
import Layout
import RBACLearner
import ScriptedServers
import Testing

@testable import Engine

/// What is in doubt stays: what stands in the repository and is not what the cluster has, what others use as well, and
/// uses that the records cannot show.
@Suite(.enabled(if: Programs.areThere, "git or python3 is not installed"))
struct RemovalDoubtTests {
    private static let secrets = "-    resources: [configmaps, secrets]"
    private static let bob = "-    name: bob"

    /// What goes, as one difference, of a repository with these files beside or in place of those of `RoleWorld`.
    private static func removed(
        _ files: [String: String] = [:], world: RoleWorld? = nil, auditPolicy: String = RoleWorld.auditPolicy
    ) async throws -> String {
        let estate = try Estate()
        try estate.commitRoles()
        if !files.isEmpty { try estate.git.commit(files, to: "main", from: "main") }
        let results = try await estate.propose(try world ?? RoleWorld(), dryRun: true, auditPolicy: auditPolicy)
        #expect(results.allSatisfy { $0.stopping.isEmpty })
        return results.filter { $0.scope.key.hasSuffix(".removals") }.map(\.difference).joined()
    }

    private static func binding(_ name: String, _ role: (kind: String, name: String), _ subject: String) -> String {
        #"{"kind":"RoleBinding","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"\#(name)","#
            + #""namespace":"rbac","creationTimestamp":"2026-01-01T00:00:00Z"},"roleRef":{"apiGroup":"#
            + #""rbac.authorization.k8s.io","kind":"\#(role.kind)","name":"\#(role.name)"},"subjects":[\#(subject)]}"#
    }

    @Test func `a rule that was not applied yet is no old one`() async throws {
        let rule = "  - apiGroups: [batch]\n    resources: [cronjobs]\n    verbs: [get]\n"
        let text = RoleWorld.manifest.replacing("    verbs: [patch]\n", with: "    verbs: [patch]\n" + rule)
        let difference = try await Self.removed([RoleWorld.path: text])
        #expect(!difference.contains("cronjobs") && difference.contains(Self.bob))
    }

    @Test func `a subject that was not bound yet is no old one`() async throws {
        let text = RoleWorld.manifest.replacing(
            "    name: bob\n    apiGroup: rbac.authorization.k8s.io\n",
            with: "    name: bob\n    apiGroup: rbac.authorization.k8s.io\n  - kind: User\n    name: eve\n")
        let difference = try await Self.removed([RoleWorld.path: text])
        #expect(!difference.contains("-    name: eve") && difference.contains(Self.secrets))
    }

    /// The objects are old, and a rule and a subject came three weeks before the last record.
    @Test func `what came into an old object lately is no old right`() async throws {
        let (rules, subjects) = (
            "  # for the old console\n", "    name: bob\n    apiGroup: rbac.authorization.k8s.io\n"
        )
        let before = RoleWorld.manifest.replacing(
            subjects, with: "    name: eve\n    apiGroup: rbac.authorization.k8s.io\n"
        )
        .replacing(rules + "  - apiGroups: [apps]\n    resources: [deployments]\n    verbs: [patch]\n", with: "")
        for (first, last, isYoung) in [(before, 1_792_300_000, true), (RoleWorld.manifest, 1_792_300_000, false)] {
            let estate = try Estate()
            try estate.git.commit([RoleWorld.path: first], to: "main", from: "main")
            try estate.git.commit(
                [RoleWorld.path: RoleWorld.manifest, "later.md": "x"], to: "main", from: "main", time: last)
            let results = try await estate.propose(try RoleWorld(), dryRun: true)
            let difference = results.filter { $0.scope.key == "rbac.removals" }.map(\.difference).joined()
            #expect(difference.contains("-    verbs: [patch]") != isYoung)
            #expect(difference.contains(Self.bob) != isYoung)
        }
    }

    /// A person gave it to carol by hand, and the repository does not know.
    @Test func `whom the cluster alone binds keeps what it uses`() async throws {
        let carol = #"{"kind":"User","name":"carol"},{"kind":"ServiceAccount","name":"api","namespace":"rbac"}"#
        let world = try RoleWorld(
            objects: [Self.binding("api", ("Role", "api"), carol)],
            events: (1...100).map { ($0, "carol", RoleWorld.action("get", "secrets", "tls")) })
        let difference = try await Self.removed(world: world)
        #expect(
            difference.contains("+    resources: [configmaps]") == false || difference.contains("tls"), "\(difference)")
    }

    @Test(arguments: [["prod"], ["prod", "staging"]])
    func `a base of several overlays may be another cluster's`(_ overlays: [String]) async throws {
        var files = ["base/kustomization.yaml": "resources:\n- ../apps/rbac\n"]
        files["apps/rbac/kustomization.yaml"] = "resources:\n- rbac.yaml\n"
        for name in overlays { files["clusters/\(name)/kustomization.yaml"] = "resources:\n- ../../base\n" }
        let difference = try await Self.removed(files)
        #expect(difference.contains(Self.secrets) == (overlays.count == 1))
        #expect(difference.contains(Self.bob) == (overlays.count == 1))
    }

    @Test(arguments: [
        ("kind: Kustomization\napiVersion: kustomize.toolkit.fluxcd.io/v1\nspec: {path: ./apps}\n", 2),
        ("kind: Application\napiVersion: argoproj.io/v1alpha1\nspec: {source: {path: apps/rbac}}\n", 2),
        (
            "kind: ApplicationSet\napiVersion: argoproj.io/v1alpha1\nspec: {template: {spec: {source: {path: apps}}}}\n",
            1
        ),
    ])
    func `what several deliveries apply may be another cluster's`(_ text: String, _ most: Int) async throws {
        for count in 1...2 {
            let files = (1...count).map { ("clusters/c\($0)/apps.yaml", text) }
            let difference = try await Self.removed(Dictionary(files) { first, _ in first })
            #expect(difference.contains(Self.secrets) == (count < most), "\(count)")
        }
    }

    @Test func `a Role without a namespace is not the ClusterRole of its name`() async throws {
        let rules =
            #""rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]},"#
            + #"{"apiGroups":[""],"resources":["pods"],"verbs":["list"]}]"#
        let role =
            #"{"kind":"ClusterRole","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"viewer","#
            + #""creationTimestamp":"2026-01-01T00:00:00Z"},\#(rules)}"#
        let text = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata:
              name: viewer
            rules:
              - apiGroups: [""]
                resources: [secrets]
                verbs: [get]
              - apiGroups: [""]
                resources: [pods]
                verbs: [list]

            """
        let account = #"{"kind":"ServiceAccount","name":"api","namespace":"rbac"}"#
        let world = try RoleWorld(objects: [role, Self.binding("viewer", ("ClusterRole", "viewer"), account)])
        #expect(try await !Self.removed(["viewer/role.yaml": text], world: world).contains("viewer/role.yaml"))
    }

    /// An operator bound dave after the objects were observed.
    @Test func `a role that unknown bindings grant stays`() async throws {
        let reason = #"RBAC: allowed by RoleBinding "tenant/rbac" of Role "api" to User "dave""#
        for (reasons, isNarrowed) in [([:], true), (["dave": reason], false)] {
            let world = try RoleWorld(
                events: (1...100).map { ($0, "dave", RoleWorld.action("get", "secrets", "tls")) }, reasons: reasons)
            #expect(try await Self.removed(world: world).contains(Self.secrets) == isNarrowed)
        }
    }

    /// Kubernetes' own `view` was not observed, so that nobody knows who is bound to it.
    @Test func `a part of a role that was not observed stays`() async throws {
        let label = #""labels":{"rbac.authorization.k8s.io/aggregate-to-view":"true"}"#
        let role =
            #"{"kind":"ClusterRole","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"part",%@"#
            + #""creationTimestamp":"2026-01-01T00:00:00Z"},"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}]}"#
        let text =
            "kind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\nmetadata:\n  name: part\n%@"
            + "rules:\n  - apiGroups: [\"\"]\n    resources: [secrets]\n    verbs: [get]\n"
        let account = #"{"kind":"ServiceAccount","name":"api","namespace":"rbac"}"#
        for isPart in [true, false] {
            let yaml = isPart ? "  labels:\n    rbac.authorization.k8s.io/aggregate-to-view: \"true\"\n" : ""
            let world = try RoleWorld(objects: [
                role.replacing("%@", with: isPart ? label + "," : ""),
                Self.binding("part", ("ClusterRole", "part"), account),
            ])
            let difference = try await Self.removed(["part.yaml": text.replacing("%@", with: yaml)], world: world)
            #expect(difference.contains("part.yaml") != isPart)
        }
    }

    @Test func `impersonation stays where requests of the impersonator are not recorded`() async throws {
        let text = RoleWorld.manifest.replacing("    verbs: [patch]", with: "    verbs: [patch, impersonate]")
        let world = try RoleWorld(objects: [Self.role(verbs: #""patch","impersonate""#)])
        let silent =
            "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n  - level: None\n    users: "
            + "[\"\(RoleWorld.account("api"))\"]\n    resources: [{group: \"\", resources: [endpoints]}]\n  - level: Metadata\n"
        for (policy, stays) in [(RoleWorld.auditPolicy, false), (silent, true)] {
            let difference = try await Self.removed([RoleWorld.path: text], world: world, auditPolicy: policy)
            #expect(difference.contains("-    verbs: [patch, impersonate]"))
            #expect(difference.contains("+    verbs: [impersonate]") == stays)
        }
    }

    /// The Role `api` with other verbs on deployments.
    private static func role(verbs: String, names: String = "") -> String {
        #"{"kind":"Role","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"api","namespace":"rbac","#
            + #""creationTimestamp":"2026-01-01T00:00:00Z"},"rules":[{"apiGroups":[""],"#
            + #""resources":["configmaps","secrets"],"verbs":["get","list","delete"]},{"apiGroups":[""],"#
            + #""resources":["pods"],"verbs":["list"]},{"apiGroups":["apps"],"resources":["deployments"],"#
            + #""verbs":[\#(verbs)]\#(names)}]}"#
    }

    @Test func `who asked for what no rule can say keeps its role`() async throws {
        let odd = RoleWorld.action("get", "jobs*", group: "batch")
        let world = try RoleWorld(events: (1...100).map { ($0, RoleWorld.account("worker"), odd) })
        let estate = try Estate()
        try estate.commitRoles()
        _ = try await estate.propose(world)
        try estate.git.git("update-ref", "refs/heads/main", "refs/heads/leastwise/rbac")
        let results = try await estate.propose(world, dryRun: true)
        #expect(!results.contains { $0.scope.key == "_cluster.removals" && !$0.difference.isEmpty })
    }

    @Test func `a branch that people edited is left alone, and what it denies by now is told`() async throws {
        let estate = try Estate()
        try estate.commitRoles()
        _ = try await estate.propose(try RoleWorld())
        let branch = "leastwise/rbac.removals"
        try estate.git.commit(["NOTES.md": "mine"], to: branch, from: branch)
        let head = try estate.git.head(branch)
        let quiet = try await estate.propose(try RoleWorld(), scope: "rbac.removals")
        #expect(quiet.flatMap(\.warnings) == [])
        let used = (101...115).map { ($0, RoleWorld.account("api"), RoleWorld.action("list", "secrets")) }
        let result = try #require(
            try await estate.propose(try RoleWorld(days: 115, events: used), scope: "rbac.removals").first)
        #expect(
            result.warnings == [
                "do not merge \(branch): it would deny what is used by now",
                "ServiceAccount rbac/api list secrets in rbac",
            ])
        #expect(result.text(isDryRun: false, showsBody: false).contains("warning: do not merge"))
        #expect(try estate.git.head(branch) == head)
    }

    @Test func `a proposal of a namespace whose roles have left the repository is retired`() async throws {
        let estate = try Estate()
        try estate.commitRoles()
        let world = try RoleWorld()
        _ = try await estate.propose(world)
        try estate.git.commit([RoleWorld.path: "# moved\n"], to: "main", from: "main")
        _ = try await estate.propose(world)
        #expect(try !estate.git.branches().contains("leastwise/rbac.removals"))
    }
}

// MARK: - What people read

extension RemovalDoubtTests {
    @Test func `what was kept is told once, and names render as themselves`() async throws {
        let name = "</td>@acme/everyone ![x](https://evil.example)"
        let objects = [
            Self.role(verbs: #""patch","approve""#, names: #","resourceNames":["\#(name)"]"#),
            Self.binding(
                "api2", ("Role", "api"),
                (1...40).map { #"{"kind":"User","name":"user-\#($0)"}"# }.joined(separator: ",")),
        ]
        let text = RoleWorld.manifest.replacing(
            "    verbs: [patch]", with: "    verbs: [patch, approve]\n    resourceNames: [\"\(name)\"]")
        let silent =
            "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n  - level: None\n    resources: "
            + "[{group: \"\", resources: [secrets]}]\n  - level: Metadata\n"
        let estate = try Estate()
        try estate.commitRoles()
        try estate.git.commit([RoleWorld.path: text], to: "main", from: "main")
        let results = try await estate.propose(try RoleWorld(objects: objects), dryRun: true, auditPolicy: silent)
        let body = try #require(results.first { $0.scope.key == "rbac.removals" }).body
        let warnings = body.split(separator: "\n").filter { $0.contains(":warning:") }
        #expect(warnings.count == Set(warnings).count, "\(body)")
        let hostile = body.split(separator: "\n").filter { $0.contains("@acme") }
        #expect(!hostile.isEmpty)
        for line in hostile { #expect(Self.outsideCode(line).contains("@") == false, "\(line)") }
        #expect(!body.contains("user-40") && body.contains("31 more"))
    }

    /// The parts of a line that are in no code span.
    private static func outsideCode(_ line: Substring) -> String {
        line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 0 }.map { String($0.element) }.joined()
    }
}
