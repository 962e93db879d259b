import Foundation
import HTTPTransport
import Testing

@testable import Server

/// Every route, asked by those who may not.
@Suite struct IntruderTests {
    /// What a route answers to whom. A new route needs an entry here.
    struct Expectation {
        /// To a sender who may do everything.
        let allowed: Int
        /// To one who is known, but may not do this; nil for a route that is open to anybody.
        let forbidden: Int?
        var path: String
        var body = ""
    }

    private static let expected: [ServerRoute: Expectation] = [
        .observations: .init(allowed: 200, forbidden: 403, path: "/v1/observations/hubble", body: Flow.line(0)),
        .learn: .init(allowed: 202, forbidden: 403, path: "/v1/learn"),
        .status: .init(allowed: 200, forbidden: 403, path: "/v1/status"),
        .metrics: .init(allowed: 200, forbidden: 403, path: "/metrics"),
        .liveness: .init(allowed: 200, forbidden: nil, path: "/livez"),
        .readiness: .init(allowed: 200, forbidden: nil, path: "/readyz"),
    ]

    /// Credentials that let nobody in.
    enum Credentials: String, CaseIterable {
        case none, noScheme, emptyBearer, schemeAlone, wrongToken, tokenAndMore, tokenBegun, tokenInOtherCase, expired
        case otherScheme, twoHeaders, twiceTheSame, list, inTheQuery, inACookie, hashInsteadOfToken

        var fields: String {
            let token = TestSender.all.token
            switch self {
            case .none, .inTheQuery: return ""
            case .noScheme: return "Authorization: \(token)\r\n"
            case .emptyBearer: return "Authorization: Bearer \r\n"
            case .schemeAlone: return "Authorization: Bearer\r\n"
            case .wrongToken: return "Authorization: Bearer lw_secret-of-nobody\r\n"
            case .tokenAndMore: return "Authorization: Bearer \(token)x\r\n"
            case .tokenBegun: return "Authorization: Bearer \(token.dropLast())\r\n"
            case .tokenInOtherCase: return "Authorization: Bearer \(token.uppercased())\r\n"
            case .expired: return "Authorization: Bearer \(TestSender.expired.token)\r\n"
            case .otherScheme:
                return "Authorization: Basic \(Data("all:\(token)".utf8).base64EncodedString())\r\n"
            case .twoHeaders:
                return "Authorization: Bearer \(token)\r\nAuthorization: Bearer lw_secret-of-nobody\r\n"
            case .twiceTheSame: return "Authorization: Bearer \(token)\r\nAuthorization: Bearer \(token)\r\n"
            case .list: return "Authorization: Bearer \(token), Bearer \(token)\r\n"
            case .inACookie: return "Cookie: Authorization=Bearer \(token); token=\(token)\r\n"
            case .hashInsteadOfToken: return "Authorization: Bearer \(TestSender.hash(of: .all))\r\n"
            }
        }

        var query: String { self == .inTheQuery ? "?access_token=\(TestSender.all.token)" : "" }
    }

    private static func start() async throws -> RunningService {
        try await RunningService.start(
            ["server.sendersFile": "{folder}/senders.yaml", "log.level": "trace"],
            files: ["senders.yaml": TestSender.file([.all, .expired, .auditOnly, .powerless])])
    }

    private static func head(_ route: ServerRoute, _ expectation: Expectation, query: String = "") -> String {
        "\(route.method) \(expectation.path)\(query) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Content-Length: \(expectation.body.utf8.count)\r\n"
    }

    @Test(arguments: ServerRoute.allCases)
    func `a route lets in who may come in, and nobody else`(route: ServerRoute) async throws {
        let expectation = try #require(Self.expected[route], "say who may use \(route)")
        let service = try await Self.start()
        var answers: [String] = []
        for credentials in Credentials.allCases {
            let request =
                Self.head(route, expectation, query: credentials.query) + credentials.fields + "\r\n" + expectation.body
            let answer = try await RawConnection.answer(service.port, request)
            answers.append(answer)
            let status = RawConnection.status(answer)
            guard expectation.forbidden != nil else {
                #expect(status == 200, "\(credentials)")
                continue
            }
            #expect(status == 401, "\(credentials)")
            #expect(answer.lowercased().contains("\r\nwww-authenticate: bearer realm=\"leastwise\"\r\n"))
            #expect(answer.contains("application/problem+json"))
        }
        for sender in [TestSender.powerless, .auditOnly] {
            let answer = try await ask(service, route, expectation, sender)
            answers.append(answer)
            #expect(RawConnection.status(answer) == expectation.forbidden ?? 200)
        }
        #expect(try service.storedCount() == 0)
        let allowed = try await ask(service, route, expectation, .all)
        answers.append(allowed)
        #expect(RawConnection.status(allowed) == expectation.allowed)
        #expect(try service.storedCount() == (route == .observations ? 1 : 0))
        try expectNoSecrets(in: answers, service.log, isGuarded: expectation.forbidden != nil)
        try await service.stop()
    }

    private func ask(
        _ service: RunningService, _ route: ServerRoute, _ expectation: Expectation, _ sender: TestSender
    ) async throws -> String {
        try await RawConnection.answer(
            service.port,
            Self.head(route, expectation) + "Authorization: bearer \(sender.token)\r\n\r\n" + expectation.body)
    }

    private func expectNoSecrets(in answers: [String], _ log: CapturedLog, isGuarded: Bool) throws {
        let lines = log.lines
        #expect(lines.count == log.events.count)
        #expect(lines.contains { $0.contains("request answered") })
        #expect(log.has("request refused") == isGuarded)
        for text in lines + answers {
            let lower = text.lowercased()
            #expect(!lower.contains("lw_secret"), "\(text)")
            #expect(!lower.contains(TestSender.hash(of: .all)), "\(text)")
            #expect(!text.contains(Data("all:\(TestSender.all.token)".utf8).base64EncodedString()), "\(text)")
        }
    }

    @Test func `a sender sends its own sources alone`() async throws {
        let service = try await Self.start()
        let sender = TestSender.auditOnly.token
        let refused = try await service.post("hubble", Flow.line(0), token: sender)
        #expect(refused.status == 403)
        #expect(refused.reason == "other source")
        #expect(try await service.post("audit", "", token: sender).status == 200)
        #expect(try service.storedCount() == 0)
        try await service.stop()
    }

    @Test func `a head of a megabyte of token is refused`() async throws {
        let service = try await Self.start()
        let answer = try await RawConnection.answer(
            service.port,
            "GET /v1/status HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + String(repeating: "x", count: 1 << 20) + "\r\n\r\n")
        #expect([400, nil].contains(RawConnection.status(answer)))
        #expect(try await service.send("GET", "/v1/status", token: TestSender.all.token).status == 200)
        try await service.stop()
    }

    @Test func `on this machine nobody needs credentials, until somebody has some`() async throws {
        let open = try await RunningService.start()
        #expect(try await open.post("hubble", Flow.line(0)).status == 200)
        #expect(try await open.send("GET", "/v1/status").status == 200)
        try await open.stop()
        let closed = try await RunningService.start(
            ["server.sendersFile": "{folder}/senders.yaml"], files: ["senders.yaml": TestSender.file([])])
        #expect(try await closed.post("hubble", Flow.line(0)).status == 401)
        #expect(try await closed.send("GET", "/v1/status").status == 401)
        #expect(try await closed.send("GET", "/metrics").status == 401)
        #expect(try await closed.send("GET", "/livez").status == 200)
        #expect(try closed.storedCount() == 0)
        try await closed.stop()
    }

    @Test func `a web page in a browser on this machine gets nothing`() async throws {
        let service = try await RunningService.start()
        let page = ["Origin": "https://evil.example", "Content-Type": "text/plain"]
        let refused = try await service.post("hubble", Flow.line(0), headers: page)
        #expect(refused.status == 403)
        #expect(refused.reason == "browser")
        #expect(try await service.send("POST", "/v1/learn", body: [], headers: page).status == 403)
        for host in ["evil.example", "127.evil.example", "127.0.0.1.nip.io", "localhost.evil.example", "[::2]"] {
            let refused = try await service.send("GET", "/v1/status", headers: ["Host": host])
            #expect(refused.status == 403, "\(host)")
        }
        for host in ["localhost:1", "127.0.0.1", "127.1.2.3:80", "[::1]:80", "LOCALHOST"] {
            #expect(try await service.send("GET", "/v1/status", headers: ["Host": host]).status == 200, "\(host)")
        }
        #expect(try service.storedCount() == 0)
        #expect(try await service.post("hubble", Flow.line(0), headers: ["Content-Type": "text/plain"]).status == 200)
        try await service.stop()
    }
}
