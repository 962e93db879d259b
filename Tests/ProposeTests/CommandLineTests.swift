import Foundation
import ScriptedServers
import Testing

/// The built program, beside the test bundle.
@Suite(
    .enabled(if: Programs.areThere, "git or python3 is not installed"),
    .enabled(if: Program.isBuilt, "the program is not built beside the tests"))
struct CommandLineTests {
    @Test func `a refused push ends with 4, the server's words and no token`() async throws {
        let estate = try Estate()
        try estate.git.hook("pre-receive", "echo 'policy: branches need a ticket' >&2; exit 1")
        let first = try Program(estate).propose(["--scope", "shop"])
        #expect(first.status == 4, "\(first.output)")
        #expect(first.output.contains("the server rejected the push to leastwise/shop"))
        #expect(first.output.contains("policy: branches need a ticket"))
        #expect(!first.output.contains(Estate.token))
    }

    @Test func `a dry run, a run, and a run with nothing new all end with 0`() async throws {
        let estate = try Estate(.gitea)
        let program = try Program(estate)
        let before = try estate.state()
        let dry = try program.propose(["--scope", "shop", "--dry-run"])
        #expect(dry.status == 0 && dry.output.contains("+++ b/apps/shop/networkpolicy-deployment-api.yaml"))
        #expect(try estate.state() == before)
        let run = try program.propose(["--scope", "shop"])
        #expect(run.status == 0 && run.output.contains("pull request opened: "), "\(run.output)")
        let again = try program.propose(["--scope", "shop"])
        #expect(again.status == 0 && again.output.contains("nothing new"))
        #expect(!(dry.output + run.output + again.output).contains(Estate.token))
    }

    @Test func `a refused token ends with 1 and the next step, without the token`() async throws {
        let estate = try Estate()
        try estate.set(
            #"{"faults": [{"kind": "status", "status": 401, "body": {"message": "bad token \#(Estate.token)"}}]}"#)
        let result = try Program(estate).propose(["--scope", "shop"])
        #expect(result.status == 1 && result.output.contains("check the token"), "\(result.output)")
        #expect(!result.output.contains(Estate.token))
    }

    @Test func `an unknown scope ends with 1 and says how to see what is ready`() async throws {
        let result = try Program(Estate()).propose(["--scope", "nothing-like-it"])
        #expect(result.status == 1 && result.output.contains("leastwise preview"), "\(result.output)")
    }
}

/// The program with a configuration file and a store of its own.
struct Program {
    private static let path = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent("leastwise").path
    static let isBuilt = FileManager.default.isExecutableFile(atPath: path)

    private let folder: TemporaryFolder

    private let keys: [String: String]
    // Held, so that servers and store are there as long as the program needs them.
    private let estate: Estate
    private let world: RingWorld?

    /// - Parameters:
    ///   - world: whose store is read; a copy of the large world's where it is nil.
    ///   - changes: settings beyond the estate's.
    init(_ estate: Estate, world: RingWorld? = nil, with changes: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        self.estate = estate
        self.world = world
        let path = folder.path("leastwise.db")
        if world == nil { try World.store.get().write(to: URL(fileURLWithPath: path)) }
        keys = estate.keys(changes.merging(["database": world?.file ?? path]) { $1 })
    }

    func propose(_ arguments: [String]) throws -> (status: Int32, output: String) { try run(["propose"] + arguments) }

    /// Runs a command of the program, with a configuration file.
    func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        var sections: [String: [String]] = [:]
        for (path, value) in keys.sorted(by: { $0.key < $1.key }) {
            let parts = path.split(separator: ".")
            let section = parts.count == 2 ? "\(parts[0]):\n" : ""
            sections[section, default: []].append(
                "\(section.isEmpty ? "" : "  ")\(parts[parts.count - 1]): '\(value)'\n")
        }
        let text = sections.sorted { $0.key < $1.key }.map { $0.key + $0.value.joined() }.joined()
        let file = folder.path("leastwise.yaml")
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return try ScriptedServer.run(
            ["-u", "LEASTWISE_CONFIG", Self.path, arguments[0], "--config", file] + arguments.dropFirst())
    }
}
