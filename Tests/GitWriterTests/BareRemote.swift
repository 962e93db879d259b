import Foundation
import ScriptedServers
import Testing

@testable import GitWriter

/// A bare repository that the git program made and keeps; it stands for the forge.
final class BareRemote: Sendable {
    struct GitFailure: Error {
        let output: String
    }

    /// Whether the programs are there that the tests need.
    static let hasPrograms = ["git", "python3"].allSatisfy {
        (try? ScriptedServer.run([$0, "--version"]))?.status == 0
    }

    static let name = "gitops.git"
    let folder: TemporaryFolder

    /// Makes the repository, with one commit on `main` unless there are no files.
    init(files: [String: String] = ["README.md": "hello\n", "clusters/a/policy.yaml": "kind: Policy\n"]) throws {
        folder = try TemporaryFolder()
        _ = try Self.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", folder.path(Self.name)])
        if !files.isEmpty { try commit(files, to: "main", from: nil) }
    }

    var path: String { folder.path(Self.name) }

    /// Runs git in the repository; returns what it printed.
    @discardableResult
    func git(_ arguments: String...) throws -> String {
        try Self.run(["git", "-C", path] + arguments)
    }

    func head(_ branch: String) throws -> CommitID? {
        CommitID(
            try git("for-each-ref", "--format=%(objectname)", "refs/heads/\(branch)").split(separator: "\n").first.map(
                String.init) ?? "")
    }

    /// Commits as somebody else would; from nil begins a branch, an empty text deletes a file.
    @discardableResult
    func commit(
        _ files: [String: String],
        to branch: String,
        from base: String?,
        author: String = "Ann <ann@example.com>",
        time: Int = 1_700_000_000
    ) throws -> CommitID {
        var stream = "commit refs/heads/\(branch)\ncommitter \(author) \(time) +0000\ndata 6\nchange\n"
        if let base { stream += "from refs/heads/\(base)^0\n" }
        for (path, text) in files.sorted(by: { $0.key < $1.key }) {
            stream += text.isEmpty ? "D \(path)\n" : "M 100644 inline \(path)\ndata \(text.utf8.count)\n\(text)\n"
        }
        let file = folder.path("stream-\(UUID().uuidString)")
        try stream.write(toFile: file, atomically: false, encoding: .utf8)
        _ = try Self.run(["sh", "-c", "git -C \(path) fast-import --quiet --force < \(file)"])
        return try #require(try head(branch))
    }

    /// Installs a hook that a push over HTTP runs.
    func hook(_ name: String, _ script: String) throws {
        let file = "\(path)/hooks/\(name)"
        try "#!/bin/sh\n\(script)\n".write(toFile: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    }

    private static func run(_ command: [String]) throws -> String {
        let isolation = ["GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null"]
        let result = try ScriptedServer.run(isolation + command)
        guard result.status == 0 else { throw GitFailure(output: result.output) }
        return result.output
    }
}
