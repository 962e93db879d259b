import Foundation
import HTTPTransport
import ScriptedServers
import Testing

@testable import GitWriter

/// A bare repository, a way to reach it, and a cache folder.
final class Forge: Sendable {
    enum Transport: Sendable, CaseIterable {
        case file
        case http
    }

    static let author = GitIdentity(name: "leastwise", email: "bot@example.com")
    static let time = GitTime(seconds: 1_800_000_000, offsetMinutes: 60)

    let remote: BareRemote
    let caches: TemporaryFolder
    let server: ScriptedServer?

    init(_ transport: Transport, _ remote: BareRemote? = nil, _ options: [String] = []) throws {
        self.remote = try remote ?? BareRemote()
        caches = try TemporaryFolder()
        server =
            transport == .http
            ? try ScriptedServer("git-http-server.py", ["--root", self.remote.folder.url.path] + options) : nil
        KeepingForges.Keeper.current?.keep(self)
    }

    var url: String {
        server.map { "http://127.0.0.1:\($0.port)/\(BareRemote.name)" } ?? "file://\(remote.path)"
    }

    func open(
        url: String? = nil,
        credentials: GitCredentials = .none,
        network: HTTPPolicy = HTTPPolicy()
    ) throws -> GitRepository {
        try GitRepository(
            RepositoryLocation(
                url: url ?? self.url, cacheDirectory: caches.url.path, credentials: credentials, network: network)
        )
    }
}

extension GitRepository {
    /// The commit of `main` after a fetch.
    func fetchedMain(prefixes: [String] = ["leastwise/"]) throws -> CommitID {
        let heads = try fetch(branches: ["main"], prefixes: prefixes)
        return try #require(heads.commit(of: "main"))
    }

    func commit(_ changes: [FileChange], on parent: CommitID) throws -> CommitResult {
        try commit(changes, on: parent, message: "policies: update", author: Forge.author, time: Forge.time)
    }

    func text(_ path: String, at commit: CommitID) throws -> String? {
        guard let file = try file(at: commit, path: path) else { return nil }
        return String(decoding: try contents(of: file.blob), as: UTF8.self)
    }
}

extension FileChange {
    static func write(_ path: String, _ text: String) -> FileChange {
        .write(path: path, contents: Array(text.utf8))
    }
}

/// The error that an expression throws.
func failure<Value>(_ expression: () throws -> Value) throws -> GitError {
    try #require(throws: GitError.self) { _ = try expression() }
}
