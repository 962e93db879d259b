import Foundation
import HTTPTransport
import Testing

@testable import Forge

/// What every forge client has to do.
@Suite(.serialized) struct ForgeContractTests {
    @Test(arguments: ForgeKind.allCases)
    func `opens a pull request`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        let created = try await forge.client().create(.sample)
        let pullRequest = created.pullRequest
        #expect(!created.existedBefore)
        #expect(created.warnings.isEmpty)
        #expect(pullRequest.number == 1)
        #expect(pullRequest.state == .open)
        #expect(pullRequest.title == "Policies for shop")
        #expect(pullRequest.body == "<!-- id -->\nText")
        #expect(pullRequest.headBranch == "bot/shop")
        #expect(pullRequest.baseBranch == "main")
        #expect(pullRequest.headCommit.count == 40)
        #expect(pullRequest.url.contains("/acme/gitops/pull"))
        #expect(pullRequest.author == "bot")
        #expect(try await forge.client().openPullRequest(head: "bot/shop", base: "main") == pullRequest)
    }

    @Test(arguments: ForgeKind.allCases)
    func `finds nothing where there is nothing`(kind: ForgeKind) async throws {
        let client = try ForgeUnderTest(kind).client()
        #expect(try await client.openPullRequest(head: "bot/shop", base: "main") == nil)
        #expect(try await client.pullRequests(head: "bot/shop").isEmpty)
    }

    @Test(arguments: ForgeKind.allCases)
    func `tells branches and bases apart`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        try forge.set(#"{"pulls": [{"head": "bot/shop", "base": "next"}, {"head": "bot/shop2"}, {"head": "shop"}]}"#)
        let client = try forge.client()
        #expect(try await client.openPullRequest(head: "bot/shop", base: "main") == nil)
        #expect(try await client.openPullRequest(head: "bot/shop", base: "next")?.number == 1)
        #expect(try await client.pullRequests(head: "bot/shop").map(\.number) == [1])
    }

    @Test(arguments: ForgeKind.allCases)
    func `takes no fork's branch of the same name for its own`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        try forge.set(
            """
            {"pulls": [{"head": "bot/shop", "fork": true}, {"head": "bot/shop", "fork": true, "state": "closed"},
                {"head": "bot/shop", "fork": true, "fork_deleted": true, "author": null}]}
            """
        )
        let client = try forge.client()
        #expect(try await client.openPullRequest(head: "bot/shop", base: "main") == nil)
        #expect(try await client.pullRequests(head: "bot/shop").isEmpty)
    }

    @Test(arguments: ForgeKind.allCases)
    func `remembers closed and merged ones, also when their branch is gone`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        try forge.set(
            """
            {"pulls": [{"head": "bot/shop", "state": "closed", "branch_deleted": true, "body": "no"},
                {"head": "bot/shop", "state": "merged", "branch_deleted": true}, {"head": "bot/shop"}]}
            """
        )
        let found = try await forge.client().pullRequests(head: "bot/shop")
        #expect(found.map(\.number) == [3, 2, 1])
        #expect(found.map(\.state) == [.open, .merged, .closed])
        #expect(found.map(\.headBranch) == ["bot/shop", "bot/shop", "bot/shop"])
        #expect(found.last?.body == "no")
    }

    @Test(arguments: ForgeKind.allCases)
    func `reads all pages`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        let others = (1...11).map { #"{"head": "other\#($0)", "state": "closed"}"# }
        let ours = (1...6).map { _ in #"{"head": "bot/shop", "state": "closed"}"# }
        try forge.set(#"{"page_size": 3, "pulls": [\#((ours + others).joined(separator: ","))]}"#)
        let found = try await forge.client().pullRequests(head: "bot/shop")
        #expect(found.map(\.number) == [6, 5, 4, 3, 2, 1])
    }

    @Test(arguments: ForgeKind.allCases)
    func `returns the open one instead of a second one`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        try forge.set(#"{"pulls": [{"head": "bot/shop", "title": "By hand", "author": "ann"}]}"#)
        let created = try await forge.client().create(.sample)
        #expect(created.existedBefore)
        #expect(created.pullRequest.title == "By hand")
        #expect(created.pullRequest.author == "ann")
        #expect(try forge.pulls().count == 1)
    }

    @Test(arguments: ForgeKind.allCases)
    func `opens another one after the first was closed`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        try forge.set(#"{"pulls": [{"head": "bot/shop", "state": "closed"}]}"#)
        #expect(try await forge.client().create(.sample).pullRequest.number == 2)
    }

    @Test(arguments: ForgeKind.allCases)
    func `changes title and body each on its own`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        let client = try forge.client()
        _ = try await client.create(.sample)
        let titled = try await client.update(1, title: "New title", body: nil)
        #expect(titled.title == "New title")
        #expect(titled.body == "<!-- id -->\nText")
        let described = try await client.update(1, title: nil, body: "")
        #expect(described.title == "New title")
        #expect(described.body.isEmpty)
    }

    @Test(arguments: ForgeKind.allCases)
    func `marks a draft and keeps it one`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        let client = try forge.client()
        var new = NewPullRequest.sample
        new.isDraft = true
        let created = try await client.create(new).pullRequest
        #expect(created.isDraft)
        #expect(created.title == "Policies for shop")
        let changed = try await client.update(1, title: "New title", body: nil)
        #expect(changed.isDraft)
        #expect(changed.title == "New title")
    }

    @Test(arguments: ForgeKind.allCases)
    func `adds labels, reviewers and comments`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        try forge.set(#"{"page_size": 2}"#)
        var new = NewPullRequest.sample
        new.labels = ["needs-review", "policy"]
        new.reviewers = ["ann", "bob"]
        let client = try forge.client()
        let created = try await client.create(new)
        #expect(created.warnings.isEmpty)
        try await client.comment(1, body: "Hello")
        let stored = try #require(forge.pulls().first)
        #expect(stored.labels.sorted() == ["needs-review", "policy"])
        #expect(stored.reviewers == ["ann", "bob"])
        #expect(stored.comments == ["Hello"])
    }

    @Test(arguments: ForgeKind.allCases)
    func `a refused reviewer or label is a warning and costs no other`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        var new = NewPullRequest.sample
        let unknown = String(repeating: "x", count: 60)
        new.labels = ["policy", unknown]
        new.reviewers = ["ann", "bot", "nobody"]
        new.teamReviewers = ["platform"]
        let created = try await forge.client().create(new)
        let stored = try #require(forge.pulls().first)
        #expect(stored.labels == ["policy"])
        #expect(stored.reviewers == ["ann"])
        #expect(created.warnings.count == 4)
        for name in [unknown, "bot", "nobody", "platform"] {
            #expect(created.warnings.contains { $0.contains(name) })
        }
    }

    @Test(arguments: ForgeKind.allCases)
    func `closes with a comment`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        let client = try forge.client()
        _ = try await client.create(.sample)
        #expect(try await client.close(1, comment: "Not needed any more").state == .closed)
        let stored = try #require(forge.pulls().first)
        #expect(stored.state == "closed")
        #expect(stored.comments == ["Not needed any more"])
    }

    @Test(arguments: ForgeKind.allCases)
    func `leaves a merged one merged`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        try forge.set(#"{"pulls": [{"head": "bot/shop", "state": "merged"}]}"#)
        #expect(try await forge.client().close(1, comment: nil).state == .merged)
    }

    @Test(arguments: ForgeKind.allCases)
    func `carries texts of any script unchanged`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        var new = NewPullRequest.sample
        new.head = "bot/ä b+c&d#e%2F"
        new.title = "„Größe“ \"<b>\\ \u{1F600}"
        new.body = "| a | b |\n/x/\t\u{2028}"
        let client = try forge.client()
        let created = try await client.create(new).pullRequest
        #expect(created.title == new.title)
        #expect(created.body == new.body)
        #expect(try await client.openPullRequest(head: new.head, base: "main") == created)
    }

    @Test(arguments: ForgeKind.allCases)
    func `tells whose token it is and that nothing is missing`(kind: ForgeKind) async throws {
        let access = try await ForgeUnderTest(kind).client().checkAccess()
        #expect(access.repository == "acme/gitops")
        #expect(access.defaultBranch == "main")
        #expect(access.account == "bot")
        #expect(access.missingRights.isEmpty)
    }

    @Test(arguments: ForgeKind.allCases)
    func `names missing rights`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        try forge.set(
            """
            {"repository": {"archived": true, "permissions": {"admin": false, "push": false, "pull": true}},
            "faults": [{"match": "/pulls", "kind": "status", "status": 403, "body": {"message": "no"}},
                {"match": "/user", "kind": "status", "status": 403, "body": {"message": "no"}}]}
            """
        )
        let access = try await forge.client().checkAccess()
        #expect(access.missingRights.count == 3)
        #expect(access.account == nil)
    }
}
