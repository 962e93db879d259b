import Engine
import Forge
import Foundation
import GitWriter
import ScriptedServers
import Testing

/// Forges and git servers that refuse, lag, or lose answers.
@Suite(.enabled(if: Programs.areThere, "git or python3 is not installed"))
struct ForgeTroubleTests {
    @Test(arguments: Flavour.clients, ["timeout_after_commit", "lost_after_commit"])
    func `a lost answer makes no second pull request`(_ flavour: Flavour, _ fault: String) async throws {
        let estate = try Estate(flavour)
        try estate.set(#"{"faults": [{"match": "POST \#(flavour.pulls)", "kind": "\#(fault)"}]}"#)
        let result = try await estate.proposeOne(with: ["repository.timeoutSeconds": "2"])
        #expect(result.text(isDryRun: false, showsBody: false).contains("pull request opened: "))
        #expect(try estate.pulls().map(\.state) == ["open"])
        let before = try estate.state()
        _ = try await estate.proposeOne()
        #expect(try estate.state() == before)
    }

    @Test(arguments: Flavour.clients)
    func `a forge that does not know the pushed branch yet is asked again`(_ flavour: Flavour) async throws {
        let estate = try Estate(flavour)
        try estate.set(#"{"faults": [{"match": "POST \#(flavour.pulls)", "kind": "lag", "times": 2}]}"#)
        _ = try await estate.proposeOne()
        #expect(try estate.pulls().map(\.state) == ["open"])
        #expect(try estate.exchanges().filter { $0.isWrite }.map(\.status).last == 201)
        #expect(try estate.writes() == 3)
    }

    @Test(arguments: Flavour.clients)
    func `a refused token is a clear error, before anything is pushed`(_ flavour: Flavour) async throws {
        let estate = try Estate(flavour)
        let other = try estate.write("another-token-9876543210\n", to: "other")
        let own = try estate.write(Estate.token, to: "own")
        let error = try await #require(throws: ForgeError.self) {
            try await estate.proposeOne(with: ["forge.tokenFile": other, "repository.tokenFile": own])
        }
        #expect(error.code == .unauthorized)
        #expect(error.hint.contains("check the token"))
        for text in ["\(error)", String(reflecting: error)] {
            #expect(!text.contains(Estate.token) && !text.contains("another-token"))
        }
        #expect(try estate.git.branches() == [])
    }

    @Test func `a git server that refuses the token is a clear error`() async throws {
        let estate = try Estate()
        let other = try estate.write("another-token-9876543210\n", to: "other")
        let error = try await #require(throws: GitError.self) {
            try await estate.proposeOne(with: ["repository.tokenFile": other])
        }
        #expect(error.code == .unauthorized && error.hint.contains("token"))
        #expect(!"\(error) \(String(reflecting: error))".contains("another-token"))
        #expect(try estate.writes() == 0)
    }

    @Test(arguments: Flavour.clients)
    func `a rate limit is waited for`(_ flavour: Flavour) async throws {
        let estate = try Estate(flavour)
        let limit = #""kind": "status", "status": 429, "headers": {"Retry-After": "1"}, "body": {"message": "slow"}"#
        try estate.set(#"{"faults": [{"match": "\#(flavour.pulls)", \#(limit), "times": 2}]}"#)
        _ = try await estate.proposeOne()
        #expect(try estate.exchanges().filter { $0.status == 429 }.count == 2)
        #expect(try estate.pulls().map(\.state) == ["open"])
    }

    @Test func `a rate limit that lasts too long is a clear error`() async throws {
        let estate = try Estate()
        try estate.set(
            #"{"faults": [{"match": "/pulls", "kind": "status", "status": 429, "headers": {"Retry-After": "3600"}}]}"#)
        let error = try await #require(throws: ForgeError.self) { try await estate.proposeOne() }
        #expect(error.code == .rateLimited && error.hint.contains("again later"))
        #expect(try estate.git.branches() == [])
    }

    @Test(arguments: Flavour.clients)
    func `what the forge did not take is taken up by the next run, without a push`(_ flavour: Flavour) async throws {
        let estate = try Estate(flavour)
        let fault = #""kind": "status", "status": 403, "body": {"message": "no"}"#
        try estate.set(#"{"faults": [{"match": "POST \#(flavour.pulls)", \#(fault)}]}"#)
        await #expect(throws: ForgeError.self) { try await estate.proposeOne() }
        let pushed = try estate.git.state()
        #expect(pushed.contains("leastwise/shop"))
        let result = try await estate.proposeOne()
        #expect(result.text(isDryRun: false, showsBody: false).contains("pull request opened: "))
        #expect(try estate.git.state() == pushed && estate.pulls().map(\.state) == ["open"])
    }

    @Test func `a server's refusal is told, and no pull request is opened`() async throws {
        let estate = try Estate()
        try estate.git.hook("pre-receive", "echo 'policy: branches need a ticket' >&2; exit 1")
        let result = try await estate.proposeOne()
        #expect(result.isRejected)
        #expect(result.text(isDryRun: false, showsBody: false).contains("policy: branches need a ticket"))
        #expect(try estate.writes() == 0 && estate.git.branches() == [])
    }

    @Test func `a branch that moves during the run is left to whoever moved it`() async throws {
        let estate = try Estate()
        let git = try estate.git
        _ = try await estate.proposeOne()
        let main = try git.head("main")
        // Between the advertisement and the update, as another bot's push would.
        try git.hook(
            "pre-receive", "unset GIT_QUARANTINE_PATH; git update-ref refs/heads/leastwise/shop \(main); exit 0")
        let result = try await estate.proposeOne(World.withNewClient)
        #expect(result.isRejected)
        #expect(result.text(isDryRun: false, showsBody: false).contains("at the same time: run again"))
        #expect(try git.head("leastwise/shop") == main)
    }
}

extension Flavour {
    /// The address of pull requests, for faults.
    var pulls: String { "\(apiPath)/repos/acme/gitops/pulls" }
}
