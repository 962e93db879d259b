import Foundation
import HTTPTransport
import HubbleRelay
import ScriptedServers
import Testing

@Suite(
    .serialized,
    .enabled(if: Fixtures.hasRelay, "run `make setup-relay-tools`, and have the shared fixtures beside the repository"))
struct RelayTLSTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["server", "client"] {
            // As Cilium makes Relay's certificate: for names below hubble-relay.cilium.io.
            let made = try ScriptedServer.run([
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2", "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:*.hubble-relay.cilium.io",
                "-keyout", folder.path("\(name).key"), "-out", folder.path("\(name).pem"),
            ])
            try #require(made.status == 0, "\(made.output)")
        }
    }

    private func server(asksForCertificate: Bool = false) throws -> RelayServer {
        try RelayServer(
            ["flows:0-5,hang"],
            tls: ["--certificate", folder.path("server.pem"), "--key", folder.path("server.key")]
                + (asksForCertificate ? ["--client-ca", folder.path("client.pem")] : []))
    }

    private func tls(
        authority: String = "server.pem", name: String? = "ui.hubble-relay.cilium.io", showsCertificate: Bool = false
    ) -> RelayTarget.TLS {
        let identity = ClientIdentity.files(certificate: folder.path("client.pem"), key: folder.path("client.key"))
        return RelayTarget.TLS(
            caFile: folder.path(authority), identity: showsCertificate ? identity : nil, serverName: name)
    }

    @Test func `checks the certificate against the configured name`() throws {
        let server = try server()
        let taker = Taker()
        try taker.run(try server.target(tls())) { $0.lineCount >= 5 }
        #expect(taker.lineCount == 5)
        #expect(taker.errors.isEmpty)
    }

    @Test(arguments: [("client.pem", "ui.hubble-relay.cilium.io" as String?), ("server.pem", nil)])
    func `trusts no other authority and no other name`(authority: String, name: String?) throws {
        let server = try server()
        let taker = Taker()
        try taker.run(try server.target(tls(authority: authority, name: name))) { !$0.errors.isEmpty }
        #expect(taker.errors.first?.code == .certificate)
        #expect(taker.lines.isEmpty)
    }

    @Test func `shows its certificate where Relay asks for it`() throws {
        let server = try server(asksForCertificate: true)
        let taker = Taker()
        try taker.run(try server.target(tls(showsCertificate: true))) { $0.lineCount >= 5 }
        #expect(taker.errors.isEmpty)
        let stranger = Taker()
        try stranger.run(try server.target(tls())) { !$0.errors.isEmpty }
        #expect(stranger.lines.isEmpty)
        #expect(stranger.errors.first?.hint.contains("client certificate") == true)
    }

    @Test func `names a certificate that cannot be read`() throws {
        let server = try server()
        var tls = tls()
        tls.identity = .files(certificate: folder.path("none.pem"), key: folder.path("client.key"))
        let taker = Taker()
        try taker.run(try server.target(tls)) { !$0.errors.isEmpty }
        #expect(taker.errors.first?.code == .certificate)
        #expect(taker.errors.first?.hint.contains("PEM") == true)
    }

    @Test func `an authority that was exchanged counts from the next connection on`() throws {
        let server = try server()
        let current = folder.path("current.pem")
        try FileManager.default.copyItem(atPath: folder.path("client.pem"), toPath: current)
        let (rightOne, taker) = (folder.path("server.pem"), Taker())
        try taker.run(try server.target(tls(authority: "current.pem"))) { taker in
            if taker.errors.count == 1 {
                try? FileManager.default.removeItem(atPath: current)
                try? FileManager.default.copyItem(atPath: rightOne, toPath: current)
            }
            return taker.lineCount >= 5
        }
        #expect(taker.lineCount == 5)
        #expect(taker.errors.map(\.code) == [.certificate])
    }
}
