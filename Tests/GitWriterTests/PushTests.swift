import ScriptedServers
import Testing

@testable import GitWriter

@Suite(.enabled(if: BareRemote.hasPrograms, "git or python3 is not installed"), .keepingForges)
struct PushTests {
    @Test(arguments: Forge.Transport.allCases)
    func `loses the lease when somebody else pushed`(_ transport: Forge.Transport) throws {
        let forge = try Forge(transport)
        let repository = try forge.open()
        let main = try repository.fetchedMain()
        let mine = try repository.commit([.write("a", "1")], on: main).commit
        _ = try repository.push(mine, to: "leastwise/a", expecting: nil)
        let theirs = try forge.remote.commit(["b": "by hand"], to: "leastwise/a", from: "leastwise/a")
        let next = try repository.commit([.write("a", "2")], on: main).commit
        #expect(try repository.push(next, to: "leastwise/a", expecting: mine) == .leaseLost(actual: theirs))
        #expect(try repository.deleteBranch("leastwise/a", expecting: mine) == .leaseLost(actual: theirs))
        #expect(try forge.remote.head("leastwise/a") == theirs)
    }

    @Test(arguments: Forge.Transport.allCases)
    func `creates a branch only where there is none`(_ transport: Forge.Transport) throws {
        let forge = try Forge(transport)
        let theirs = try forge.remote.commit(["b": "x"], to: "leastwise/a", from: "main")
        let repository = try forge.open()
        let mine = try repository.commit([.write("a", "1")], on: try repository.fetchedMain()).commit
        #expect(try repository.push(mine, to: "leastwise/a", expecting: nil) == .leaseLost(actual: theirs))
        #expect(try repository.push(mine, to: "leastwise/b", expecting: theirs) == .leaseLost(actual: nil))
        #expect(try forge.remote.head("leastwise/b") == nil)
    }

    @Test func `loses the lease to a push in the middle of its own`() throws {
        let forge = try Forge(.http)
        let repository = try forge.open()
        let main = try repository.fetchedMain()
        let mine = try repository.commit([.write("a", "1")], on: main).commit
        let theirs = try forge.remote.commit(["b": "x"], to: "other", from: "main")
        // The hook runs after the server told where the branch was, and before it moves it.
        try forge.remote.hook(
            "pre-receive", "unset GIT_QUARANTINE_PATH; git update-ref refs/heads/leastwise/a \(theirs)")
        #expect(try repository.push(mine, to: "leastwise/a", expecting: nil) == .leaseLost(actual: theirs))
        #expect(try forge.remote.head("leastwise/a") == theirs)
    }

    @Test(arguments: ["pre-receive", "update"])
    func `reports a refusal by the server with the text of its hook`(_ hook: String) throws {
        let forge = try Forge(.http)
        try forge.remote.hook(
            hook, "printf 'Protected \\033[31mbranch\\nask ghp_0123456789abcdefghij0123456789\\n' >&2; exit 1")
        let repository = try forge.open()
        let commit = try repository.commit([.write("a", "1")], on: try repository.fetchedMain()).commit
        let result = try repository.push(commit, to: "leastwise/a", expecting: nil)
        guard case .rejected(let rejection) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(rejection.reason.contains("declined"))
        #expect(rejection.serverText.contains("Protected [31mbranch\nask <redacted>"))
        #expect(try forge.remote.head("leastwise/a") == nil)
        #expect(try repository.head(of: "leastwise/a") == nil)
    }

    @Test func `finds its own push again after the answer was lost`() throws {
        let remote = try BareRemote()
        let commit: CommitID
        do {
            let repository = try Forge(.http, remote, ["--fault", "lose-answer"]).open()
            let made = try repository.commit([.write("a", "1")], on: try repository.fetchedMain()).commit
            #expect(try failure { try repository.push(made, to: "x", expecting: nil) }.code == .protocolError)
            commit = made
        }
        let repository = try Forge(.http, remote).open()
        #expect(try repository.commit([.write("a", "1")], on: try repository.fetchedMain()).commit == commit)
        #expect(try repository.push(commit, to: "x", expecting: nil) == .upToDate)
    }

    @Test(arguments: [("leastwise", "leastwise/a"), ("leastwise/a", "leastwise"), ("a/b/c", "a/b")])
    func `names the branch that excludes another one`(_ existing: String, _ wanted: String) throws {
        let forge = try Forge(.file)
        try forge.remote.commit(["b": "x"], to: existing, from: "main")
        let repository = try forge.open()
        let heads = try repository.fetch(branches: ["main"])
        #expect(heads.conflict(with: wanted) == existing)
        let commit = try repository.commit([.write("a", "1")], on: try #require(heads.commit(of: "main"))).commit
        let error = try failure { try repository.push(commit, to: wanted, expecting: nil) }
        #expect(error.code == .branchNameConflict)
        #expect(error.message.contains(existing))
        #expect(heads.conflict(with: "leastwis") == nil)
    }

    @Test(arguments: ["", "a..b", "a b", "-a", "refs/heads/a", "a.lock", "a/", "a*", "a:b", "HEAD", "a\u{0}b"])
    func `refuses a name that is no branch's`(_ name: String) throws {
        let repository = try Forge(.file).open()
        let main = try repository.fetchedMain()
        #expect(try failure { try repository.push(main, to: name, expecting: nil) }.code == .invalidValue)
        #expect(try failure { try repository.fetch(branches: [name]) }.code == .invalidValue)
    }

    @Test func `pushes a commit whose base moved since the fetch`() throws {
        let forge = try Forge(.http)
        let repository = try forge.open()
        let old = try repository.fetchedMain()
        let new = try forge.remote.commit(["README.md": "moved\n"], to: "main", from: "main")
        let commit = try repository.commit([.write("a", "1")], on: old).commit
        #expect(try repository.push(commit, to: "leastwise/a", expecting: nil) == .pushed)
        #expect(try repository.head(of: "main") == old)
        #expect(try repository.fetchedMain() == new)
        #expect(try repository.mergeBase(new, commit) == old)
    }

    @Test func `sends a large body from a file`() throws {
        let forge = try Forge(.http)
        let repository = try forge.open()
        var random = SystemRandomNumberGenerator()
        let noise = (0..<(3 << 17)).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }
        let change = FileChange.write(path: "large.bin", contents: noise)
        let commit = try repository.commit([change], on: try repository.fetchedMain()).commit
        #expect(try repository.push(commit, to: "x", expecting: nil) == .pushed)
        #expect(try forge.remote.git("cat-file", "-s", "x:large.bin") == "\(noise.count)\n")
    }
}
