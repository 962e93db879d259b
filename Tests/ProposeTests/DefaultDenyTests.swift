import Domain
import Engine
import Foundation
import NetworkLearner
import ScriptedServers
import Testing

/// A namespace is closed to everything else only once nothing that runs in it can notice.
@Suite(.enabled(if: Programs.areThere, "git or python3 is not installed"))
struct DefaultDenyTests {
    private static let scope = "ring.default-deny"
    private static let branch = "leastwise/ring.default-deny"
    private static let file = "apps/ring/networkpolicy-default-deny.yaml"
    private static let wanted = ["proposals.namespaceDefaultDeny": "yes"]

    /// An estate whose repository has the policies of all workloads.
    private static func merged(_ world: RingWorld, with changes: [String: String] = [:]) async throws -> Estate {
        let estate = try Estate()
        try await estate.merge(world, with: wanted.merging(changes) { $1 })
        return estate
    }

    private static func closing(
        _ estate: Estate, _ world: RingWorld, dryRun: Bool = false, with changes: [String: String] = [:]
    ) async throws -> ScopeResult {
        let results = try await estate.propose(
            world, scope: scope, dryRun: dryRun, with: wanted.merging(changes) { $1 })
        try #require(results.count == 1)
        return results[0]
    }

    @Test func `is proposed by itself once all policies are merged`() async throws {
        let world = try RingWorld()
        let estate = try await Self.merged(world)
        let result = try await Self.closing(estate, world)
        #expect(result.text(isDryRun: false, showsBody: false).contains("pull request opened"))
        #expect(try estate.git.changedFiles(Self.branch) == [Self.file])
        let text = try estate.git.text(Self.file, on: Self.branch)
        #expect(
            text.hasSuffix(
                """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata:
                  name: default-deny
                  namespace: ring
                  labels:
                    app.kubernetes.io/managed-by: leastwise
                spec:
                  podSelector: {}
                  policyTypes:
                  - Ingress
                  - Egress

                """))
        let pull = try #require(try estate.pulls().last)
        #expect(pull.title == "Least privilege for default-deny of namespace ring: 1 network policy")
        #expect(pull.body.hasPrefix("<!-- leastwise scope=ring.default-deny fingerprint="))
        #expect(pull.body.contains("its 3 known workloads have policies of their own"))
        #expect(pull.body.contains("| from `nobody` |") && pull.body.contains("| to `nobody` |"))
        #expect(MarkdownTables.brokenRows(pull.body) == [])
        let before = try estate.state()
        _ = try await estate.propose(world, scope: nil, with: Self.wanted)
        #expect(try estate.state() == before)
    }

    @Test(arguments: ["namespace", "workload", "cluster"])
    func `never shares a pull request with what was learned`(grouping: String) async throws {
        let world = try RingWorld()
        let estate = try await Self.merged(world)
        // The policy of one workload is to be written again, while the others are merged.
        let keys = Self.wanted.merging(["proposals.groupBy": grouping]) { $1 }
        _ = try await estate.propose(world, scope: nil, with: keys)
        let branches = try estate.git.branches()
        #expect(branches.contains(Self.branch))
        for branch in branches where branch != Self.branch {
            #expect(try !estate.git.changedFiles(branch).contains(Self.file))
        }
        #expect(try estate.git.changedFiles(Self.branch) == [Self.file])
    }

    @Test func `is not even looked for unless it is wanted`() async throws {
        let world = try RingWorld()
        let estate = try await Self.merged(world)
        for keys in [[:], Self.wanted.merging(["proposals.kinds": "rbac"]) { $1 }] {
            let results = try await estate.propose(world, scope: nil, dryRun: true, with: keys)
            #expect(results.allSatisfy { !$0.scope.key.contains("default-deny") })
        }
    }

    @Test(arguments: [
        (
            "cilium", "kind: CiliumNetworkPolicy",
            "spec:\n  endpointSelector: {}\n  ingress:\n  - {}\n  egress:\n  - {}\n"
        ),
        ("calico", "kind: NetworkPolicy", "spec:\n  selector: \"all()\"\n  types:\n  - Ingress\n  - Egress\n"),
        (
            "calicoStaged", "kind: StagedNetworkPolicy",
            "spec:\n  stagedAction: Set\n  selector: \"all()\"\n  types:\n  - Ingress\n  - Egress\n"
        ),
    ])
    func `is written in the dialect in force`(dialect: String, kind: String, spec: String) async throws {
        let keys = ["network.dialect": dialect]
        let world = try RingWorld()
        let estate = try await Self.merged(world, with: keys)
        let result = try await Self.closing(estate, world, with: keys)
        #expect(result.stopping == [] && result.obstacles == [])
        let text = try estate.git.text(Self.file, on: Self.branch)
        #expect(text.contains("\n\(kind)\n") && text.hasSuffix(spec), "\(text)")
    }
}

// MARK: - What is in the way

extension DefaultDenyTests {
    @Test func `waits for policies to be merged, and says for which`() async throws {
        let estate = try Estate()
        let world = try RingWorld()
        let before = try estate.state()
        let result = try await Self.closing(estate, world)
        #expect(try estate.state() == before)
        let reason = "its policy is not in the repository yet"
        #expect(result.obstacles == RingWorld.workloads.sorted().map { "ring/Deployment/\($0): \(reason)" })
        let text = result.text(isDryRun: true, showsBody: false)
        #expect(
            text.hasPrefix(
                "default-deny of namespace ring: not proposed yet\n  first: ring/Deployment/api: \(reason)\n"))
        // An open proposal of them is not enough.
        _ = try await estate.propose(world, with: Self.wanted)
        #expect(try await Self.closing(estate, world).obstacles.count == 3)
    }

    @Test func `waits for a workload that only the repository has, and warns of what is open`() async throws {
        let world = try RingWorld()
        let estate = try await Self.merged(world)
        _ = try await Self.closing(estate, world)
        let manifest = RingWorld.manifest("new", labels: ["app": "new"])
        try estate.git.commit(["apps/ring/new.yaml": manifest], to: "main", from: "main")
        let result = try await Self.closing(estate, world)
        #expect(
            result.obstacles == [
                "ring/Deployment/new: no policy was learned for it",
                "\(Self.branch) was proposed earlier: do not merge it before that is settled",
            ])
        #expect(result.outcome == nil)
    }

    @Test func `waits where a direction stays open, and where something is not mature`() async throws {
        let open = try RingWorld(isOpen: true)
        let estate = try await Self.merged(open)
        #expect(
            try await Self.closing(estate, open, dryRun: true).obstacles == [
                "ring/Deployment/db: its outgoing traffic stays open, since it was not seen to connect anywhere",
                "ring/Deployment/web: its incoming traffic stays open, since nobody was seen to connect to it",
            ])
        let young = try await Self.closing(
            estate, open, dryRun: true, with: ["proposals.minimumMaturity": "stable", "maturity.stableDays": "20"])
        #expect(young.obstacles.allSatisfy { $0.hasSuffix(": it is stabilizing") })
    }

    @Test func `waits where more was learned than was merged`() async throws {
        let world = try RingWorld()
        let estate = try await Self.merged(world)
        let path = "apps/ring/networkpolicy-deployment-web.yaml"
        let text = try estate.git.text(path, on: "main").replacing("app: api", with: "app: other")
        try estate.git.commit([path: text], to: "main", from: "main")
        #expect(
            try await Self.closing(estate, world).obstacles == [
                "ring/Deployment/web: what was learned of it since is not in the repository yet"
            ])
    }

    @Test(arguments: [
        ("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy", "all", "[Ingress, Egress]", false),
        ("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy", "default-deny", "[Ingress]", true),
    ])
    func `leaves alone what people closed, and a name that they took`(
        head: String, name: String, types: String, isTold: Bool
    ) async throws {
        let world = try RingWorld()
        let estate = try await Self.merged(world)
        let policy =
            "\(head)\nmetadata: {name: \(name), namespace: ring}\nspec: {podSelector: {}, policyTypes: \(types)}\n"
        try estate.git.commit(["apps/ring/own.yaml": policy], to: "main", from: "main")
        let results = try await estate.propose(world, scope: nil, dryRun: true, with: Self.wanted)
        let closing = results.filter { $0.scope.key == Self.scope }
        #expect(closing.map(\.obstacles.count) == (isTold ? [1] : []))
        #expect(closing.allSatisfy { $0.obstacles[0].contains("ring/default-deny that Leastwise did not write") })
    }

    @Test func `is stopped by the judge if it would deny something observed`() async throws {
        let world = try RingWorld()
        let estate = try await Self.merged(world)
        let result = try await estate.propose(scope: Self.scope, dryRun: false, with: Self.wanted) {
            settings, declared in
            let learned = try world.learn(settings, declared)
            let seen = try #require(learned.network.learned.first)
            let forgotten = LearnedConnection(
                source: seen.source, destination: seen.destination, protocol: .tcp, port: Port(9999))
            return learned.replacing(learned: learned.network.learned + [forgotten])
        }
        #expect(result.map(\.stopping.count) == [1])
        #expect(result[0].stopping[0].contains("ring/default-deny"))
        #expect(try !estate.git.branches().contains(Self.branch))
    }
}

// MARK: - People win

extension DefaultDenyTests {
    @Test func `what was closed stays closed, what was edited stays theirs, and what was merged goes`() async throws {
        let world = try RingWorld()
        let estate = try await Self.merged(world)
        _ = try await Self.closing(estate, world)
        let number = try #require(try estate.pulls().last).number
        try estate.setPull(number, "closed")
        let closed = try await Self.closing(estate, world).text(isDryRun: false, showsBody: false)
        #expect(closed.contains("closed without merging"))
        try estate.setPull(number, "open")
        try estate.git.commit(["note.md": "mine"], to: Self.branch, from: Self.branch)
        let edited = try await Self.closing(estate, world).text(isDryRun: false, showsBody: false)
        #expect(edited.contains("left alone, Ann committed to the branch"))
    }

    @Test func `a merged one is done, and stays so when a new workload comes`() async throws {
        let world = try RingWorld()
        let estate = try await Self.merged(world)
        try await estate.merge(world, scope: Self.scope, with: Self.wanted)
        #expect(try estate.git.branches() == [])
        let done = try await Self.closing(estate, world).text(isDryRun: false, showsBody: false)
        #expect(done.contains("the base has everything"))
        let manifest = RingWorld.manifest("new", labels: ["app": "new"])
        try estate.git.commit(["apps/ring/new.yaml": manifest], to: "main", from: "main")
        let results = try await estate.propose(world, scope: nil, dryRun: true, with: Self.wanted)
        #expect(results.allSatisfy { $0.scope.key != Self.scope })
    }

    @Test(.enabled(if: Program.isBuilt, "the program is not built beside the tests"))
    func `the program proposes it, and says what is in the way`() async throws {
        let world = try RingWorld()
        let estate = try Estate()
        let program = try Program(estate, world: world, with: Self.wanted)
        let waiting = "default-deny of namespace ring: not proposed yet\n  first: ring/Deployment/api: its policy"
        let early = try program.propose(["--dry-run"])
        #expect(early.status == 0 && early.output.contains(waiting), "\(early.output)")
        let note = "default-deny of namespace ring: first: ring/Deployment/api: its policy is not in the repository yet"
        #expect(try program.run(["preview", "--output", "diff"]).output.contains(note))
        try await estate.merge(world, with: Self.wanted)
        let diff = try program.run(["preview", "--output", "diff"])
        #expect(diff.status == 0 && diff.output.contains("+++ b/\(Self.file)\n") && !diff.output.contains(note))
        #expect(try !program.run(["preview", "--output", "diff", "--kind", "rbac"]).output.contains(Self.file))
        let run = try program.propose(["--scope", Self.scope])
        #expect(run.status == 0 && run.output.contains("pushed to \(Self.branch), pull request opened: "))
        #expect(try estate.git.changedFiles(Self.branch) == [Self.file])
    }
}
