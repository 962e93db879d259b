import Forge
import Foundation
import HTTPTransport
import ScriptedServers
import Synchronization
import Testing

/// The forges that the contract holds for.
enum ForgeKind: String, CaseIterable, CustomTestStringConvertible, Sendable {
    case gitHub, gitHubEnterprise, gitea, forgejo

    /// One a client.
    static let implementations: [ForgeKind] = [.gitHub, .gitea]

    /// The name that the scripted forge knows.
    var emulated: String {
        switch self {
        case .gitHub, .gitHubEnterprise: "github"
        case .gitea: "gitea"
        case .forgejo: "forgejo"
        }
    }

    var isGitHub: Bool { emulated == "github" }

    var apiPath: String {
        switch self {
        case .gitHub: ""
        case .gitHubEnterprise: "/api/v3"
        case .gitea, .forgejo: "/api/v1"
        }
    }

    var testDescription: String { rawValue }
}

/// Time that passes only when somebody waits.
final class ManualTime: Sendable {
    private let state = Mutex((now: Duration.seconds(1_800_000_000), sleeps: [Duration]()))

    /// All waits so far, those between two writes left out.
    var sleeps: [Duration] { state.withLock(\.sleeps) }

    var now: Duration { state.withLock(\.now) }

    var clock: ForgeClock {
        ForgeClock(
            now: { self.now },
            sleep: { pause in
                self.state.withLock {
                    $0.now += pause
                    $0.sleeps.append(pause)
                }
            }
        )
    }
}

/// One recorded exchange.
struct Exchange: Decodable {
    let method: String
    let path: String
    let query: [String: String]
    let headers: [String: String]
    let status: Int
    let fault: String?
}

/// A pull request as the scripted forge keeps it.
struct StoredPull: Decodable {
    let number: Int
    let title: String
    let body: String
    let state: String
    let head: String
    let draft: Bool
    let labels: [String]
    let reviewers: [String]
    let comments: [String]
}

/// A scripted forge of its own for one test, with a client for it.
final class ForgeUnderTest: Sendable {
    static let token = "ghp_0123456789abcdefghijABCDEFGHIJ012345"

    let kind: ForgeKind
    let time = ManualTime()
    private let server: ScriptedServer
    private let folder: TemporaryFolder
    private let web: String

    init(_ kind: ForgeKind) throws {
        self.kind = kind
        folder = try TemporaryFolder()
        try Data().write(to: URL(fileURLWithPath: folder.path("log")))
        server = try ScriptedServer(
            "scripted-forge.py",
            [
                "--kind", kind.emulated, "--repository", "acme/gitops", "--token", Self.token, "--log",
                folder.path("log"),
            ]
        )
        web = "http://127.0.0.1:\(server.port)"
    }

    /// A client with any token and policy.
    func client(
        token: String = ForgeUnderTest.token,
        repository: String = "https://git.example.com/acme/gitops.git",
        policy: HTTPPolicy = HTTPPolicy()
    ) throws -> any ForgeClient {
        let configuration = try ForgeConfiguration(
            api: web + kind.apiPath,
            repository: RepositoryCoordinates(gitURL: repository),
            token: Secret(token)
        )
        let http = HTTPClient(policy: policy)
        // The clock holds this value: the server lives as long as its client.
        let clock = ForgeClock(now: { self.time.now }, sleep: { try await self.time.clock.sleep($0) })
        return kind.isGitHub
            ? GitHubClient(configuration, http: http, clock: clock)
            : GiteaClient(configuration, http: http, clock: clock)
    }

    /// Changes the forge's state; see `scripted-forge.py`.
    func set(_ json: String) throws {
        let request = HTTPRequest(method: "POST", url: web + "/_control", body: .bytes(Array(json.utf8)))
        try #require(HTTPClient().send(request).status == 200)
    }

    /// The forge's pull requests.
    func pulls() throws -> [StoredPull] {
        let response = try HTTPClient().send(HTTPRequest(url: web + "/_control"))
        return try JSONDecoder().decode([String: [StoredPull]].self, from: Data(response.body))["pulls"] ?? []
    }

    /// Everything that was said so far.
    func exchanges() throws -> [Exchange] {
        let log = try String(decoding: Data(contentsOf: URL(fileURLWithPath: folder.path("log"))), as: UTF8.self)
        return try log.split(separator: "\n").map { try JSONDecoder().decode(Exchange.self, from: Data($0.utf8)) }
    }

    /// How often a method was used on paths that end so.
    func count(_ method: String, _ suffix: String) throws -> Int {
        try exchanges().filter { $0.method == method && $0.path.hasSuffix(suffix) }.count
    }

    /// Checks everything that was said against an API description.
    func check(against description: URL) throws -> (status: Int32, output: String) {
        try ScriptedServer.run("check-forge-exchange.py", [description.path, folder.path("log")])
    }

    /// Checks what was said after a change of its record, to prove that the check sees it.
    func check(against description: URL, replacing old: String, with new: String) throws -> Int32 {
        let log = try String(decoding: Data(contentsOf: URL(fileURLWithPath: folder.path("log"))), as: UTF8.self)
        try #require(log.contains(old))
        let changed = folder.path("changed")
        try Data(log.replacingOccurrences(of: old, with: new).utf8).write(to: URL(fileURLWithPath: changed))
        return try ScriptedServer.run("check-forge-exchange.py", [description.path, changed]).status
    }
}

extension NewPullRequest {
    /// A pull request that the scripted forge takes.
    static let sample = NewPullRequest(
        title: "Policies for shop", body: "<!-- id -->\nText", head: "bot/shop", base: "main")
}
