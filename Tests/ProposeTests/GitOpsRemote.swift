import Foundation
import ScriptedServers
import Testing

/// The team's GitOps repository: a bare one with the estate on `main`, as a git server has it.
final class GitOpsRemote: Sendable {
    struct GitFailure: Error {
        let output: String
    }

    static let name = "acme/gitops.git"

    /// The folder that a git server serves.
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        _ = try Self.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", path])
        try commit(try Self.estate(), to: "main", from: nil)
    }

    var path: String { folder.path(Self.name) }

    /// Runs git in the repository; returns what it printed.
    @discardableResult
    func git(_ arguments: String...) throws -> String {
        try Self.run(["git", "-C", path] + arguments)
    }

    /// The branches but `main`.
    func branches() throws -> [String] {
        try git("for-each-ref", "--format=%(refname:short)", "refs/heads").split(separator: "\n").map(String.init)
            .filter { $0 != "main" }
    }

    func head(_ branch: String) throws -> String {
        try git("rev-parse", "refs/heads/\(branch)").trimmingCharacters(in: .newlines)
    }

    /// Every branch with its commit: equal before and after where nothing was pushed.
    func state() throws -> String { try git("for-each-ref") }

    func text(_ path: String, on branch: String) throws -> String {
        try git("show", "refs/heads/\(branch):\(path)")
    }

    /// The files in which a branch differs from `main`.
    func changedFiles(_ branch: String) throws -> [String] {
        try git("diff", "--name-only", "main", branch).split(separator: "\n").map(String.init)
    }

    /// The lines that a branch takes away from another.
    func removedLines(from old: String, to new: String) throws -> [Substring] {
        try git("diff", "--unified=0", old, new).split(separator: "\n").filter {
            $0.hasPrefix("-") && !$0.hasPrefix("---")
        }
    }

    /// Commits as somebody else would; from nil begins a branch, nil for a text deletes the file.
    ///
    /// - Parameter time: seconds since 1970; before all observations unless told otherwise.
    func commit(
        _ files: [String: String?], to branch: String, from base: String?, author: String = "Ann <ann@example.com>",
        time: Int = 1_767_000_000
    ) throws {
        var stream = "commit refs/heads/\(branch)\ncommitter \(author) \(time) +0000\ndata 6\nchange\n"
        if let base { stream += "from refs/heads/\(base)^0\n" }
        for (path, text) in files.sorted(by: { $0.key < $1.key }) {
            stream += text.map { "M 100644 inline \(path)\ndata \($0.utf8.count)\n\($0)\n" } ?? "D \(path)\n"
        }
        let file = folder.path("stream-\(UUID().uuidString)")
        try Data(stream.utf8).write(to: URL(fileURLWithPath: file))
        _ = try Self.run(["sh", "-c", "git -C \(path) fast-import --quiet --force < \(file)"])
    }

    /// Installs a hook that a push over HTTP runs.
    func hook(_ name: String, _ script: String) throws {
        let file = "\(path)/hooks/\(name)"
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    }

    private static func estate() throws -> [String: String] {
        let root = World.demo.appendingPathComponent("gitops").path
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root)
        let files = paths.filter {
            (try? FileManager.default.attributesOfItem(atPath: "\(root)/\($0)")[.type]) as? FileAttributeType
                == .typeRegular
        }
        return try Dictionary(
            uniqueKeysWithValues: files.map { ($0, try String(contentsOfFile: "\(root)/\($0)", encoding: .utf8)) })
    }

    private static func run(_ command: [String]) throws -> String {
        let result = try ScriptedServer.run(["GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null"] + command)
        guard result.status == 0 else { throw GitFailure(output: result.output) }
        return result.output
    }
}

/// What the tests need beside Swift.
enum Programs {
    static let areThere = ["git", "python3"].allSatisfy {
        (try? ScriptedServer.run([$0, "--version"]))?.status == 0
    }
}
