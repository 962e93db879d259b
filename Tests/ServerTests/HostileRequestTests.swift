import Foundation
import HTTPTransport
import Testing

@testable import Server

/// Bytes that no client library would send.
@Suite struct HostileRequestTests {
    private static func start(_ values: [String: String] = [:]) async throws -> RunningService {
        try await RunningService.start(
            values.merging(["server.sendersFile": "{folder}/senders.yaml", "log.level": "debug"]) { own, _ in own },
            files: ["senders.yaml": TestSender.file([.all])])
    }

    /// With the credentials of a sender: what is refused is not refused for want of them.
    private static func authorized(_ request: HostileRequest) -> String {
        guard request.text.hasPrefix("POST "), let end = request.text.firstRange(of: "\r\n") else {
            return request.text
        }
        return request.text[..<end.upperBound] + "Authorization: Bearer \(TestSender.all.token)\r\n"
            + request.text[end.upperBound...]
    }

    @Test func `each is refused in time, and the service lives on`() async throws {
        let service = try await Self.start()
        for request in HostileRequest.all {
            let start = ContinuousClock.now
            let answer = try await RawConnection.answer(service.port, Self.authorized(request))
            #expect(start.duration(to: .now) < .seconds(20), "\(request.name)")
            let status = RawConnection.status(answer)
            // Closed while more is sent, a connection may lose the answer on its way.
            let mayBeLost = request.text.utf8.count > 16 << 10
            #expect(
                status.map { request.statuses.contains($0) } ?? (request.statuses.isEmpty || mayBeLost),
                "\(request.name): \(answer.prefix(300))")
            #expect(RawConnection.statuses(answer).count <= 1, "\(request.name) was read as more than one request")
            let good = try await service.post("hubble", "", token: TestSender.all.token)
            #expect(good.status == 200, "after \(request.name)")
        }
        #expect(try service.storedCount() == 0)
        try await expectNoConnections(service)
        #expect(!service.log.has("request failed"))
        #expect(!service.log.lines.contains { $0.contains("10.9.8.7") || $0.contains("X-Secret") })
        #expect(service.log.lines.count == service.log.events.count)
        try await service.stop()
    }

    private func expectNoConnections(_ service: RunningService) async throws {
        try await Condition.wait(for: .seconds(20)) {
            // The one that asks.
            let text = try await service.send("GET", "/metrics", token: TestSender.all.token).text
            return text.contains("\nleastwise_connections 1\n")
        }
    }

    @Test func `a thousand pipelined requests are answered in their order`() async throws {
        let service = try await Self.start()
        let connection = try RawConnection(port: service.port)
        let numbers = 0..<1000
        let sent = connection.sendInBackground(
            numbers.map { "GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: n\($0)\r\n\r\n" }.joined())
        let answers = await connection.receive(count: 1000, of: "\r\n\r\nok\n")
        #expect(await sent.value)
        let ids = answers.components(separatedBy: "X-Request-Id: ").dropFirst().map {
            $0.components(separatedBy: "\r\n")[0]
        }
        #expect(Array(ids) == numbers.map { "n\($0)" })
        try await service.stop()
    }

    @Test func `the answer to HEAD has no body that would be read as the next answer`() async throws {
        let service = try await Self.start()
        let answer = try await RawConnection.answer(
            service.port,
            "HEAD /livez HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(RawConnection.statuses(answer) == [200, 401])
        #expect(!answer.contains("ok\n"))
        #expect(!answer.contains("{"))
        #expect(answer.contains("Content-Length: 3\r\n"))
        try await service.stop()
    }

    @Test func `a body is asked for once it is wanted, and not before`() async throws {
        let service = try await Self.start()
        func head(_ token: String, _ length: Int) -> String {
            "POST /v1/observations/hubble HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                + "Authorization: Bearer \(token)\r\nContent-Length: \(length)\r\n\r\n"
        }
        let body = Flow.line(0)
        let connection = try RawConnection(port: service.port)
        connection.send(head(TestSender.all.token, body.utf8.count))
        #expect(await connection.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        connection.send(body)
        #expect(RawConnection.status(await connection.receive(until: "}\n")) == 200)
        for (token, length, status) in [("wrong", 10, 401), (TestSender.all.token, 1 << 40, 413)] {
            let refused = try RawConnection(port: service.port)
            refused.send(head(token, length))
            #expect(RawConnection.statuses(await refused.receive(until: "}")) == [status])
        }
        #expect(try service.storedCount() == 1)
        try await service.stop()
    }

    @Test func `who sends a large body without leave still sees why it was refused`() async throws {
        let service = try await Self.start()
        let connection = try RawConnection(port: service.port)
        let sent = connection.sendInBackground(
            "POST /v1/observations/hubble HTTP/1.1\r\nHost: localhost\r\nContent-Length: 33554432\r\n\r\n"
                + String(repeating: "x", count: 32 << 20))
        #expect(RawConnection.status(await connection.receive(until: "}")) == 401)
        #expect(await sent.value)
        // The connection goes on behind the body that nobody wanted.
        connection.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(RawConnection.status(await connection.receive(until: "ok\n")) == 200)
        try await service.stop()
    }
}
