import Foundation
import HTTPTransport
import Testing

@testable import Forge

/// What is GitHub's alone.
@Suite(.serialized) struct GitHubClientTests {
    @Test(arguments: [ForgeKind.gitHub, .gitHubEnterprise])
    func `names the version of the API and the branch's owner`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        _ = try await forge.client().openPullRequest(head: "bot/shop", base: "main")
        let exchange = try #require(forge.exchanges().first)
        #expect(exchange.headers["x-github-api-version"] == "2022-11-28")
        #expect(exchange.headers["accept"] == "application/vnd.github+json")
        #expect(exchange.query == ["head": "acme:bot/shop", "base": "main", "state": "open", "per_page": "100"])
    }

    @Test func `keeps a second between two writes`() async throws {
        let forge = try ForgeUnderTest(.gitHub)
        let client = try forge.client()
        _ = try await client.create(.sample)
        try await client.comment(1, body: "one")
        _ = try await client.close(1, comment: "two")
        #expect(forge.time.sleeps == [.seconds(1), .seconds(1), .seconds(1)])
    }

    @Test func `serialises writes of many tasks`() async throws {
        let forge = try ForgeUnderTest(.gitHub)
        let client = try forge.client()
        _ = try await client.create(.sample)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask { try await client.comment(1, body: "\(number)") }
            }
            try await group.waitForAll()
        }
        #expect(try forge.pulls().first?.comments.count == 8)
        #expect(forge.time.sleeps == Array(repeating: .seconds(1), count: 8))
    }

    @Test func `opens an ordinary one where drafts are not supported`() async throws {
        let forge = try ForgeUnderTest(.gitHub)
        try forge.set(#"{"repository": {"draft_supported": false}}"#)
        var new = NewPullRequest.sample
        new.isDraft = true
        let created = try await forge.client().create(new)
        #expect(!created.pullRequest.isDraft)
        #expect(!created.existedBefore)
        #expect(created.warnings.count == 1)
        #expect(created.warnings.first?.contains("draft") == true)
    }

    @Test(arguments: [
        ("repo, workflow", false, []),
        ("public_repo", false, []),
        ("public_repo", true, ["scope repo"]),
        ("read:org", false, ["scope repo"]),
        ("", true, []),
    ])
    func `judges a classic token by its scopes`(scopes: String, isPrivate: Bool, missing: [String]) async throws {
        let forge = try ForgeUnderTest(.gitHub)
        try forge.set(#"{"scopes": "\#(scopes)", "repository": {"private": \#(isPrivate)}}"#)
        #expect(try await forge.client().checkAccess().missingRights == missing)
    }

    @Test(arguments: [
        (403, #""x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000030""#, "API rate limit exceeded", 31),
        (429, #""x-ratelimit-remaining": "0", "x-ratelimit-reset": "1799999000""#, "", 1),
        (403, "", "You have exceeded a secondary rate limit. Please wait.", 60),
        (403, "", "You have triggered an abuse detection mechanism.", 60),
        (403, #""Retry-After": "9""#, "", 9),
        (429, "", "", 60),
    ])
    func `understands every way to say slow down`(
        status: Int,
        headers: String,
        message: String,
        seconds: Int
    ) async throws {
        let forge = try ForgeUnderTest(.gitHub)
        let body = #"{"message": "\#(message)", "documentation_url": ""}"#
        try forge.set(
            #"{"faults": [{"kind": "status", "status": \#(status), "headers": {\#(headers)}, "body": \#(body)}]}"#
        )
        #expect(try await forge.client().create(.sample).pullRequest.number == 1)
        #expect(forge.time.sleeps == [.seconds(seconds)])
    }

    @Test func `understands the abuse code of content creation`() async throws {
        let forge = try ForgeUnderTest(.gitHub)
        let body = #"{"message": "Validation Failed", "errors": [{"resource": "PullRequest", "code": "abuse"}]}"#
        try forge.set(#"{"faults": [{"kind": "status", "status": 422, "body": \#(body)}]}"#)
        #expect(try await forge.client().create(.sample).pullRequest.number == 1)
        #expect(forge.time.sleeps == [.seconds(60)])
    }

    @Test(arguments: [
        (#"{"branches": ["bot/shop"]}"#, "repository.base"),
        (
            #"{"faults": [{"kind": "status", "status": 422, "body": {"message": "Validation Failed", "errors": ["#
                + #"{"resource": "PullRequest", "code": "custom", "message": "No commits between main and bot/shop"}]}}]}"#,
            "nothing to propose"
        ),
        (
            #"{"faults": [{"kind": "status", "status": 403, "body": {"message": "Resource protected by organization SAML"}}]}"#,
            "single sign-on"
        ),
        (
            #"{"faults": [{"kind": "status", "status": 403, "body": {"message": "Repository was archived so is read-only."}}]}"#,
            "unarchive"
        ),
    ])
    func `says what to do about a refusal`(settings: String, hint: String) async throws {
        let forge = try ForgeUnderTest(.gitHub)
        try forge.set(settings)
        let client = try forge.client()
        let error = try await #require(throws: ForgeError.self) { try await client.create(.sample) }
        #expect(error.hint.contains(hint))
    }

    @Test func `a text at the limit is taken, one beyond GitHub's own is refused`() async throws {
        let forge = try ForgeUnderTest(.gitHub)
        let client = try forge.client()
        var new = NewPullRequest.sample
        new.body = String(repeating: "x", count: client.limits.body)
        _ = try await client.create(new)
        let error = try await #require(throws: ForgeError.self) {
            try await client.update(1, title: nil, body: String(repeating: "x", count: 65_537))
        }
        #expect(error.code == .validation)
    }
}
