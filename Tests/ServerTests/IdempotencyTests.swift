import Foundation
import HTTPTransport
import Testing

@testable import Server

@Suite struct IdempotencyTests {
    @Test func `a batch that is sent again counts once, also after a restart`() async throws {
        let service = try await RunningService.start()
        let key = ["Idempotency-Key": "batch-1"]
        let first = try await service.post("hubble", Flow.lines(0..<5), headers: key)
        let second = try await service.post("hubble", Flow.lines(0..<5), headers: key)
        #expect(first.status == 200)
        #expect(second.body == first.body)
        #expect(first.headers["Idempotency-Replayed"] == nil)
        #expect(second.headers["Idempotency-Replayed"] == "true")
        #expect(try service.storedCount() == 5)
        try await service.stop()

        let again = try await RunningService.start(in: service.folder)
        #expect(try await again.post("hubble", Flow.lines(0..<5), headers: key).body == first.body)
        #expect(try again.storedCount() == 5)
        #expect(
            try await again.post("hubble", Flow.lines(0..<5), headers: ["Idempotency-Key": "batch-2"]).status == 200)
        #expect(try again.storedCount() == 10)
        try await again.stop()
    }

    @Test func `another body under a known key is refused, not acknowledged`() async throws {
        let service = try await RunningService.start()
        let key = ["Idempotency-Key": "k"]
        #expect(try await service.post("hubble", Flow.lines(0..<5), headers: key).status == 200)
        let other = try await service.post("hubble", Flow.lines(5..<9), headers: key)
        #expect(other.status == 422)
        #expect(other.reason == "key of another body")
        #expect(try service.storedCount() == 5)
        try await service.stop()
    }

    @Test func `without a key each batch counts`() async throws {
        let service = try await RunningService.start()
        for _ in 0..<2 { _ = try await service.post("hubble", Flow.lines(0..<5)) }
        #expect(try service.storedCount() == 10)
        try await service.stop()
    }

    @Test func `at the same time one of them counts, and the others are told to wait or get its answer`() async throws {
        let service = try await RunningService.start()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await service.post("hubble", Flow.lines(0..<500), headers: ["Idempotency-Key": "k"]).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(statuses).isSubset(of: [200, 409]))
        #expect(statuses.contains(200))
        #expect(try service.storedCount() == 500)
        try await service.stop()
    }

    @Test(arguments: ["Content-Length: 100000", "Transfer-Encoding: chunked"])
    func `a body that breaks off counts for nothing where it has a key`(framing: String) async throws {
        let service = try await RunningService.start()
        let part = Flow.lines(0..<5)
        let chunk = framing.hasPrefix("T") ? "\(String(part.utf8.count, radix: 16))\r\n\(part)\r\n" : part
        let connection = try RawConnection(port: service.port)
        connection.send(
            "POST /v1/observations/hubble HTTP/1.1\r\nHost: localhost\r\n\(framing)\r\nIdempotency-Key: k\r\n\r\n"
                + chunk)
        connection.finishSending()
        _ = await connection.receiveAll()
        #expect(try service.storedCount() == 0)
        #expect(
            try await service.post("hubble", Flow.lines(0..<7), headers: ["Idempotency-Key": "k"]).answer.accepted == 7)
        #expect(try service.storedCount() == 7)
        try await service.stop()
    }

    @Test(arguments: ["Content-Length: 100000", "Transfer-Encoding: chunked"])
    func `a body that breaks off is never acknowledged`(framing: String) async throws {
        let service = try await RunningService.start()
        let part = Flow.lines(0..<5)
        let chunk = framing.hasPrefix("T") ? "\(String(part.utf8.count, radix: 16))\r\n\(part)\r\n" : part
        let connection = try RawConnection(port: service.port)
        connection.send("POST /v1/observations/hubble HTTP/1.1\r\nHost: localhost\r\n\(framing)\r\n\r\n" + chunk)
        connection.finishSending()
        let answer = await connection.receiveAll()
        #expect(!answer.contains(" 200 "))
        try await service.stop()
    }

    @Test func `a body too large for a key says so`() async throws {
        let service = try await RunningService.start(["server.bufferMebibytes": "16"])
        let line = Flow.line(0) + "\n"
        let large = String(repeating: line, count: (13 << 20) / line.utf8.count)
        let response = try await service.post("hubble", large, headers: ["Idempotency-Key": "k"])
        #expect(response.status == 413)
        #expect(response.reason == "too large for key")
        #expect(try service.storedCount() == 0)
        #expect(try await service.post("hubble", large).status == 200)
        try await service.stop()
    }
}
