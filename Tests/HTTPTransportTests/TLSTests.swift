import Foundation
import ScriptedServers
import Testing

@testable import HTTPTransport

/// A server with a certificate that it signed itself.
private final class TLSServer: Sendable {
    let folder: TemporaryFolder
    let server: ScriptedServer

    static let hasOpenSSL = (try? ScriptedServer.run(["openssl", "version"]))?.status == 0

    init(asksForCertificate: Bool = false) throws {
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
                + (asksForCertificate ? ["--client-ca", folder.path("certificate")] : [])
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

    @Test func `trusts an authority in memory, for the URL's host while it connects elsewhere`() throws {
        var policy = HTTPPolicy()
        policy.caPEM = try server.folder.path("certificate").pemBytes
        policy.connectTo = "127.0.0.1:\(server.server.port)"
        let client = HTTPClient(policy: policy)
        #expect(try client.send(HTTPRequest(url: "https://localhost:1/status/200")).status == 200)
        let error = try #require(throws: HTTPError.self) {
            try client.send(HTTPRequest(url: "https://other:1/status/200"))
        }
        #expect(error.code == .certificate)
    }

    @Test func `shows its certificate, from files or from memory`() throws {
        let server = try TLSServer(asksForCertificate: true)
        let (certificate, key) = (server.folder.path("certificate"), server.folder.path("key"))
        func send(_ identity: ClientIdentity?) throws -> Int {
            var policy = HTTPPolicy(caFile: certificate)
            policy.identity = identity
            return try HTTPClient(policy: policy)
                .send(HTTPRequest(url: "https://localhost:\(server.server.port)/status/200")).status
        }
        #expect(throws: HTTPError.self) { try send(nil) }
        #expect(try send(.files(certificate: certificate, key: key)) == 200)
        let pem = try certificate.pemBytes
        #expect(try send(.pem(certificate: pem, key: Secret(String(decoding: key.pemBytes, as: UTF8.self)))) == 200)
    }

    @Test func `names an authority file that is unreadable`() throws {
        let error = try #require(throws: HTTPError.self) { try send(host: "localhost", caFile: "/nowhere/ca.pem") }
        #expect(error.code == .certificate)
    }
}

extension String {
    fileprivate var pemBytes: [UInt8] {
        get throws { try Array(Data(contentsOf: URL(fileURLWithPath: self))) }
    }
}
