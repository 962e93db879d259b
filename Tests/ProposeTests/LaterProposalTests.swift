import Engine
import Foundation
import ScriptedServers
import Testing

/// What new behaviour adds to a proposal, before and after people merged it.
@Suite(.enabled(if: Programs.areThere, "git or python3 is not installed"))
struct LaterProposalTests {
    private static let redis = "apps/shop/networkpolicy-statefulset-cart-redis.yaml"
    private static let web = "apps/shop/networkpolicy-deployment-web.yaml"

    @Test(arguments: Flavour.allCases)
    func `new behaviour updates the branch and the same pull request, and only adds`(
        _ flavour: Flavour
    ) async throws {
        let estate = try Estate(flavour)
        let git = try estate.git
        _ = try await estate.proposeOne()
        let old = try git.head("leastwise/shop")
        let oldBody = try estate.pulls().map(\.body)
        let result = try await estate.proposeOne(World.withNewClient)
        #expect(result.text(isDryRun: false, showsBody: false).contains("pull request updated"))
        let new = try git.head("leastwise/shop")
        #expect(try git.git("diff", "--name-only", old, new) == "\(Self.web)\n\(Self.redis)\n")
        let removed = try git.removedLines(from: old, to: new)
        #expect(removed.allSatisfy { $0.hasPrefix("-# leastwise-checksum: ") } && removed.count == 2)
        // On the base, not on top of the old commit.
        #expect(try git.git("rev-parse", "leastwise/shop^").trimmingCharacters(in: .newlines) == git.head("main"))
        let pulls = try estate.pulls()
        #expect(pulls.map(\.number) == [1] && pulls.map(\.body) == [result.body] && pulls.map(\.body) != oldBody)
        let before = try estate.state()
        _ = try await estate.proposeOne(World.withNewClient)
        #expect(try estate.state() == before)
    }

    @Test(arguments: Flavour.clients)
    func `a merged proposal's branch goes, and nothing is proposed`(_ flavour: Flavour) async throws {
        let estate = try Estate(flavour)
        try await Self.merge(estate)
        let writes = try estate.writes()
        let result = try await estate.proposeOne()
        #expect(result.text(isDryRun: false, showsBody: false).contains("leastwise/shop is retired"))
        #expect(try estate.git.branches() == [])
        #expect(try estate.pulls().map(\.comments) == [[]] && estate.writes() == writes)
        let before = try estate.state()
        let again = try await estate.proposeOne()
        #expect(again.text(isDryRun: false, showsBody: false).contains("the base has everything"))
        #expect(try estate.state() == before)
    }

    @Test func `a proposal that was merged by squashing is known to be merged`() async throws {
        let estate = try Estate()
        let git = try estate.git
        _ = try await estate.proposeOne()
        let tree = try git.git("rev-parse", "leastwise/shop^{tree}").trimmingCharacters(in: .newlines)
        let squashed = try git.git(
            "-c", "user.name=Ann", "-c", "user.email=ann@example.com", "commit-tree", "-m", "Squashed", "-p", "main",
            tree)
        try git.git("update-ref", "refs/heads/main", squashed.trimmingCharacters(in: .newlines))
        try estate.setPull(1, "merged")
        _ = try await estate.proposeOne()
        #expect(try git.branches() == [])
    }

    @Test func `what the base got otherwise closes the pull request, with a word`() async throws {
        let estate = try Estate()
        _ = try await estate.proposeOne()
        try estate.git.git("update-ref", "refs/heads/main", "refs/heads/leastwise/shop")
        let result = try await estate.proposeOne()
        #expect(result.text(isDryRun: false, showsBody: false).contains("leastwise/shop is retired"))
        let pull = try #require(try estate.pulls().first)
        #expect(pull.state == "closed" && pull.comments.count == 1)
        #expect(try estate.git.branches() == [])
    }

    @Test(arguments: Flavour.clients)
    func `new behaviour after a merge is proposed on the new base`(_ flavour: Flavour) async throws {
        let estate = try Estate(flavour)
        try await Self.merge(estate)
        let result = try await estate.proposeOne(World.withNewClient)
        let git = try estate.git
        #expect(result.text(isDryRun: false, showsBody: false).contains("pull request opened"))
        #expect(try git.changedFiles("leastwise/shop") == [Self.web, Self.redis])
        #expect(try git.git("rev-parse", "leastwise/shop^").trimmingCharacters(in: .newlines) == git.head("main"))
        #expect(try estate.pulls().map(\.state) == ["merged", "open"])
        // Its text is about what changes only.
        let titles = result.body.split(separator: "\n").filter { $0.hasPrefix("### ") }
        #expect(titles == ["### `shop/Deployment/web`", "### `shop/StatefulSet/cart-redis`"])
    }

    @Test func `what was merged stays, though it is no longer learned`() async throws {
        let estate = try Estate()
        try await Self.merge(estate, World.withNewClient)
        let before = try estate.git.head("main")
        _ = try await estate.proposeOne(World.withNewClient)
        let result = try await estate.proposeOne(World.observed)
        #expect(result.difference == "")
        #expect(try estate.git.branches() == [] && estate.git.head("main") == before)
    }

    @Test func `what was merged stays beside what is new`() async throws {
        let estate = try Estate()
        try await Self.merge(estate, World.withNewClient)
        let git = try estate.git
        let merged = try git.text(Self.redis, on: "main")
        // People took the file of `db` out: it comes back, and the others stay as they are.
        let file = "apps/shop/networkpolicy-statefulset-db.yaml"
        try git.commit([file: nil], to: "main", from: "main")
        _ = try await estate.proposeOne(World.observed)
        #expect(try git.changedFiles("leastwise/shop") == [file])
        #expect(try git.text(Self.redis, on: "leastwise/shop") == merged)
    }

    /// Proposes, and merges as a person does.
    private static func merge(
        _ estate: Estate, _ learned: Result<LearnedCluster, any Error> = World.observed
    ) async throws {
        _ = try await estate.proposeOne(learned)
        try estate.git.git("update-ref", "refs/heads/main", "refs/heads/leastwise/shop")
        try estate.setPull(1, "merged")
    }
}
