import Foundation
import HTTPTransport
import Testing

@testable import Server

/// Connections that take their time.
@Suite(.serialized) struct SlowConnectionTests {
    private static let limits = [
        "server.headerSeconds": "1", "server.idleSeconds": "1", "server.bodySeconds": "1",
        "server.minimumBytesPerSecond": "1000",
    ]
    private static let chunked =
        "POST /v1/observations/hubble HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"

    private struct Slow {
        let name: String
        let start: String
        var drop = ""
        /// How often the drop is sent at most.
        var most = Int.max
        /// What is waited for before anything is trickled.
        var answer: String?
        /// The reason that is counted; nil for one that is merely idle.
        var reason: String?
    }

    private static let livez = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
    private static let refused = "POST /v1/observations/none HTTP/1.1\r\nHost: localhost\r\nContent-Length: "

    private static let slow: [Slow] = [
        .init(name: "silent", start: "", reason: "slow head"),
        .init(name: "head", start: "GET /livez HTTP/1.1\r\n", drop: "X: y\r\n", reason: "slow head"),
        .init(name: "next head", start: livez + "GET /livez HTTP/1.1\r\n", drop: "X: y\r\n"),
        .init(name: "idle", start: livez),
        .init(name: "body", start: chunked, drop: "1\r\n\n\r\n", reason: "slow body"),
        .init(name: "next body", start: livez + chunked, drop: "1\r\n\n\r\n", reason: "slow body"),
        .init(
            name: "body that began fast", start: chunked + "10000\r\n\(String(repeating: "\n", count: 65_536))\r\n",
            reason: "slow body"),
        .init(name: "trailer", start: chunked + "0\r\n", drop: "X: y\r\n", reason: "slow body"),
        .init(name: "broken", start: "nonsense\r\n\r\n"),
        .init(name: "asked to close", start: livez.replacing("Host", with: "Connection: close\r\nHost")),
        .init(name: "body of a refused one", start: refused + "1000\r\n\r\n", drop: "x", reason: "body not read"),
        .init(name: "end of a refused one", start: refused + "1\r\n\r\n", drop: "x", most: 1, answer: "}"),
    ]

    @Test(arguments: slow.map(\.name))
    func `a slow connection is closed in time`(name: String) async throws {
        let service = try await RunningService.start(Self.limits)
        let slow = try #require(Self.slow.first { $0.name == name })
        let connection = try RawConnection(port: service.port)
        connection.send(slow.start)
        if let answer = slow.answer { #expect(await connection.receive(until: answer).contains(answer)) }
        let start = ContinuousClock.now
        let isClosed = await connection.trickle(slow.drop, most: slow.most, for: 30)
        #expect(isClosed, "still open")
        #expect(start.duration(to: .now) < .seconds(10))
        if let reason = slow.reason {
            #expect(try await service.metric("leastwise_refused_total{reason=\"\(reason)\"}") == 1)
        }
        #expect(try await service.post("hubble", Flow.line(0)).status == 200)
        try await service.stop()
    }

    @Test func `a request behind another one has its own time for its body`() async throws {
        let service = try await RunningService.start()
        let body = Flow.line(0)
        let connection = try RawConnection(port: service.port)
        connection.send(
            "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nPOST /v1/observations/hubble HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n")
        #expect(RawConnection.status(await connection.receive(until: "ok\n")) == 200)
        // Longer than an answered request's body is waited for.
        #expect(await !connection.trickle("", for: 7), "closed")
        connection.send(body)
        #expect(RawConnection.status(await connection.receive(until: "}\n")) == 200)
        try await service.stop()
    }

    @Test func `who never reads the answers is let go`() async throws {
        let service = try await RunningService.start(Self.limits)
        let connection = try RawConnection(port: service.port)
        let request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
        let isClosed = await connection.trickle(
            String(repeating: request, count: 500), every: 0.02, for: 60, isReading: false)
        #expect(isClosed, "still open")
        #expect(try await service.metric("leastwise_refused_total{reason=\"slow reader\"}") == 1)
        try await service.stop()
    }

    /// `make soak` has more.
    private static let slowConnections =
        ProcessInfo.processInfo.environment["LEASTWISE_SLOW_CONNECTIONS"].flatMap { Int($0) } ?? 300

    @Test func `hundreds of slow connections do not stop a fast one`() async throws {
        let service = try await RunningService.start()
        let before = try Memory.resident()
        var slow: [RawConnection] = []
        for number in 0..<Self.slowConnections {
            let connection = try RawConnection(port: service.port)
            connection.send(
                number.isMultiple(of: 2) ? "GET /livez HTTP/1.1\r\nX-A: b\r\n" : Self.chunked + "1\r\n{\r\n")
            slow.append(connection)
        }
        let trickle = Trickle(slow, ["X: y\r\n", "1\r\n \r\n"])
        try await Condition.wait { try await service.metric("leastwise_connections") > Self.slowConnections }
        var longest = Duration.zero
        for number in 0..<20 {
            let start = ContinuousClock.now
            #expect(try await service.post("hubble", Flow.line(number)).status == 200)
            longest = max(longest, start.duration(to: .now))
        }
        let grown = try Memory.resident() - before
        print("\(slow.count) slow connections: a fast one waits \(longest) at most; memory \(grown >> 20) MiB more")
        #expect(longest < .seconds(5), "\(longest)")
        #expect(grown < (48 << 20) + (Self.slowConnections << 16), "\(grown >> 20) MiB")
        #expect(try service.storedCount() == 20)
        await trickle.stop()
        slow = []
        try await Condition.wait(for: .seconds(20)) { try await service.metric("leastwise_connections") == 1 }
        try await Condition.wait { try await service.status().intake.bufferedBytes == 0 }
        try await service.stop()
    }

    @Test(arguments: ["hubble", "none"])
    func `a flood of tiny chunks is held in bounded memory`(source: String) async throws {
        let service = try await RunningService.start()
        let chunks = String(repeating: "1\r\n\n\r\n", count: 5_000)
        let before = try Memory.resident()
        let flood = try (0..<20).map { _ in try RawConnection(port: service.port) }
        let sent = flood.map { $0.sendInBackground(Self.chunked.replacing("hubble", with: source) + chunks) }
        var most = 0
        try await Condition.wait {
            most = max(most, try Memory.resident() - before)
            return try await service.metric("leastwise_connections") > 20
        }
        for task in sent {
            _ = await task.value
            most = max(most, try Memory.resident() - before)
        }
        print("\(flood.count) floods of tiny chunks: memory \(most >> 20) MiB more")
        #expect(most < 100 << 20)
        #expect(try await service.post("hubble", Flow.line(0)).status == 200)
        try await service.stop()
    }

    @Test func `slow bodies that hold much do not take the memory of a fast one`() async throws {
        let service = try await RunningService.start(["server.bufferMebibytes": "16"])
        let part = String(repeating: Flow.line(1) + "\n", count: 200)
        let chunk = "\(String(part.utf8.count, radix: 16))\r\n\(part)\r\n"
        #expect((128 << 10..<256 << 10).contains(part.utf8.count))
        var slow: [RawConnection] = []
        for _ in 0..<150 {
            let connection = try RawConnection(port: service.port)
            connection.send(Self.chunked + chunk)
            slow.append(connection)
        }
        let trickle = Trickle(slow, ["1\r\n\n\r\n"])
        for number in 0..<5 {
            let body = Flow.lines(number * 500..<number * 500 + 500)
            #expect(try await service.post("hubble", body).status == 200)
        }
        await trickle.stop()
        slow = []
        try await service.stop()
    }
}
