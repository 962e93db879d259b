import ScriptedServers
import Testing

@testable import GitWriter

@Suite(.enabled(if: BareRemote.hasPrograms, "git or python3 is not installed"), .keepingForges)
struct GitRepositoryTests {
    @Test(arguments: Forge.Transport.allCases)
    func `fetches, commits and pushes`(_ transport: Forge.Transport) throws {
        let forge = try Forge(transport)
        let repository = try forge.open()
        let main = try repository.fetchedMain()
        #expect(try repository.head(of: "main") == main)
        let result = try repository.commit(
            [.write("clusters/a/policy.yaml", "kind: New\n"), .write("clusters/b/x.yaml", "x\n")], on: main)
        #expect(!result.isUnchanged)
        #expect(try repository.push(result.commit, to: "leastwise/a", expecting: nil) == .pushed)
        #expect(try forge.remote.head("leastwise/a") == result.commit)
        #expect(try forge.remote.head("main") == main)
        #expect(try forge.remote.git("show", "leastwise/a:clusters/b/x.yaml") == "x\n")
        #expect(try forge.remote.git("fsck", "--strict", "--no-dangling") == "")
        #expect(try repository.head(of: "leastwise/a") == result.commit)
    }

    @Test(arguments: Forge.Transport.allCases)
    func `replaces and deletes a branch`(_ transport: Forge.Transport) throws {
        let forge = try Forge(transport)
        let repository = try forge.open()
        let main = try repository.fetchedMain()
        let first = try repository.commit([.write("a", "1")], on: main).commit
        let second = try repository.commit([.write("a", "2")], on: main).commit
        #expect(try repository.push(first, to: "leastwise/a", expecting: nil) == .pushed)
        #expect(try repository.push(second, to: "leastwise/a", expecting: first) == .pushed)
        #expect(try forge.remote.head("leastwise/a") == second)
        #expect(try repository.deleteBranch("leastwise/a", expecting: second) == .pushed)
        #expect(try forge.remote.head("leastwise/a") == nil)
        #expect(try repository.head(of: "leastwise/a") == nil)
        #expect(try repository.deleteBranch("leastwise/a", expecting: second) == .upToDate)
    }

    @Test func `makes the same commit from the same content, parent and time`() throws {
        let (one, other) = (try Forge(.file), try Forge(.http))
        var commits: Set<CommitID> = []
        for forge in [one, other] {
            let repository = try forge.open()
            let main = try repository.fetchedMain()
            commits.insert(try repository.commit([.write("a", "1"), .delete(path: "README.md")], on: main).commit)
        }
        #expect(commits.count == 1)
    }

    @Test func `finds where a branch was at a time, along first parents`() throws {
        let forge = try Forge(.file)
        var heads = [try #require(try forge.remote.head("main"))]
        for day in 1...3 {
            heads.append(
                try forge.remote.commit(
                    ["day": "\(day)"], to: "main", from: "main", time: 1_700_000_000 + day * 86_400))
        }
        let repository = try forge.open()
        let main = try repository.fetchedMain()
        for (time, index) in [(0, 0), (0.5, 0), (1, 1), (2.9, 2), (3, 3), (9, 3), (-5, 0)] {
            let seconds = 1_700_000_000 + Int64(time * 86_400)
            #expect(try repository.commit(on: main, at: seconds) == heads[index], "\(time)")
        }
    }

    @Test func `writes author, time and message as given`() throws {
        let forge = try Forge(.file)
        let repository = try forge.open()
        let result = try repository.commit([.write("a", "1")], on: try repository.fetchedMain())
        _ = try repository.push(result.commit, to: "x", expecting: nil)
        let line = try forge.remote.git("log", "-1", "--format=%an|%ae|%cn|%ce|%ad|%cd|%B", "--date=raw", "x")
        let person = "leastwise|bot@example.com"
        #expect(line == "\(person)|\(person)|1800000000 +0100|1800000000 +0100|policies: update\n\n")
    }

    @Test func `makes no commit when the tree stays as it is`() throws {
        let repository = try Forge(.file).open()
        let main = try repository.fetchedMain()
        let result = try repository.commit([.write("README.md", "hello\n")], on: main)
        #expect(result == CommitResult(commit: main, tree: try repository.treeID(of: main), isUnchanged: true))
        #expect(try repository.commit([], on: main).isUnchanged)
    }

    @Test func `reads files with mode and size`() throws {
        let remote = try BareRemote(files: ["b.txt": "12", "a/b/c": "1", "a.txt": "123"])
        let repository = try Forge(.file, remote).open()
        let main = try repository.fetchedMain()
        let files = try repository.files(at: main)
        #expect(files.map(\.path) == ["a.txt", "a/b/c", "b.txt"])
        #expect(files.map(\.size) == [3, 1, 2])
        #expect(files.allSatisfy { $0.mode == .file })
        #expect(try repository.files(at: main, under: "a/b/").map(\.path) == ["a/b/c"])
        #expect(try repository.files(at: main, under: "nothing").isEmpty)
        #expect(try repository.files(at: main, under: "a.txt").isEmpty)
        #expect(try repository.contents(of: files[0].blob) == Array("123".utf8))
        #expect(try repository.file(at: main, path: "nothing/there") == nil)
    }

    @Test func `bounds what it reads`() throws {
        let repository = try Forge(.file).open()
        let main = try repository.fetchedMain()
        #expect(try failure { try repository.files(at: main, maxFiles: 2) }.code == .tooLarge)
        let readme = try #require(try repository.file(at: main, path: "README.md"))
        #expect(try failure { try repository.contents(of: readme.blob, maxBytes: 5) }.code == .tooLarge)
    }

    @Test func `works through a queue for asynchronous callers`() async throws {
        let repository = try Forge(.file).open()
        let heads = try await repository.perform { (repository) throws(GitError) in
            try repository.fetch(branches: ["main"])
        }
        #expect(heads.defaultBranch == "main")
        let error = await #expect(throws: GitError.self) {
            try await repository.perform { (repository) throws(GitError) in
                try repository.fetch(branches: ["gone"])
            }
        }
        #expect(error?.code == .notFound)
    }

    @Test func `updates a large repository quickly`() throws {
        let names = (0..<5000).map { ("clusters/c\($0 % 50)/ns\($0 % 500)/f\($0).yaml", "number: \($0)\n") }
        let remote = try BareRemote(files: Dictionary(uniqueKeysWithValues: names))
        let forge = try Forge(.http, remote)
        let repository = try forge.open()
        let clock = ContinuousClock()
        var main: CommitID?
        let fetch = try clock.measure { main = try repository.fetchedMain() }
        let parent = try #require(main)
        var count = 0
        let list = try clock.measure { count = try repository.files(at: parent).count }
        #expect(count == 5000)
        let changes = names.prefix(100).map { FileChange.write($0.0, "changed\n") }
        var result: CommitResult?
        let commit = try clock.measure { result = try repository.commit(changes, on: parent) }
        let made = try #require(result).commit
        let push = try clock.measure { _ = try repository.push(made, to: "x", expecting: nil) }
        #expect(
            fetch + list + commit + push < .seconds(20), "fetch \(fetch) list \(list) commit \(commit) push \(push)")
        #expect(try forge.remote.git("diff", "--name-only", "main", "x").split(separator: "\n").count == 100)
    }
}
