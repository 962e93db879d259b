import AppConfiguration
import Engine
import Foundation
import HTTPTransport
import ScriptedServers
import Testing

/// The forges that everything holds for.
enum Flavour: String, CaseIterable, CustomTestStringConvertible, Sendable {
    case github, gitea, forgejo

    /// One a client; what does not depend on the forge's own ways is tried with these.
    static let clients: [Flavour] = [.github, .gitea]

    var apiPath: String { self == .github ? "" : "/api/v1" }

    var testDescription: String { rawValue }
}

/// One exchange with the forge.
struct Exchange: Decodable {
    let method: String
    let path: String
    let status: Int

    var isWrite: Bool { method != "GET" }
}

/// A pull request as the forge keeps it.
struct StoredPull: Decodable {
    let number: Int
    let title: String
    let body: String
    let state: String
    let head: String
    let base: String
    let labels: [String]
    let comments: [String]
}

/// A GitOps repository behind a git server, a forge, and a place to keep the cache: what one test needs of the world.
final class Estate: Sendable {
    /// Like no known kind of token, so that nothing recognizes it by its looks.
    static let token = "geheim-und-lang-0123456789"

    let remote = Result { try GitOpsRemote() }
    let flavour: Flavour
    private let folder: TemporaryFolder
    private let gitServer: ScriptedServer
    private let forge: ScriptedServer

    init(_ flavour: Flavour = .github) throws {
        self.flavour = flavour
        folder = try TemporaryFolder()
        for (name, text) in [("log", ""), ("token", Self.token + "\n")] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
        }
        gitServer = try ScriptedServer(
            "git-http-server.py",
            ["--root", try remote.get().folder.url.path, "--user", "x-access-token", "--token", Self.token])
        forge = try ScriptedServer(
            "scripted-forge.py",
            [
                "--kind", flavour.rawValue, "--repository", "acme/gitops", "--token", Self.token, "--log",
                folder.path("log"),
            ])
    }

    var git: GitOpsRemote {
        get throws { try remote.get() }
    }

    /// The settings as text by key; `changes` go over them.
    func keys(_ changes: [String: String] = [:]) -> [String: String] {
        let keys = [
            "cluster": "prod", "repository.url": "http://127.0.0.1:\(gitServer.port)/\(GitOpsRemote.name)",
            "repository.path": "apps/{namespace}", "repository.cache": folder.path("cache"),
            "forge.kind": flavour.rawValue, "forge.api": "http://127.0.0.1:\(forge.port)\(flavour.apiPath)",
            "forge.tokenFile": folder.path("token"), "proposals.minimumMaturity": "stabilizing",
        ]
        return keys.merging(changes) { $1 }
    }

    func settings(_ changes: [String: String] = [:]) throws -> Settings {
        try Settings(ResolvedConfiguration(flags: keys(changes), environment: [:], file: .empty))
    }

    /// One learning run, of the shop's scope unless told otherwise, with what was learned before.
    func propose(
        _ learned: Result<LearnedCluster, any Error> = World.observed, scope: String? = "shop", dryRun: Bool = false,
        with changes: [String: String] = [:]
    ) async throws -> [ScopeResult] {
        try await propose(scope: scope, dryRun: dryRun, with: changes) { _, _ in try learned.get() }
    }

    /// One learning run that learns once the repository was read.
    func propose(
        scope: String?, dryRun: Bool, with changes: [String: String],
        learning learn: (Settings, RepositoryDeclarations) throws -> LearnedCluster
    ) async throws -> [ScopeResult] {
        let settings = try settings(changes)
        var request = ProposeJob.Request()
        request.scope = scope
        request.isDryRun = dryRun
        return try await ProposeJob(settings).run(request) { try learn(settings, $0) }
    }

    /// The result of the only scope.
    func proposeOne(
        _ learned: Result<LearnedCluster, any Error> = World.observed, dryRun: Bool = false,
        with changes: [String: String] = [:]
    ) async throws -> ScopeResult {
        let results = try await propose(learned, dryRun: dryRun, with: changes)
        try #require(results.count == 1)
        return results[0]
    }

    /// Writes a file beside the cache.
    func write(_ text: String, to name: String) throws -> String {
        let path = folder.path(name)
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }
}

extension Estate {
    private var control: String { "http://127.0.0.1:\(forge.port)/_control" }

    /// Changes the forge's state; see `scripted-forge.py`.
    func set(_ json: String) throws {
        let request = HTTPRequest(method: "POST", url: control, body: .bytes(Array(json.utf8)))
        try #require(HTTPClient().send(request).status == 200)
    }

    /// What a person does with a pull request: `closed`, `merged`.
    func setPull(_ number: Int, _ state: String) throws { try set(#"{"states": {"\#(number)": "\#(state)"}}"#) }

    func pulls() throws -> [StoredPull] {
        let response = try HTTPClient().send(HTTPRequest(url: control))
        return try JSONDecoder().decode([String: [StoredPull]].self, from: Data(response.body))["pulls"] ?? []
    }

    func exchanges() throws -> [Exchange] {
        let log = try String(contentsOfFile: folder.path("log"), encoding: .utf8)
        return try log.split(separator: "\n").map { try JSONDecoder().decode(Exchange.self, from: Data($0.utf8)) }
    }

    /// How many requests so far were to change something.
    func writes() throws -> Int { try exchanges().filter(\.isWrite).count }

    /// Both servers' state as one text: equal before and after where nothing was written.
    func state() throws -> String {
        try "\(git.state())\n\(pulls())\n\(writes()) writes"
    }

    /// Checks all that was said against an API description.
    func check(against description: URL) throws -> (status: Int32, output: String) {
        try ScriptedServer.run("check-forge-exchange.py", [description.path, folder.path("log")])
    }
}
