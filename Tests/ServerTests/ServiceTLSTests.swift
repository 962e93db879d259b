import Domain
import Foundation
import HTTPTransport
import ScriptedServers
import Testing

@testable import Server

/// The service with certificates of its own and of its senders.
@Suite(.enabled(if: TestAuthority.hasOpenSSL, "the openssl program is not installed"))
struct ServiceTLSTests {
    private let folder: TemporaryFolder
    private let authority: TestAuthority
    private let own: TestAuthority.Issued

    init() async throws {
        folder = try TemporaryFolder()
        authority = try await TestAuthority("known", in: folder)
        own = try await authority.issue("service", "IP:127.0.0.1")
    }

    private var senders: [TestSender] {
        [
            TestSender("byName", "certificateNames: [vector.example]", "sources: [hubble]", "may: [status]"),
            TestSender(
                "byURI", "certificateNames: ['spiffe://example/audit']", "sources: [audit]", "may: [status]"),
            TestSender("other", "sources: [audit]", "may: [status]"),
        ]
    }

    private func start(
        asksForCertificates: Bool = true, _ more: [String: String] = [:],
        now: @escaping @Sendable () -> Timestamp = SystemClock.now
    ) async throws -> RunningService {
        var values = [
            "server.certificateFile": own.certificate, "server.keyFile": own.key,
            "server.sendersFile": "{folder}/senders.yaml",
        ]
        values.merge(more) { $1 }
        if asksForCertificates { values["server.clientCAFile"] = authority.certificate }
        return try await RunningService.start(
            values, files: ["senders.yaml": TestSender.file(senders)], in: folder, now: now)
    }

    /// Asks for the status as somebody.
    private func ask(
        _ service: RunningService, _ path: String = "/v1/status", as identity: TestAuthority.Issued? = nil,
        token: String? = nil, trusting: String? = nil
    ) async throws -> HTTPResponse {
        var policy = HTTPPolicy(caFile: trusting ?? authority.certificate)
        policy.identity = identity?.identity
        return try await service.send("GET", path, token: token, policy: policy, scheme: "https")
    }

    private func post(
        _ service: RunningService, _ source: String, as identity: TestAuthority.Issued, token: String? = nil
    ) async throws -> HTTPResponse {
        var policy = HTTPPolicy(caFile: authority.certificate)
        policy.identity = identity.identity
        return try await service.send(
            "POST", "/v1/observations/\(source)", body: Array(Flow.line(0).utf8), token: token, policy: policy,
            scheme: "https")
    }

    @Test func `a certificate stands for the sender that its alternative names name`() async throws {
        let service = try await start()
        let byName = try await authority.issue("x", "DNS:vector.example", to: "dns")
        let byURI = try await authority.issue("x", "URI:spiffe://example/audit", to: "uri")
        #expect(try await ask(service, as: byName).status == 200)
        #expect(try await ask(service, as: byURI).status == 200)
        #expect(try await post(service, "hubble", as: byName).status == 200)
        let other = try await post(service, "hubble", as: byURI)
        #expect(other.status == 403)
        #expect(other.reason == "other source")
        #expect(try service.storedCount() == 1)
        try await service.stop()
    }

    @Test(arguments: [
        ("CN=vector.example", nil), ("x", "DNS:*.example"), ("x", "DNS:vector.example.evil"),
        ("x", "DNS:VECTOR.EXAMPLE"),
        ("x", "email:vector.example@example"), ("x", "URI:vector.example.org"), ("x", "IP:10.0.0.1"),
    ])
    func `a certificate that names no sender is nobody's`(common: String, names: String?) async throws {
        let service = try await start()
        let stranger = try await authority.issue(common.replacing("CN=", with: ""), names, to: "stranger")
        let answer = try await ask(service, as: stranger)
        #expect(answer.status == 401)
        #expect(answer.reason == "no credentials")
        // It does not keep its holder from showing a token.
        #expect(try await ask(service, as: stranger, token: TestSender("other").token).status == 200)
        try await service.stop()
    }

    @Test func `a certificate goes before the token beside it`() async throws {
        let service = try await start()
        let byName = try await authority.issue("x", "DNS:vector.example", to: "dns")
        let other = TestSender("other").token
        #expect(try await post(service, "hubble", as: byName, token: other).status == 200)
        #expect(try await post(service, "audit", as: byName, token: other).status == 403)
        #expect(try await ask(service, as: byName, token: "wrong").status == 200)
        try await service.stop()
    }

    @Test func `a certificate that expired since the handshake is nobody's`() async throws {
        let later = SystemClock.now().rawValue + 3 * Timestamp.nanosecondsPerDay
        let service = try await start(now: { Timestamp(rawValue: later) })
        let answer = try await ask(service, as: try await authority.issue("x", "DNS:vector.example", to: "dns"))
        #expect(answer.status == 401)
        #expect(answer.reason == "expired")
        try await service.stop()
    }

    @Test func `an authority that is taken away ends the connections that it vouched for`() async throws {
        let service = try await start()
        let byName = try await authority.issue("x", "DNS:vector.example", to: "dns")
        let input = try folder.write("GET /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n", to: "request").path
        let output = try folder.write("", to: "answer").path
        let port = service.port
        // Stays connected behind its input's end.
        async let client = Background.run {
            try ScriptedServer.run([
                "sh", "-c",
                "timeout 30 openssl s_client -quiet -connect 127.0.0.1:\(port) -cert \(byName.certificate) "
                    + "-key \(byName.key) <\(input) >\(output) 2>/dev/null",
            ]).status
        }
        try await Condition.wait { try String(contentsOfFile: output, encoding: .utf8).contains("200 OK") }
        let new = try await TestAuthority("new", in: folder)
        try String(contentsOfFile: new.certificate, encoding: .utf8).write(
            toFile: authority.certificate, atomically: true, encoding: .utf8)
        #expect(try await client != 124, "still connected after 30 seconds")
        try await service.stop()
    }

    @Test func `a certificate of an unknown authority ends the handshake`() async throws {
        let service = try await start()
        let unknown = try await TestAuthority("unknown", in: folder)
        let forged = try await unknown.issue("x", "DNS:vector.example")
        await #expect(throws: HTTPError.self) { try await ask(service, as: forged) }
        #expect(try await ask(service, "/livez").status == 200)
        try await service.stop()
    }

    @Test func `a session that is taken up again is still the same sender's`() async throws {
        let service = try await start()
        let byName = try await authority.issue("x", "DNS:vector.example", to: "dns")
        let session = folder.url.appending(path: "session").path
        var answers: [String] = []
        for option in ["-sess_out", "-sess_in"] {
            answers.append(
                try await client(
                    service,
                    [
                        "-cert", byName.certificate, "-key", byName.key, option, session,
                    ], "GET /v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        }
        #expect(answers.allSatisfy { $0.contains("HTTP/1.1 200 OK") }, "\(answers)")
        try await service.stop()
    }

    @Test(arguments: [("-tls1_1", false), ("-tls1", false), ("-tls1_2", true), ("-tls1_3", true)])
    func `old versions of TLS are refused`(version: String, isTaken: Bool) async throws {
        let service = try await start(asksForCertificates: false)
        let answer = try await client(
            service, [version, "-cipher", "DEFAULT@SECLEVEL=0"],
            "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(answer.contains("HTTP/1.1 200 OK") == isTaken, "\(answer)")
        #expect(answer.contains("alert protocol version") == !isTaken, "\(answer)")
        try await service.stop()
    }

    /// What the openssl program's client says, which sends a text.
    private func client(_ service: RunningService, _ arguments: [String], _ text: String) async throws -> String {
        let input = try folder.write(text, to: "input").path
        let port = service.port
        return try await Background.run {
            // The answer has to come before the client's input ends.
            let command =
                (["(cat", input, "; sleep 2) | timeout 20 openssl s_client -connect 127.0.0.1:\(port)"] + arguments)
                .joined(separator: " ")
            return try ScriptedServer.run(["sh", "-c", command]).output
        }
    }

    @Test func `without TLS nobody is answered`() async throws {
        let service = try await start(asksForCertificates: false)
        let answer = try await RawConnection.answer(
            service.port, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(RawConnection.status(answer) == nil)
        await #expect(throws: HTTPError.self) { try await service.send("GET", "/livez") }
        #expect(try await ask(service, "/livez").status == 200)
        try await service.stop()
    }

    @Test(arguments: ["", "\u{16}\u{03}\u{01}"])
    func `a handshake that does not end is closed in time`(begun: String) async throws {
        let service = try await start(asksForCertificates: false, ["server.headerSeconds": "1"])
        let connection = try RawConnection(port: service.port)
        #expect(await connection.trickle(begun, most: 1, for: 20), "still open")
        #expect(try await ask(service, "/livez").status == 200)
        try await service.stop()
    }

    @Test func `exchanged certificates are taken up, and half of an exchange is not`() async throws {
        let service = try await start(asksForCertificates: false)
        let new = try await TestAuthority("new", in: folder)
        let issued = try await new.issue("service", "IP:127.0.0.1")
        #expect(try await ask(service, "/livez").status == 200)
        let text = try String(contentsOfFile: issued.certificate, encoding: .utf8)
        for broken in [String(text.prefix(text.count / 2)), "", text] {
            // The last is whole, but does not belong to the key.
            let logged = service.log.events.count { $0["what"] == "certificates" }
            try broken.write(toFile: own.certificate, atomically: false, encoding: .utf8)
            try await Condition.wait { service.log.events.count { $0["what"] == "certificates" } > logged }
            #expect(try await ask(service, "/livez").status == 200)
        }
        try String(contentsOfFile: issued.key, encoding: .utf8).write(
            toFile: own.key, atomically: true, encoding: .utf8)
        try await Condition.wait { (try? await ask(service, "/livez", trusting: new.certificate).status) == 200 }
        await #expect(throws: HTTPError.self) { try await ask(service, "/livez") }
        #expect(!service.log.lines.contains { $0.contains("PRIVATE KEY") })
        try await service.stop()
    }

    @Test func `files that are of no use keep the service from starting`() async throws {
        try "nonsense".write(toFile: own.key, atomically: true, encoding: .utf8)
        await #expect(throws: (any Error).self) { try await start() }
    }
}
