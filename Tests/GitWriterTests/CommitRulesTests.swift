import Foundation
import ScriptedServers
import Testing

@testable import GitWriter

@Suite(.enabled(if: BareRemote.hasPrograms, "git or python3 is not installed"), .keepingForges)
struct CommitRulesTests {
    private static let forge = Result { try Forge(.file) }

    /// Each test has a cache of its own, because the lock lets one repository in at a time.
    private func open() throws -> (GitRepository, CommitID) {
        let remote = try Self.forge.get().remote
        let repository = try Forge(.file, remote).open()
        return (repository, try repository.fetchedMain())
    }

    @Test(arguments: [
        "", "/etc/passwd", "../x", "a/../../x", "a/./b", "a//b", "a/", ".git/config", "a/.GIT/config", "a/.git",
        "git~1/x",
        ".git. /x", ".git::$INDEX_ALLOCATION/x", ".g\u{200C}it/x", "a\\b", "a\nb", "a\u{0}b",
        String(repeating: "x", count: 256), String(repeating: "x/", count: 2100) + "x",
    ])
    func `refuses a path that is not safe`(_ path: String) throws {
        let (repository, main) = try open()
        let error = try failure { try repository.commit([.write(path, "x")], on: main) }
        #expect(error.code == .unsafePath)
    }

    @Test(arguments: [".github/x", ".gitignore", "a/..b/c", "a b/ü.yaml", "x.git/y", "...", "clusters/a/new.yaml"])
    func `takes an unusual path that is safe`(_ path: String) throws {
        let (repository, main) = try open()
        let commit = try repository.commit([.write(path, "x")], on: main).commit
        #expect(try repository.text(path, at: commit) == "x")
    }

    @Test(arguments: [
        [FileChange.write("clusters", "x")], [.write("README.md/x", "x")], [.write("a", "1"), .write("a", "2")],
        [.write("a", "1"), .write("a/b", "2")], [.write("a/b", "2"), .write("a.b", "3"), .write("a", "1")],
        [.delete(path: "clusters")], [.write("README.md", "1"), .delete(path: "README.md")],
    ])
    func `refuses changes that contradict each other or what is there`(_ changes: [FileChange]) throws {
        let (repository, main) = try open()
        #expect(try failure { try repository.commit(changes, on: main) }.code == .conflictingChanges)
    }

    @Test func `refuses to delete what is not there`() throws {
        let (repository, main) = try open()
        #expect(try failure { try repository.commit([.delete(path: "a/b")], on: main) }.code == .notFound)
    }

    @Test func `removes a folder with its last file`() throws {
        let (repository, main) = try open()
        let commit = try repository.commit([.delete(path: "clusters/a/policy.yaml")], on: main).commit
        #expect(try repository.files(at: commit).map(\.path) == ["README.md"])
    }

    @Test func `keeps the executable bit and refuses links`() throws {
        let remote = try BareRemote()
        let blob = try remote.git("rev-parse", "main:README.md").prefix(40)
        let listing = "100755 blob \(blob)\trun.sh\n120000 blob \(blob)\tlink\n"
        try listing.write(toFile: remote.folder.path("listing"), atomically: false, encoding: .utf8)
        let make = "git -C \(remote.path) mktree < \(remote.folder.path("listing"))"
        let tree = try ScriptedServer.run(["sh", "-c", make]).output.prefix(40)
        let identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
        let made = try ScriptedServer.run(
            ["git", "-C", remote.path] + identity + ["commit-tree", String(tree), "-m", "modes"])
        try remote.git("update-ref", "refs/heads/main", String(made.output.prefix(40)))

        let repository = try Forge(.file, remote).open()
        let main = try repository.fetchedMain()
        let commit = try repository.commit([.write("run.sh", "new")], on: main).commit
        #expect(try repository.file(at: commit, path: "run.sh")?.mode == .executable)
        for path in ["link", "link/x"] {
            #expect(try failure { try repository.commit([.write(path, "x")], on: main) }.code == .conflictingChanges)
        }
        let deleted = try repository.commit([.delete(path: "link")], on: main).commit
        #expect(try repository.files(at: deleted).map(\.path) == ["run.sh"])
    }

    @Test(arguments: [
        GitIdentity(name: "", email: "a@b"), GitIdentity(name: "a", email: ""),
        GitIdentity(name: "a <b>", email: "a@b"),
        GitIdentity(name: "a\nauthor b <b@b> 0 +0000", email: "a@b"), GitIdentity(name: "a", email: "a\u{0}@b"),
    ])
    func `refuses an author that would break the commit`(_ author: GitIdentity) throws {
        let (repository, main) = try open()
        let error = try failure {
            try repository.commit([.write("a", "1")], on: main, message: "m", author: author, time: Forge.time)
        }
        #expect(error.code == .invalidValue)
    }

    @Test(arguments: ["", " \n", "a\u{0}b"])
    func `refuses a message that git cannot hold`(_ message: String) throws {
        let (repository, main) = try open()
        let error = try failure {
            try repository.commit(
                [.write("a", "1")], on: main, message: message, author: Forge.author, time: Forge.time)
        }
        #expect(error.code == .invalidValue)
    }

    @Test func `knows no commit that was not fetched`() throws {
        let (repository, _) = try open()
        let unknown = try #require(CommitID(String(repeating: "1", count: 40)))
        #expect(try failure { try repository.files(at: unknown) }.code == .notFound)
        #expect(try failure { try repository.commit([.write("a", "1")], on: unknown) }.code == .notFound)
        #expect(try failure { try repository.push(unknown, to: "x", expecting: nil) }.code == .notFound)
    }
}
