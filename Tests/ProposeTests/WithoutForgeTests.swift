import Engine
import Foundation
import ScriptedServers
import Testing

/// A repository without a forge: the branch is pushed, and people open the pull request.
@Suite(.enabled(if: Programs.areThere, "git or python3 is not installed"))
struct WithoutForgeTests {
    @Test(arguments: [false, true])
    func `the branch is pushed and the text returned`(overFile: Bool) async throws {
        let estate = try Estate()
        let git = try estate.git
        var keys = ["forge.kind": "none"]
        if overFile { keys["repository.url"] = "file://\(git.path)" }
        let result = try await estate.proposeOne(with: keys)
        let text = result.text(isDryRun: false, showsBody: true)
        #expect(text.hasPrefix("namespace shop: pushed to leastwise/shop\n\nLeast privilege for namespace shop: "))
        #expect(text.contains("<!-- leastwise scope=shop "))
        #expect(try git.branches() == ["leastwise/shop"])
        #expect(try estate.exchanges().isEmpty)
        let before = try estate.state()
        let again = try await estate.proposeOne(with: keys)
        #expect(again.text(isDryRun: false, showsBody: true) == "namespace shop: nothing new, it is proposed already\n")
        _ = try await estate.proposeOne(World.withNewClient, dryRun: true, with: keys)
        #expect(try estate.state() == before)
        _ = try await estate.proposeOne(World.withNewClient, with: keys)
        #expect(try git.branches() == ["leastwise/shop"])
        try git.git("update-ref", "refs/heads/main", "refs/heads/leastwise/shop")
        _ = try await estate.proposeOne(World.withNewClient, with: keys)
        #expect(try git.branches() == [])
    }
}
