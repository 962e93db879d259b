import Foundation
import ScriptedServers
import Testing

@testable import GitWriter

@Suite(.enabled(if: BareRemote.hasPrograms, "git or python3 is not installed"), .keepingForges)
struct FetchTests {
    @Test(arguments: Forge.Transport.allCases)
    func `fetches what it is asked for and forgets what is gone`(_ transport: Forge.Transport) throws {
        let forge = try Forge(transport)
        for branch in ["leastwise/a", "leastwise/b", "other"] {
            try forge.remote.commit(["b": branch], to: branch, from: "main")
        }
        let repository = try forge.open()
        let heads = try repository.fetch(branches: ["main"], prefixes: ["leastwise/"])
        #expect(heads.branches.map(\.name) == ["leastwise/a", "leastwise/b", "main", "other"])
        #expect(heads.defaultBranch == "main")
        #expect(try repository.head(of: "leastwise/b") == heads.commit(of: "leastwise/b"))
        #expect(try repository.head(of: "other") == nil)
        try forge.remote.git("branch", "--quiet", "-D", "leastwise/a")
        // The new name excludes the old one, in the cache as well.
        try forge.remote.commit(["b": "c"], to: "leastwise/a/c", from: "main")
        let next = try repository.fetch(branches: ["main"], prefixes: ["leastwise/"])
        #expect(try repository.head(of: "leastwise/a") == nil)
        #expect(try repository.head(of: "leastwise/a/c") == next.commit(of: "leastwise/a/c"))
        #expect(try repository.remoteHeads() == next)
    }

    @Test(arguments: Forge.Transport.allCases)
    func `refuses an empty repository with a hint`(_ transport: Forge.Transport) throws {
        let repository = try Forge(transport, try BareRemote(files: [:])).open()
        let error = try failure { try repository.fetch(branches: ["main"]) }
        #expect(error.code == .emptyRepository)
        #expect(error.hint.contains("first commit"))
    }

    @Test func `names a branch that is missing, and the default one`() throws {
        let error = try failure { try Forge(.file).open().fetch(branches: ["master"]) }
        #expect(error.code == .notFound)
        #expect(error.message.contains("master"))
        #expect(error.hint.contains("main"))
    }

    @Test func `shows everybody who committed to a branch`() throws {
        let forge = try Forge(.http)
        let repository = try forge.open()
        let main = try repository.fetchedMain()
        let mine = try repository.commit([.write("a", "1")], on: main).commit
        _ = try repository.push(mine, to: "leastwise/a", expecting: nil)
        try forge.remote.commit(["b": "x"], to: "leastwise/a", from: "leastwise/a", author: "Bob <bob@example.com>")
        try forge.remote.commit(
            ["b": "y"], to: "leastwise/a", from: "leastwise/a", author: "formatter <fmt@example.com>")
        _ = try repository.fetchedMain()
        let head = try #require(try repository.head(of: "leastwise/a"))
        let history = try repository.history(from: main, to: head)
        #expect(history.map(\.committer.email) == ["fmt@example.com", "bob@example.com", "bot@example.com"])
        #expect(history.last?.id == mine)
        #expect(history.last?.parents == [main])
        #expect(history.last?.message == "policies: update\n")
        #expect(history.last?.time == Forge.time)
        #expect(try repository.history(from: head, to: head).isEmpty)
        #expect(try failure { try repository.history(from: main, to: head, limit: 2) }.code == .tooLarge)
    }

    @Test func `lets one value at a time use a cache`() throws {
        let forge = try Forge(.file)
        do {
            let repository = try forge.open()
            let error = try failure { try forge.open() }
            #expect(error.code == .locked)
            _ = try repository.fetchedMain()
        }
        _ = try forge.open().fetchedMain()
    }

    @Test func `keeps caches of different addresses apart`() throws {
        let (one, other) = (try Forge(.file), try Forge(.file))
        let repository = try one.open()
        let second = try one.open(url: other.url)
        #expect(try repository.fetchedMain() == second.fetchedMain())
    }

    @Test func `fetches only what is new into a cache that is there`() throws {
        let forge = try Forge(.http)
        _ = try forge.open().fetchedMain()
        let new = try forge.remote.commit(["c": "1"], to: "main", from: "main")
        let repository = try forge.open()
        #expect(try repository.fetchedMain() == new)
        #expect(try repository.text("c", at: new) == "1")
    }

    @Test(arguments: ["objects", "HEAD", "config", "refs"])
    func `rebuilds a damaged cache`(_ part: String) throws {
        let forge = try Forge(.http)
        let main: CommitID
        do {
            let repository = try forge.open()
            main = try repository.fetchedMain()
            let cache = try #require(try cacheFolder(forge))
            let path = "\(cache)/\(part)"
            try FileManager.default.removeItem(atPath: path)
            if part == "config" { try "[broken".write(toFile: path, atomically: false, encoding: .utf8) }
        }
        let repository = try forge.open()
        #expect(try repository.fetchedMain() == main)
        #expect(try repository.text("README.md", at: main) == "hello\n")
    }

    @Test func `rebuilds at the next fetch when a file turns out to be lost`() throws {
        let forge = try Forge(.http)
        let repository = try forge.open()
        let main = try repository.fetchedMain()
        let change = try repository.commit([.write("lost", "1")], on: main).commit
        let file = try #require(try repository.file(at: change, path: "lost"))
        let cache = try #require(try cacheFolder(forge))
        let hex = file.blob.hex
        try FileManager.default.removeItem(atPath: "\(cache)/objects/\(hex.prefix(2))/\(hex.dropFirst(2))")
        #expect(try failure { try repository.contents(of: file.blob) }.code == .corruptCache)
        #expect(try repository.fetchedMain() == main)
        #expect(try repository.text("README.md", at: main) == "hello\n")
        #expect(try failure { try repository.treeID(of: change) }.code == .notFound)
    }

    @Test func `rebuilds a cache of very many packs`() throws {
        let forge = try Forge(.http)
        let repository = try forge.open()
        let main = try repository.fetchedMain()
        let cache = try #require(try cacheFolder(forge))
        for number in 0...200 {
            _ = FileManager.default.createFile(atPath: "\(cache)/objects/pack/pack-\(number).pack", contents: nil)
        }
        #expect(try repository.fetchedMain() == main)
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(cache)/objects/pack")
        #expect(names.count { $0.hasSuffix(".pack") } == 1)
    }

    @Test func `tells a path without a repository`() throws {
        let error = try failure { try Forge(.file).open(url: "/nothing/there.git").fetchedMain() }
        #expect(error.code == .notFound)
        #expect(error.message.contains("/nothing/there.git"))
    }

    @Test(.timeLimit(.minutes(1)))
    func `does not walk a tree that names itself a billion times`() throws {
        let remote = try BareRemote()
        var tree = try remote.git("rev-parse", "main^{tree}").prefix(40)
        for _ in 0..<12 {
            let listing = (0..<10).map { "040000 tree \(tree)\td\($0)\n" }.joined()
            try listing.write(toFile: remote.folder.path("listing"), atomically: false, encoding: .utf8)
            let make = "git -C \(remote.path) mktree < \(remote.folder.path("listing"))"
            tree = try ScriptedServer.run(["sh", "-c", make]).output.prefix(40)
        }
        let identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
        let made = try ScriptedServer.run(
            ["git", "-C", remote.path] + identity + ["commit-tree", String(tree), "-m", "bomb"])
        try remote.git("update-ref", "refs/heads/main", String(made.output.prefix(40)))
        let repository = try Forge(.http, remote).open()
        let main = try repository.fetchedMain()
        #expect(try failure { try repository.files(at: main) }.code == .tooLarge)
        let commit = try repository.commit([.write("d0/d0/x", "1")], on: main).commit
        #expect(try repository.text("d0/d0/x", at: commit) == "1")
    }

    @Test func `walks no history of commits that were not fetched`() throws {
        let repository = try Forge(.file).open()
        let main = try repository.fetchedMain()
        let unknown = try #require(CommitID(String(repeating: "1", count: 40)))
        #expect(try failure { try repository.history(from: main, to: unknown) }.code == .notFound)
        #expect(try failure { try repository.history(from: unknown, to: main) }.code == .notFound)
    }

    private func cacheFolder(_ forge: Forge) throws -> String? {
        let names = try FileManager.default.contentsOfDirectory(atPath: forge.caches.url.path)
        return names.first { $0.hasSuffix(".git") }.map { forge.caches.path($0) }
    }
}
