import Foundation
import HTTPTransport
import Testing

@testable import Server

@Suite struct ShutdownTests {
    private static func head(_ length: Int) -> String {
        "POST /v1/observations/hubble HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(length)\r\n\r\n"
    }

    @Test func `a request in progress is answered, a new one is not, and all that was acknowledged is there`()
        async throws
    {
        let service = try await RunningService.start()
        #expect(try await service.post("hubble", Flow.line(0)).status == 200)
        let body = Flow.lines(1..<5)
        let begun = try RawConnection(port: service.port)
        begun.send(Self.head(body.utf8.count) + body.dropLast(10))
        let waiting = try RawConnection(port: service.port)
        waiting.send("POST /v1/observations/hubble HTTP/1.1\r\nHost: localhost\r\nContent-Le")
        try await Condition.wait { try await service.status().intake.bufferedBytes > 0 }
        await service.beginStop()
        // Nobody new is let in.
        try await Condition.wait { (try? RawConnection(port: service.port)) == nil }
        begun.send(String(body.suffix(10)))
        let answer = await begun.receiveAll()
        #expect(RawConnection.status(answer) == 200)
        #expect(answer.contains("\"accepted\":4"))
        waiting.send("ngth: 0\r\n\r\n")
        #expect([nil, 503].contains(RawConnection.status(await waiting.receiveAll())))
        try await service.stopped()
        #expect(try service.storedCount() == 5)
    }

    @Test func `a connection that never ends does not keep the service from stopping`() async throws {
        let service = try await RunningService.start(["server.drainSeconds": "1"])
        let endless = try RawConnection(port: service.port)
        endless.send(Self.head(1 << 20) + Flow.line(0) + "\n")
        let idle = try RawConnection(port: service.port)
        idle.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(RawConnection.status(await idle.receive(until: "ok\n")) == 200)
        let trickle = Trickle([endless], ["\n"])
        let start = ContinuousClock.now
        try await service.stop()
        #expect(start.duration(to: .now) < .seconds(10))
        await trickle.stop()
        #expect(RawConnection.status(await endless.receiveAll()) != 200)
        #expect(await idle.receiveAll() == "")
    }

    @Test func `while it drains it says so on connections that are open`() async throws {
        let service = try await RunningService.start()
        let first = Flow.line(0)
        let open = try RawConnection(port: service.port)
        open.send(Self.head(first.utf8.count) + first.dropLast())
        try await Condition.wait { try await service.status().intake.bufferedBytes > 0 }
        await service.beginStop()
        try await Condition.wait { (try? RawConnection(port: service.port)) == nil }
        // The next requests stand behind the one in progress.
        open.send(
            "}" + "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "POST /v1/observations/hubble HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        let statuses = RawConnection.statuses(await open.receiveAll())
        #expect(statuses.first == 200)
        #expect(statuses.dropFirst().allSatisfy { $0 == 503 })
        try await service.stopped()
        #expect(try service.storedCount() == 1)
    }
}
