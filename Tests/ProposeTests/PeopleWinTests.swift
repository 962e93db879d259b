import Engine
import Foundation
import ScriptedServers
import Testing

/// What people did is left as they did it.
@Suite(.enabled(if: Programs.areThere, "git or python3 is not installed"))
struct PeopleWinTests {
    private static let api = "apps/shop/networkpolicy-deployment-api.yaml"
    private static let bot = "Leastwise <leastwise@localhost>"

    @Test(arguments: Flavour.clients, [false, true])
    func `a person's commit on the branch stops everything there`(_ flavour: Flavour, isHidden: Bool) async throws {
        let estate = try Estate(flavour)
        let git = try estate.git
        _ = try await estate.proposeOne()
        try git.commit(["apps/shop/note.md": "mine"], to: "leastwise/shop", from: "leastwise/shop")
        if isHidden {
            try git.commit(
                ["apps/shop/note2.md": "bot"], to: "leastwise/shop", from: "leastwise/shop", author: Self.bot)
        }
        let before = try estate.state()
        let result = try await estate.proposeOne(World.withNewClient)
        #expect(result.text(isDryRun: false, showsBody: false).contains("left alone, Ann committed to the branch"))
        #expect(try estate.state() == before)
    }

    @Test func `a commit that a person wrote and the bot committed is the person's`() async throws {
        let estate = try Estate()
        let git = try estate.git
        _ = try await estate.proposeOne()
        let tree = try git.git("rev-parse", "main^{tree}").trimmingCharacters(in: .newlines)
        let commit = try ScriptedServer.run([
            "GIT_AUTHOR_NAME=Bob", "GIT_AUTHOR_EMAIL=bob@example.com", "GIT_COMMITTER_NAME=Leastwise",
            "GIT_COMMITTER_EMAIL=leastwise@localhost", "git", "-C", git.path, "commit-tree", "-m", "x", "-p",
            "leastwise/shop", tree,
        ]).output.trimmingCharacters(in: .newlines)
        try git.git("update-ref", "refs/heads/leastwise/shop", commit)
        let before = try estate.state()
        let result = try await estate.proposeOne()
        #expect(result.text(isDryRun: false, showsBody: false).contains("left alone, Bob committed"))
        #expect(try estate.state() == before)
    }

    @Test func `a branch that a person made merged is not deleted`() async throws {
        let estate = try Estate()
        let git = try estate.git
        _ = try await estate.proposeOne()
        try git.git("update-ref", "refs/heads/main", "refs/heads/leastwise/shop")
        try estate.setPull(1, "merged")
        try git.commit(["apps/shop/more.md": "mine"], to: "leastwise/shop", from: "leastwise/shop")
        let before = try estate.state()
        _ = try await estate.proposeOne()
        #expect(try estate.state() == before)
    }

    @Test(arguments: Flavour.clients, [false, true])
    func `what was closed without merging is not proposed again, but new content is`(
        _ flavour: Flavour, branchIsGone: Bool
    ) async throws {
        let estate = try Estate(flavour)
        let git = try estate.git
        _ = try await estate.proposeOne()
        try estate.setPull(1, "closed")
        if branchIsGone { try git.git("update-ref", "-d", "refs/heads/leastwise/shop") }
        let before = try estate.state()
        let result = try await estate.proposeOne()
        #expect(result.text(isDryRun: false, showsBody: false).contains("closed without merging"))
        #expect(try estate.state() == before)
        _ = try await estate.proposeOne(World.withNewClient)
        #expect(try estate.pulls().map(\.state) == ["closed", "open"])
        #expect(try git.branches() == ["leastwise/shop"])
    }

    @Test func `what was closed stays closed when the listing beside it changes`() async throws {
        let estate = try Estate()
        let git = try estate.git
        _ = try await estate.proposeOne()
        try estate.setPull(1, "closed")
        let listing = "apps/shop/kustomization.yaml"
        try git.commit(
            [listing: git.text(listing, on: "main") + "- more.yaml", "apps/shop/more.yaml": ""], to: "main",
            from: "main")
        let before = try estate.state()
        let result = try await estate.proposeOne()
        #expect(result.text(isDryRun: false, showsBody: false).contains("closed without merging"))
        #expect(try estate.state() == before)
    }

    @Test func `a reopened pull request is brought up to date again`() async throws {
        let estate = try Estate()
        _ = try await estate.proposeOne()
        try estate.setPull(1, "closed")
        _ = try await estate.proposeOne()
        try estate.setPull(1, "open")
        _ = try await estate.proposeOne(World.withNewClient)
        #expect(try estate.pulls().map(\.state) == ["open"])
    }

    @Test func `a file of somebody else at our path is left as it is`() async throws {
        let estate = try Estate()
        let git = try estate.git
        let own = "# ours\nkind: ConfigMap\n"
        try git.commit([Self.api: own], to: "main", from: "main")
        let result = try await estate.proposeOne()
        #expect(try !git.changedFiles("leastwise/shop").contains(Self.api))
        #expect(try git.changedFiles("leastwise/shop").contains("apps/shop/networkpolicy-deployment-web.yaml"))
        #expect(
            try !git.text("apps/shop/kustomization.yaml", on: "leastwise/shop").contains("networkpolicy-deployment-api")
        )
        let text = result.text(isDryRun: false, showsBody: false)
        #expect(text.contains("left alone: \(Self.api) exists and was not written by Leastwise"))
    }

    /// A person narrows a generated policy on the base; the rest of the scope goes on.
    @Test(arguments: [false, true])
    func `a generated file that a person edited is left as it is`(deniesObserved: Bool) async throws {
        let estate = try Estate()
        let git = try estate.git
        _ = try await estate.proposeOne()
        try git.git("update-ref", "refs/heads/main", "refs/heads/leastwise/shop")
        try estate.setPull(1, "merged")
        let old = try git.text(Self.api, on: "main")
        let new = deniesObserved ? old.replacing("port: 8081", with: "port: 8082") : old + "# reviewed\n"
        try #require(new != old)
        try git.commit([Self.api: new], to: "main", from: "main")
        let result = try await estate.proposeOne(World.withNewClient)
        #expect(result.stopping == [])
        #expect(result.refusedFiles.contains { $0.contains("\(Self.api) was edited by a person") })
        #expect(
            try git.changedFiles("leastwise/shop") == [
                "apps/shop/networkpolicy-deployment-web.yaml", "apps/shop/networkpolicy-statefulset-cart-redis.yaml",
            ])
        #expect(result.body.contains("| Denied already by what is in the repository | 1 |") == deniesObserved)
    }

    @Test func `an edited file alone is no proposal, and the report does not call it done`() async throws {
        let estate = try Estate()
        let git = try estate.git
        _ = try await estate.proposeOne()
        try git.git("update-ref", "refs/heads/main", "refs/heads/leastwise/shop")
        try estate.setPull(1, "merged")
        try git.commit([Self.api: git.text(Self.api, on: "main") + "# reviewed\n"], to: "main", from: "main")
        _ = try await estate.proposeOne()
        let text = try await estate.proposeOne().text(isDryRun: false, showsBody: false)
        #expect(text.contains("left alone: \(Self.api) was edited by a person"))
        #expect(!text.contains("everything"))
        let dry = try await estate.proposeOne(dryRun: true).text(isDryRun: true, showsBody: false)
        #expect(dry.contains("left alone: ") && !dry.contains("everything"))
    }
}
