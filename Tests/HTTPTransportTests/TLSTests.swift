import Foundation
import ScriptedServers
import Testing

@testable import HTTPTransport

/// A server with a certificate that it signed itself.
private final class TLSServer: Sendable {
    let folder: TemporaryFolder
    let server: ScriptedServer

    static let hasOpenSSL = (try? ScriptedServer.run(["openssl", "version"]))?.status == 0

    init() throws {
        folder = try TemporaryFolder()
        let made = try ScriptedServer.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2", "-subj", "/CN=leastwise-test", "-addext", "subjectAltName=DNS:localhost",
            "-keyout", folder.path("key"), "-out", folder.path("certificate"),
        ])
        try #require(made.status == 0, "\(made.output)")
        server = try ScriptedServer(
            "scripted-http.py",
            ["--certificate", folder.path("certificate"), "--key", folder.path("key")]
        )
    }
}

@Suite(.enabled(if: TLSServer.hasOpenSSL, "the openssl program is not installed"))
struct TLSTests {
    private let server: TLSServer

    init() throws {
        server = try TLSServer()
    }

    private func send(host: String, caFile: String?) throws -> HTTPResponse {
        try HTTPClient(policy: HTTPPolicy(caFile: caFile))
            .send(HTTPRequest(url: "https://\(host):\(server.server.port)/status/200"))
    }

    @Test func `trusts the configured authority`() throws {
        #expect(try send(host: "localhost", caFile: server.folder.path("certificate")).status == 200)
    }

    @Test func `does not trust an unknown authority`() throws {
        let error = try #require(throws: HTTPError.self) { try send(host: "localhost", caFile: nil) }
        #expect(error.code == .certificate)
        #expect(error.hint.contains("caFile"))
    }

    @Test func `does not take a certificate for another name`() throws {
        let error = try #require(throws: HTTPError.self) {
            try send(host: "127.0.0.1", caFile: server.folder.path("certificate"))
        }
        #expect(error.code == .certificate)
    }

    @Test func `names an authority file that is unreadable`() throws {
        let error = try #require(throws: HTTPError.self) { try send(host: "localhost", caFile: "/nowhere/ca.pem") }
        #expect(error.code == .certificate)
    }
}
