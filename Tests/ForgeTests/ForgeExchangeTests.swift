import Foundation
import ScriptedServers
import Testing

@testable import Forge

/// Descriptions of the forges' APIs: our own short ones, and the forges' where they are at hand.
private enum Description {
    private static var shared: URL {
        let path = ProcessInfo.processInfo.environment["LEASTWISE_SHARED"]
        return path.map { URL(fileURLWithPath: $0) }
            ?? ScriptedServer.root.deletingLastPathComponent().appendingPathComponent("shared")
    }

    static func own(_ kind: ForgeKind) -> URL {
        ScriptedServer.root.appendingPathComponent("Tests/Fixtures/forge/\(kind.isGitHub ? "github" : "gitea").json")
    }

    static func published(_ kind: ForgeKind) -> [URL] {
        let names =
            switch kind {
            case .gitHub, .gitHubEnterprise: ["github-2022-11-28.json", "github-2026-03-10.json"]
            case .gitea: ["gitea.json", "forgejo.json"]
            case .forgejo: ["forgejo.json"]
            }
        return names.map { shared.appendingPathComponent("specs/\($0)") }
    }

    static let arePublishedHere = ForgeKind.allCases.flatMap(published).allSatisfy {
        FileManager.default.fileExists(atPath: $0.path)
    }

    static let canCheck = (try? ScriptedServer.run(["python3", "-c", "import jsonschema, referencing"]))?.status == 0
}

/// Requests and answers agree with what the forges say about themselves.
@Suite(.serialized, .enabled(if: Description.canCheck, "the Python package jsonschema is not installed"))
struct ForgeExchangeTests {
    /// Uses every operation of the protocol, refusals and several pages included.
    private func journey(_ kind: ForgeKind) async throws -> ForgeUnderTest {
        let forge = try ForgeUnderTest(kind)
        try forge.set(
            """
            {"page_size": 2, "pulls": [{"head": "bot/shop", "state": "closed", "labels": ["policy"]},
                {"head": "bot/shop", "state": "merged", "branch_deleted": true},
                {"head": "bot/shop", "fork": true, "fork_deleted": true, "author": null}, {"head": "bot/shop", "fork": true}]}
            """
        )
        let client = try forge.client()
        _ = try await client.checkAccess()
        _ = try await client.openPullRequest(head: "bot/shop", base: "main")
        _ = try await client.pullRequests(head: "bot/shop")
        var new = NewPullRequest.sample
        new.isDraft = true
        new.labels = ["policy", "security", "unknown"]
        new.reviewers = ["ann", "bot"]
        new.teamReviewers = ["platform"]
        _ = try await client.create(new)
        _ = try await client.create(new)
        _ = try await client.update(5, title: "New", body: "Text")
        _ = try await client.update(5, title: nil, body: "")
        _ = try await client.close(5, comment: "Done")
        _ = try await client.close(2, comment: nil)
        return forge
    }

    @Test(arguments: ForgeKind.allCases)
    func `every exchange fits our own description`(kind: ForgeKind) async throws {
        let checked = try await journey(kind).check(against: Description.own(kind))
        #expect(checked.status == 0, "\(checked.output)")
    }

    @Test(
        .enabled(if: Description.arePublishedHere, "the forges' API descriptions are not at hand (LEASTWISE_SHARED)"),
        arguments: ForgeKind.allCases
    )
    func `every exchange fits the forge's description`(kind: ForgeKind) async throws {
        let forge = try await journey(kind)
        for description in Description.published(kind) {
            let checked = try forge.check(against: description)
            #expect(checked.status == 0, "\(description.lastPathComponent): \(checked.output)")
        }
    }

    @Test(arguments: ForgeKind.implementations)
    func `the check sees what is broken`(kind: ForgeKind) async throws {
        let forge = try await journey(kind)
        let changes = [
            (#""number": 5,"#, #""number": "5","#),
            (#"{"body": "Text""#, #"{"bodi": "Text""#),
            (#"{"body": "Text""#, #"{"body": 7"#),
            (#""state": "all""#, #""state": "each""#),
            (#"/gitops/issues/5/comments"#, #"/gitops/issue/5/comments"#),
            (#""query": {}"#, #""query": {"x": "1"}"#),
        ]
        for (old, new) in changes {
            #expect(try forge.check(against: Description.own(kind), replacing: old, with: new) == 1, "\(new)")
        }
    }
}
