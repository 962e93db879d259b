import Foundation
import HTTPTransport
import Testing

@testable import Forge

/// What every forge client does when the forge is slow, strict or broken.
@Suite(.serialized) struct ForgePatienceTests {
    private func failure(
        _ kind: ForgeKind,
        faults: String,
        _ action: (any ForgeClient) async throws -> Void
    ) async throws -> (ForgeError, ForgeUnderTest) {
        let forge = try ForgeUnderTest(kind)
        try forge.set(#"{"pulls": [{"head": "bot/old"}], "faults": [\#(faults)]}"#)
        let client = try forge.client()
        let error = try await #require(throws: ForgeError.self) { try await action(client) }
        return (error, forge)
    }

    @Test(arguments: ForgeKind.implementations)
    func `waits for a branch that was pushed a moment ago`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        try forge.set(#"{"faults": [{"match": "POST", "kind": "lag", "times": 3}]}"#)
        #expect(try await forge.client().create(.sample).pullRequest.number == 1)
        #expect(forge.time.sleeps == [.milliseconds(500), .seconds(1), .seconds(2)])
    }

    @Test(arguments: ForgeKind.implementations)
    func `gives up on a branch that was never pushed`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        try forge.set(#"{"branches": ["main"]}"#)
        let client = try forge.client()
        let error = try await #require(throws: ForgeError.self) { try await client.create(.sample) }
        #expect(error.code == (kind.isGitHub ? .validation : .notFound))
        #expect(error.hint.contains("pushed") || error.hint.contains("repository"))
        #expect(try forge.count("POST", "/pulls") == 5)
    }

    @Test(arguments: ForgeKind.implementations, ["lost_after_commit", "lost_before_commit"])
    func `opens exactly one when the answer is lost`(kind: ForgeKind, fault: String) async throws {
        let forge = try ForgeUnderTest(kind)
        try forge.set(#"{"faults": [{"match": "POST", "kind": "\#(fault)"}]}"#)
        var new = NewPullRequest.sample
        new.labels = ["policy"]
        let created = try await forge.client().create(new)
        #expect(!created.existedBefore)
        #expect(try forge.pulls().map(\.labels) == [["policy"]])
        #expect(try forge.count("POST", "/pulls") == (fault == "lost_after_commit" ? 1 : 2))
    }

    @Test(arguments: ForgeKind.implementations)
    func `opens exactly one when the answer takes too long`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        try forge.set(#"{"faults": [{"match": "POST", "kind": "timeout_after_commit"}]}"#)
        let client = try forge.client(policy: HTTPPolicy(totalTimeout: .seconds(1)))
        #expect(try await !client.create(.sample).existedBefore)
        #expect(try forge.pulls().count == 1)
    }

    @Test(arguments: ForgeKind.implementations)
    func `knows its own pull request when list and answer lag behind`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        try forge.set(
            """
            {"faults": [{"match": "POST", "kind": "lost_after_commit"},
                {"match": "GET", "kind": "status", "status": 200, "body": []}]}
            """
        )
        let created = try await forge.client().create(.sample)
        #expect(!created.existedBefore)
        #expect(try forge.pulls().count == 1)
        #expect(try forge.count("POST", "/pulls") == 2)
    }

    @Test(arguments: ForgeKind.implementations)
    func `asks before it tries again after a server error`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        try forge.set(#"{"faults": [{"match": "POST", "kind": "status", "status": 502, "raw": "<html>"}]}"#)
        #expect(try await forge.client().create(.sample).pullRequest.number == 1)
        let methods = try forge.exchanges().map(\.method)
        #expect(methods == ["POST", "GET", "POST"])
    }

    @Test(arguments: ForgeKind.implementations)
    func `reports a forge that stays broken`(kind: ForgeKind) async throws {
        let (error, forge) = try await failure(kind, faults: #"{"kind": "status", "status": 500, "times": 99}"#) {
            _ = try await $0.pullRequests(head: "bot/shop")
        }
        #expect(error.code == .unavailable)
        #expect(try forge.exchanges().count == 5)
    }

    @Test(arguments: ForgeKind.implementations)
    func `repeats reads and changes after server errors, comments never`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        let client = try forge.client()
        _ = try await client.create(.sample)
        let twice = #"{"kind": "status", "status": 503, "times": 2}"#
        try forge.set(#"{"faults": [\#(twice)]}"#)
        #expect(try await client.pullRequests(head: "bot/shop").count == 1)
        try forge.set(#"{"faults": [\#(twice)]}"#)
        #expect(try await client.update(1, title: "New", body: nil).title == "New")
        try forge.set(#"{"faults": [{"match": "/comments", "kind": "lost_after_commit", "times": 2}]}"#)
        let error = try await #require(throws: ForgeError.self) { try await client.comment(1, body: "once") }
        #expect(error.code == .unavailable)
        #expect(try forge.pulls().first?.comments == ["once"])
    }

    @Test(arguments: ForgeKind.implementations)
    func `waits as long as the forge asks`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        try forge.set(
            #"{"faults": [{"match": "POST", "kind": "status", "status": 429, "headers": {"Retry-After": "7"}, "times": 2}]}"#
        )
        #expect(try await forge.client().create(.sample).pullRequest.number == 1)
        #expect(forge.time.sleeps == [.seconds(7), .seconds(7)])
    }

    @Test(arguments: ForgeKind.implementations)
    func `gives up on a limit that lasts too long`(kind: ForgeKind) async throws {
        let fault = #"{"kind": "status", "status": 429, "headers": {"Retry-After": "3600"}, "times": 99}"#
        let (error, forge) = try await failure(kind, faults: fault) { _ = try await $0.create(.sample) }
        #expect(error.code == .rateLimited)
        #expect(error.message.contains("3600"))
        #expect(forge.time.sleeps.isEmpty)
    }

    @Test(arguments: ForgeKind.implementations)
    func `gives up on limits that never end`(kind: ForgeKind) async throws {
        let fault = #"{"kind": "status", "status": 429, "headers": {"Retry-After": "1"}, "times": 99}"#
        let (error, forge) = try await failure(kind, faults: fault) { _ = try await $0.pullRequests(head: "x") }
        #expect(error.code == .rateLimited)
        #expect(try forge.exchanges().count == 3)
    }

    @Test(arguments: ForgeKind.implementations)
    func `says what to do about a wrong token and keeps it to itself`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        let secret = "s3cret-token-of-another-shape"
        let client = try forge.client(token: secret)
        let error = try await #require(throws: ForgeError.self) { try await client.checkAccess() }
        #expect(error.code == .unauthorized)
        #expect(error.hint.contains("token"))
        #expect(!"\(error)".contains(secret))
    }

    @Test(arguments: ForgeKind.implementations)
    func `takes tokens out of what a forge repeats`(kind: ForgeKind) async throws {
        let body = #"{"message": "bad \#(ForgeUnderTest.token) and ghs_1_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b"}"#
        let (error, _) = try await failure(kind, faults: #"{"kind": "status", "status": 400, "body": \#(body)}"#) {
            _ = try await $0.update(1, title: "t", body: nil)
        }
        #expect(error.message.contains("bad <redacted> and <redacted>"))
    }

    @Test(arguments: ForgeKind.implementations)
    func `reports an unknown repository`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        try forge.set(#"{"faults": [{"kind": "status", "status": 404, "body": {"message": "Not Found"}}]}"#)
        let client = try forge.client()
        let error = try await #require(throws: ForgeError.self) { try await client.checkAccess() }
        #expect(error.code == .notFound)
        #expect(error.hint.contains("repository.url"))
    }

    @Test(arguments: ForgeKind.implementations)
    func `reports a missing right`(kind: ForgeKind) async throws {
        let fault = #"{"kind": "status", "status": 403, "body": {"message": "Resource not accessible"}}"#
        let (error, _) = try await failure(kind, faults: fault) { _ = try await $0.create(.sample) }
        #expect(error.code == .forbidden)
        #expect(error.hint.contains("write"))
    }

    @Test(arguments: ForgeKind.implementations)
    func `reports an answer that is not the API's`(kind: ForgeKind) async throws {
        let forge = try ForgeUnderTest(kind)
        let client = try forge.client()
        for raw in ["<html>log in</html>", "{", #"[{"number": "one"}]"#, "[[[[", "null", "", #"{"number": 1}"#, "[{}]"]
        {
            let text = String(decoding: try JSONEncoder().encode([raw]), as: UTF8.self).dropFirst().dropLast()
            try forge.set(#"{"faults": [{"kind": "status", "status": 200, "raw": \#(text)}]}"#)
            let error = try await #require(throws: ForgeError.self) { try await client.pullRequests(head: "bot/shop") }
            #expect(error.code == .unexpectedAnswer)
            #expect(error.hint.contains("forge.api"))
        }
    }

    @Test(arguments: ForgeKind.implementations)
    func `follows no redirect to another host`(kind: ForgeKind) async throws {
        let fault = #"{"kind": "status", "status": 302, "headers": {"Location": "http://127.0.0.2:1/"}}"#
        let (error, _) = try await failure(kind, faults: fault) { _ = try await $0.checkAccess() }
        #expect(error.underlying?.code == .redirect)
    }

    @Test(arguments: ForgeKind.implementations)
    func `never ends up in a loop of pages`(kind: ForgeKind) async throws {
        let link = #"<http://evil.example/x?page=2>; rel=\"next\""#
        let body = #"[{"number": 1, "state": "open", "head": {"ref": "a"}, "base": {"ref": "b"}}]"#
        let fault =
            #"{"kind": "status", "status": 200, "headers": {"Link": "\#(link)"}, "body": \#(body), "times": 9999}"#
        let forge = try ForgeUnderTest(kind)
        try forge.set(#"{"faults": [\#(fault)]}"#)
        let outcome = try? await forge.client().pullRequests(head: "bot/shop")
        #expect(outcome == (kind.isGitHub ? [] : nil))
        #expect(try forge.exchanges().count <= 500)
    }

    @Test(arguments: ForgeKind.implementations)
    func `reports a forge that is not there`(kind: ForgeKind) async throws {
        let configuration = try ForgeConfiguration(
            api: "http://127.0.0.1:1",
            repository: RepositoryCoordinates(gitURL: "git@host:acme/gitops"),
            token: Secret("token")
        )
        let time = ManualTime()
        let client: any ForgeClient =
            kind.isGitHub
            ? GitHubClient(configuration, http: HTTPClient(), clock: time.clock)
            : GiteaClient(configuration, http: HTTPClient(), clock: time.clock)
        let error = try await #require(throws: ForgeError.self) { try await client.create(.sample) }
        #expect(error.code == .unavailable)
        #expect(error.underlying?.code == .unreachable)
        #expect(time.sleeps.count == 4)
    }
}
