import AppConfiguration
import Domain
import Foundation
import Layout
import Testing

@testable import Engine

/// A repository with too wide roles, after all that is proposed for it was merged, run after run.
@Suite(.enabled(if: Fixtures.hasWorlds, "needs python3 with PyYAML, and the estate tools in ../shared/tools"))
struct ConvergenceTests {
    static let estates = [
        "--seed 7 --workloads 40 --flows 400 --requests 3000 --awkward all",
        "--seed 11 --workloads 36 --flows 400 --requests 2500 --awkward all --rename 31",
    ]

    /// What is granted in the end beyond what is needed: rights of which no audit event tells whether they are used.
    private static func isUnseen(_ cell: World.ExcessCell) -> Bool {
        cell.path != nil || cell.resource?.hasPrefix("nodes/") == true
    }

    @Test(arguments: estates)
    func `ends with what is needed and nothing else`(_ estate: String) throws {
        let world = try World(estate)
        let before = try world.judgedGrants(in: world.repository())
        #expect(before.excess.count > 100)
        let observed = try ObservedCluster(try world.inputsWithAges(configuration: Self.configuration(world)))
        var tree = try world.repository()
        var runs = 0
        while let next = try Self.merged(tree, observed), runs < 5 {
            tree = next
            runs += 1
        }
        // First roles are added and others narrowed, then bindings go that nobody needs any more; then nothing is left.
        #expect((2...3).contains(runs), "\(runs)")
        let after = try world.judgedGrants(in: tree)
        #expect(after.denied.isEmpty && after.opened.isEmpty, "\(after)")
        #expect(after.excess.filter { !Self.isUnseen($0) }.isEmpty, "\(after.excess)")
    }

    private static func configuration(_ world: World) throws -> String {
        let policy = try world.folder.write(
            "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n", to: "audit-policy.yaml")
        return """
            proposals: {kinds: [rbac], minimumMaturity: learning}
            maturity: {stabilizingDays: 1, stableDays: 1, quietDays: 0}
            rbac: {unusedDays: 10, auditPolicy: \(policy.path)}
            """
    }

    /// The repository after all proposals of one run are merged; nil if there are none.
    private static func merged(_ tree: RepositoryTree, _ observed: ObservedCluster) throws -> RepositoryTree? {
        let settings = observed.settings
        let base = RepositoryObjects(tree, cluster: settings.cluster)
        let learned = try observed.session.learn(base.declarations)
        let planner = ScopePlanner(
            learned: learned, judge: ClusterJudge(learned),
            placement: FilePlacement(
                placement: try Placement(pattern: settings.repository.path), cluster: learned.cluster), base: base)
        let entries = try ScopeList(
            settings: settings.proposals, learned: learned, base: base,
            removal: try RemovalList(learned, base: base, settings: settings), isProposed: { _ in false }
        ).entries(only: nil)
        var merged = tree
        for entry in entries {
            let plan =
                entry.removals.map { planner.removing.plan(entry.scope, $0) } ?? planner.plan(entry.scope, entry.items)
            #expect(plan.stopping.isEmpty && plan.refused.isEmpty, "\(entry.scope): \(plan.stopping) \(plan.refused)")
            merged = merged.applying(plan.changes)
        }
        return merged.files == tree.files ? nil : merged
    }
}

extension World {
    /// A cell that the judge finds granted and not needed.
    struct ExcessCell: Decodable {
        let verb: String
        let resource: String?
        let namespace: String?
        let path: String?
    }

    struct JudgedGrants {
        let denied: [String]
        let opened: [String]
        let excess: [ExcessCell]
    }

    /// The repository that comes with the estate.
    func repository() throws -> RepositoryTree {
        let root = folder.url.appending(path: "gitops").resolvingSymlinksInPath()
        var files: [String: [UInt8]] = [:]
        let found = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.allObjects ?? []
        for file in found.compactMap({ $0 as? URL }) where !file.hasDirectoryPath {
            let path = file.resolvingSymlinksInPath().path.dropFirst(root.path.count + 1)
            files[String(path)] = Array(try Data(contentsOf: file))
        }
        return RepositoryTree(files: files)
    }

    /// The inputs with roles and bindings that are older than the records.
    func inputsWithAges(configuration: String) throws -> Inputs {
        let data = try Data(contentsOf: inputs.objects[0])
        var list = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        list["items"] = (list["items"] as? [[String: Any]] ?? []).map { object -> [String: Any] in
            guard (object["apiVersion"] as? String)?.hasPrefix("rbac.") == true,
                var metadata = object["metadata"] as? [String: Any]
            else { return object }
            metadata["creationTimestamp"] = "2026-01-01T00:00:00Z"
            return object.merging(["metadata": metadata]) { $1 }
        }
        let text = String(decoding: try JSONSerialization.data(withJSONObject: list), as: UTF8.self)
        var aged = inputs
        aged.objects = [try folder.write(text, to: "objects-with-ages.json")]
        aged.configuration = configuration
        return aged
    }

    /// The judge's word on the roles and bindings of a repository.
    func judgedGrants(in tree: RepositoryTree) throws -> JudgedGrants {
        let texts = tree.files.filter { $0.key.hasSuffix(".yaml") }.sorted { $0.key < $1.key }.map {
            String(decoding: $0.value, as: UTF8.self)
        }
        let result = folder.url.appending(path: "judged.json")
        let verdict = try judge("rbac", manifests: texts.joined(separator: "\n---\n"), ["--json", result.path])
        let found = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: result)) as? [String: Any], "\(verdict.all)")
        let excess = try JSONSerialization.data(withJSONObject: found["excess"] ?? [])
        return JudgedGrants(
            denied: (found["legitimate_denied"] as? [Any] ?? []).map { "\($0)" },
            opened: (found["forbidden_allowed"] as? [Any] ?? []).map { "\($0)" },
            excess: try JSONDecoder().decode([ExcessCell].self, from: excess))
    }
}
