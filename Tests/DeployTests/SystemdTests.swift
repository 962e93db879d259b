import AppConfiguration
import Foundation
import ScriptedServers
import Testing

/// The unit for a machine without Kubernetes.
@Suite struct SystemdTests {
    private static let unit = "deploy/systemd/leastwise.service"
    private static let dropIn = "deploy/systemd/leastwise.service.d/forge-token.conf"

    /// The values of a key, in their order.
    private func values(_ key: String, in file: String = unit) throws -> [String] {
        try Repository.text(file).split(separator: "\n").filter { $0.hasPrefix(key + "=") }
            .map { String($0.dropFirst(key.count + 1)) }
    }

    @Test(.enabled(if: Tools.systemdAnalyze != nil, "install systemd for systemd-analyze"))
    func `systemd takes the unit with its drop-in`() throws {
        let folder = try TemporaryFolder()
        let unit = folder.path("leastwise.service")
        // The program is not installed here; everything else is as it is shipped.
        try Repository.text(Self.unit).replacing("/usr/local/bin/leastwise", with: "/bin/true").write(
            toFile: unit, atomically: true, encoding: .utf8)
        try FileManager.default.copyItem(
            atPath: Repository.path("deploy/systemd/leastwise.service.d"), toPath: unit + ".d")
        let outcome = try ScriptedServer.run([try #require(Tools.systemdAnalyze), "verify", unit])
        let own = outcome.output.split(separator: "\n").filter { $0.contains("leastwise") }
        #expect(outcome.status == 0 && own.isEmpty, "\(outcome.output)")
    }

    @Test(.enabled(if: Tools.systemdAnalyze != nil, "install systemd for systemd-analyze"))
    func `its exposure is low`() throws {
        let outcome = try ScriptedServer.run([
            try #require(Tools.systemdAnalyze), "security", "--offline=true", "--threshold=15", "--no-pager",
            Repository.path(Self.unit),
        ])
        #expect(outcome.status == 0, "\(outcome.output.suffix(200))")
        #expect(outcome.output.contains("Overall exposure level"))
    }

    @Test func `it has time to stop, and a configuration that is wrong is not tried again`() throws {
        let settings = try Settings(ResolvedConfiguration(flags: [:], environment: [:], file: .empty))
        let time = try #require(try values("TimeoutStopSec").first.flatMap { Int($0) })
        #expect(.seconds(time) > settings.server.drainTimeout + .seconds(30))
        #expect(try values("RestartPreventExitStatus") == ["64"])
        #expect(try values("KillSignal") == ["SIGTERM"])
        #expect(try values("ExecReload") == ["/bin/kill -HUP $MAINPID"])
    }

    @Test func `the store and the cache are where the program looks for them`() throws {
        #expect(try values("StateDirectory") == ["leastwise"])
        #expect(try values("CacheDirectory") == ["leastwise"])
        #expect(try values("Environment") == ["XDG_STATE_HOME=/var/lib XDG_CACHE_HOME=/var/cache"])
        let command = try #require(try values("ExecStart").first)
        #expect(command.hasPrefix("/usr/local/bin/leastwise serve "))
        let limit = try #require(try values("LimitNOFILE").first.flatMap { Int($0) })
        let settings = try Settings(ResolvedConfiguration(flags: [:], environment: [:], file: .empty))
        #expect(limit > settings.server.maximumConnections * 2)
    }

    @Test func `the forge's token comes as a credential, by a variable that the program knows`() throws {
        let name = "forge-token"
        #expect(try values("LoadCredential", in: Self.dropIn) == ["\(name):/etc/leastwise/forge-token"])
        let words = try #require(try values("Environment", in: Self.dropIn).first).split(separator: "=")
        #expect(words.count == 2 && words[1] == "%d/\(name)")
        let settings = try Settings(
            ResolvedConfiguration(flags: [:], environment: [String(words[0]): "/run/token"], file: .empty))
        #expect(settings.forge.tokenFile == "/run/token")
    }
}
