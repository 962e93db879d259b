import Testing

@testable import AppConfiguration

/// What would let anybody in is refused before the service starts.
@Suite struct ServerSettingsTests {
    private func settings(_ listen: String, _ more: [String: String] = [:]) throws -> Settings.Server {
        let flags = more.merging(["server.listen": listen]) { own, _ in own }
        return try Settings(ResolvedConfiguration(flags: flags, environment: [:], file: .empty)).server
    }

    private static let tls = ["server.certificateFile": "/c", "server.keyFile": "/k"]
    private static let senders = ["server.sendersFile": "/s"]

    private static let reachable = [
        "0.0.0.0:1", "[::]:1", "10.0.0.1:1", "example:1", "[fe80::1]:1", "128.0.0.1:1", "127.0.0.1.example:1",
        "localhost.example:1", "1270.0.0.1:1", "[::ffff:10.0.0.1]:1",
    ]

    @Test(arguments: ["127.0.0.1:1", "127.8.9.10:1", "localhost:1", "[::1]:1"])
    func `only this machine reaches loopback`(listen: String) throws {
        #expect(try settings(listen).isLoopback)
    }

    @Test(arguments: reachable)
    func `other machines are answered over TLS, or where it was asked for, and senders have to be named`(
        listen: String
    ) throws {
        let plain = ["server.plainHTTP": "yes"]
        for more in [[:], Self.tls, Self.senders, plain] {
            #expect(throws: ConfigurationError.self, "\(more)") { try settings(listen, more) }
        }
        for more in [Self.tls, plain] {
            #expect(try !settings(listen, more.merging(Self.senders) { own, _ in own }).isLoopback)
        }
    }

    @Test(arguments: [
        ["server.certificateFile": "/c"], ["server.keyFile": "/k"], ["server.clientCAFile": "/a"],
    ])
    func `half of TLS is none`(more: [String: String]) {
        #expect(throws: ConfigurationError.self) { try settings("127.0.0.1:1", more) }
    }

    @Test(arguments: [":1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:1", "[]:1", "a:b"])
    func `an address that is none is refused`(listen: String) {
        #expect(throws: ConfigurationError.self) { try settings(listen) }
    }
}
