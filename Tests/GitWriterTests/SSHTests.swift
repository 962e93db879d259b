import Foundation
import HTTPTransport
import ScriptedServers
import Testing

@testable import GitWriter

/// A repository behind OpenSSH's server.
private final class SSHForge: Sendable {
    static let isPossible =
        BareRemote.hasPrograms && (try? ScriptedServer.run("ssh-server.py", ["--check"]))?.status == 0

    let remote: BareRemote
    let folder: TemporaryFolder
    let server: ScriptedServer

    init(keyType: String = "ed25519", passphrase: String = "") throws {
        remote = try BareRemote()
        folder = try TemporaryFolder()
        let made = try ScriptedServer.run(
            ["ssh-keygen", "-q", "-t", keyType, "-N", passphrase, "-f", folder.path("client")])
        try #require(made.status == 0, "\(made.output)")
        server = try ScriptedServer("ssh-server.py", ["--folder", folder.url.path])
        let key = try String(contentsOfFile: folder.path("host_key.pub"), encoding: .utf8)
        try "[127.0.0.1]:\(server.port) \(key)".write(
            toFile: folder.path("known_hosts"), atomically: false, encoding: .utf8)
        KeepingForges.Keeper.current?.keep(self)
    }

    func location(passphrase: Secret? = nil) -> RepositoryLocation {
        RepositoryLocation(
            url: "ssh://\(NSUserName())@127.0.0.1:\(server.port)\(remote.path)",
            cacheDirectory: folder.path("caches"),
            credentials: .sshKey(path: folder.path("client"), passphrase: passphrase),
            network: HTTPPolicy(stallTimeout: .seconds(20)),
            sshKnownHosts: folder.path("known_hosts")
        )
    }
}

@Suite(.enabled(if: SSHForge.isPossible, "git, python3 or OpenSSH's server is not installed"), .keepingForges)
struct SSHTests {
    @Test(arguments: [("ed25519", ""), ("ecdsa", ""), ("ed25519", "a pass phrase")])
    func `fetches and pushes with a key`(_ keyType: String, _ passphrase: String) throws {
        let forge = try SSHForge(keyType: keyType, passphrase: passphrase)
        let secret = passphrase.isEmpty ? nil : Secret(passphrase)
        let repository = try GitRepository(forge.location(passphrase: secret))
        let noise = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
        let change = FileChange.write(path: "large.bin", contents: noise)
        let commit = try repository.commit([change], on: try repository.fetchedMain()).commit
        #expect(try repository.push(commit, to: "leastwise/a", expecting: nil) == .pushed)
        #expect(try forge.remote.head("leastwise/a") == commit)
        #expect(try repository.push(commit, to: "leastwise/a", expecting: nil) == .upToDate)
    }

    @Test func `reports a refusal by a hook`() throws {
        let forge = try SSHForge()
        try forge.remote.hook("update", "echo protected >&2; exit 1")
        let repository = try GitRepository(forge.location())
        let commit = try repository.commit([.write("a", "1")], on: try repository.fetchedMain()).commit
        let text = "protected\nerror: hook declined to update refs/heads/x"
        let expected = PushRejection(reason: "hook declined", serverText: text)
        let result = try repository.push(commit, to: "x", expecting: nil)
        #expect(result == .rejected(expected), "\(result)")
    }

    @Test func `trusts no host that known_hosts does not list`() throws {
        let forge = try SSHForge()
        var location = forge.location()
        let key = try String(contentsOfFile: location.sshKnownHosts ?? "", encoding: .utf8)
        let other = try String(contentsOfFile: forge.folder.path("client.pub"), encoding: .utf8)
        let texts = [
            "", "other.example.com " + key, "[127.0.0.1]:\(forge.server.port) " + other, "@revoked " + key + key,
        ]
        for text in texts {
            try text.write(toFile: forge.folder.path("known_hosts"), atomically: false, encoding: .utf8)
            #expect(try failure { try GitRepository(location).fetchedMain() }.code == .certificate)
        }
        location.sshKnownHosts = nil
        #expect(try failure { try GitRepository(location).fetchedMain() }.code == .certificate)
    }

    @Test func `gives up at once when the key is refused`() throws {
        let forge = try SSHForge()
        try FileManager.default.removeItem(atPath: forge.folder.path("client"))
        try FileManager.default.removeItem(atPath: forge.folder.path("client.pub"))
        _ = try ScriptedServer.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", forge.folder.path("other")])
        var location = forge.location()
        for path in [forge.folder.path("other"), forge.folder.path("nothing")] {
            location.credentials = .sshKey(path: path, passphrase: nil)
            #expect(try failure { try GitRepository(location).fetchedMain() }.code == .unauthorized)
        }
        location.credentials = .none
        #expect(try failure { try GitRepository(location).fetchedMain() }.code == .unauthorized)
    }

    @Test(arguments: [
        HTTPPolicy(stallTimeout: .seconds(1), totalTimeout: nil), HTTPPolicy(totalTimeout: .seconds(1)),
    ])
    func `gives a silent server up in time`(_ network: HTTPPolicy) throws {
        let forge = try SSHForge()
        let silent = try ScriptedServer("ssh-server.py", ["--silent"])
        var location = forge.location()
        location.url = "ssh://git@127.0.0.1:\(silent.port)/x.git"
        location.network = network
        var error: GitError?
        let time = try ContinuousClock().measure {
            error = try failure { try GitRepository(location).fetchedMain() }
        }
        #expect(error?.code == .timeout)
        #expect(time < .seconds(10))
        withExtendedLifetime(silent) {}
    }

    @Test func `tells a server that is not there`() throws {
        var location = try SSHForge().location()
        location.url = "ssh://git@127.0.0.1:1/x.git"
        #expect(try failure { try GitRepository(location).fetchedMain() }.code == .unreachable)
    }

    @Test func `tells a repository that is not there`() throws {
        let forge = try SSHForge()
        var location = forge.location()
        location.url += "x"
        let error = try failure { try GitRepository(location).fetchedMain() }
        #expect([.notFound, .protocolError].contains(error.code))
        #expect(error.message.contains("x"))
    }
}
