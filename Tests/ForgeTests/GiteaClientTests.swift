import Testing

@testable import Forge

/// What is Gitea's and Forgejo's alone.
@Suite(.serialized) struct GiteaClientTests {
    @Test(arguments: ["WIP: Title", "wip:Title", "[WIP] Title", "[wip]  Title"])
    func `knows drafts by their title`(title: String) async throws {
        let forge = try ForgeUnderTest(.gitea)
        try forge.set(#"{"pulls": [{"head": "bot/shop", "title": "\#(title)"}]}"#)
        let found = try #require(await forge.client().openPullRequest(head: "bot/shop", base: "main"))
        #expect(found.isDraft)
        #expect(found.title == "Title")
    }

    @Test func `changes no title when only the body changes`() async throws {
        let forge = try ForgeUnderTest(.forgejo)
        try forge.set(#"{"pulls": [{"head": "bot/shop", "title": "WIP: Title"}]}"#)
        _ = try await forge.client().update(1, title: nil, body: "text")
        #expect(try forge.pulls().first?.title == "WIP: Title")
        #expect(try forge.exchanges().map(\.method) == ["PATCH"])
    }

    @Test func `is served from a folder of its host`() async throws {
        let forge = try ForgeUnderTest(.gitea)
        let client = try forge.client(repository: "https://host/gitea/acme/gitops.git")
        #expect(try await client.checkAccess().repository == "acme/gitops")
        #expect(try forge.exchanges().first?.path == "/api/v1/repos/acme/gitops")
    }

    @Test func `names pull requests that are switched off`() async throws {
        let forge = try ForgeUnderTest(.gitea)
        try forge.set(#"{"repository": {"has_pull_requests": false}}"#)
        #expect(try await forge.client().checkAccess().missingRights.count == 1)
    }
}
