import HTTPTransport
import NIOCore
import Testing

@testable import Server

@Suite struct MemoryBudgetTests {
    @Test func `what a share holds goes back with its end`() {
        let budget = MemoryBudget(bytes: 64 << 20)
        do {
            let share = MemoryShare(of: budget, owner: nil)
            #expect(share.hold(1000))
            #expect(share.hold(200))
            #expect(budget.inUse == 200)
            #expect(share.hold(5000))
            #expect(budget.inUse == 5000)
            withExtendedLifetime(share) {}
        }
        #expect(budget.inUse == 0)
    }

    @Test func `a share that may not grow holds what it held`() {
        let budget = MemoryBudget(bytes: 64 << 20)
        let share = MemoryShare(of: budget, owner: nil)
        #expect(share.hold(100))
        #expect(!share.hold(budget.largestShare + 1))
        #expect(share.held == 100)
        #expect(budget.inUse == 100)
    }

    @Test func `large shares leave a quarter to small ones`() {
        let budget = MemoryBudget(bytes: 64 << 20)
        let large = (0..<3).map { _ in MemoryShare(of: budget, owner: nil) }
        #expect(large.map { $0.hold(budget.largestShare) } == [true, true, false])
        #expect(large[2].hold((48 << 20) - 2 * budget.largestShare))
        let another = MemoryShare(of: budget, owner: nil)
        #expect(!another.hold(2 << 20))
        let small = (0..<17).map { _ in MemoryShare(of: budget, owner: nil) }
        #expect(small.map { $0.hold(1 << 20) } == Array(repeating: true, count: 16) + [false])
        #expect(budget.inUse == 64 << 20)
        withExtendedLifetime((large, small)) {}
    }

    @Test func `one sender leaves room for the bodies of others, however many it sends`() {
        let budget = MemoryBudget(bytes: 64 << 20)
        let greedy = (0..<64).map { _ in MemoryShare(of: budget, owner: "greedy") }
        #expect(greedy.count { $0.hold(1 << 20) } == 48)
        let other = (0..<16).map { _ in MemoryShare(of: budget, owner: "other") }
        #expect(other.count { $0.hold(1 << 20) } == 16)
        #expect(!greedy[63].hold(1))
        #expect(greedy[0].hold(0))
        #expect(greedy[63].hold(1 << 20), "what went back may be held again")
        withExtendedLifetime((greedy, other)) {}
    }

    @Test(arguments: [16, 24, 48, 1024])
    func `a zstd window fits into a share of any budget`(mebibytes: Int) {
        let budget = MemoryBudget(bytes: mebibytes << 20)
        #expect(MemoryShare(of: budget, owner: nil).hold(9 << 20))
        #expect(budget.inUse == 0)
    }

    @Test func `small pieces are held in about as many bytes as they have`() {
        var body = BodyPieces()
        let packet = ByteBuffer(repeating: UInt8(ascii: "x"), count: 64 << 10)
        for index in 0..<100_000 {
            body.append(packet.getSlice(at: index % packet.readableBytes, length: 1) ?? ByteBuffer())
        }
        body.append(packet)
        body.append(ByteBuffer(string: "end"))
        #expect(body.count == 100_000 + packet.readableBytes + 3)
        #expect(body.pieces.count < 8)
        #expect(body.pieces.reduce(0) { $0 + $1.storageCapacity } < 400_000)
        let bytes = body.pieces.flatMap { Array($0.readableBytesView) }
        #expect(bytes.count == body.count)
        #expect(String(decoding: bytes.suffix(4), as: UTF8.self) == "xend")
    }

    @Test func `used up memory is 429, and is there again once its holders leave`() async throws {
        let service = try await RunningService.start(["server.bufferMebibytes": "16"])
        let held = "POST /v1/observations/hubble HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n"
        let holder = try RawConnection(port: service.port)
        holder.send(held + "Idempotency-Key: a\r\n\r\n" + String(repeating: "\n", count: 8_000_000))
        try await Condition.wait { try await service.status().intake.bufferedBytes == 8_000_000 }
        let large = Array(String(repeating: "\n", count: 6_000_000).utf8)
        let refused = try await service.send(
            "POST", "/v1/observations/hubble", body: large, headers: ["Idempotency-Key": "b"])
        #expect(refused.status == 429)
        #expect(refused.reason == "no memory")
        #expect(refused.headers["Retry-After"] == "1")
        #expect(try await service.post("hubble", Flow.line(0)).status == 200)
        holder.finishSending()
        #expect(RawConnection.status(await holder.receiveAll()) == 400)
        try await Condition.wait { try await service.status().intake.bufferedBytes == 0 }
        let taken = try await service.send(
            "POST", "/v1/observations/hubble", body: large, headers: ["Idempotency-Key": "b"])
        #expect(taken.status == 200)
        #expect(try service.storedCount() == 1)
        try await service.stop()
    }

    @Test func `zstd is taken in the smallest buffer, also where it is half used`() async throws {
        let service = try await RunningService.start(["server.bufferMebibytes": "16"])
        let body = try Compressed.bytes(Flow.lines(0..<1000), "zstd", in: service.folder)
        let answer = try await service.send(
            "POST", "/v1/observations/hubble", body: body, headers: ["Content-Encoding": "zstd"])
        #expect(answer.status == 200)
        #expect(try service.storedCount() == 1000)
        try await service.stop()
    }
}

extension RunningService {
    /// What `/v1/status` says.
    func status() async throws -> StatusSummary { try await send("GET", "/v1/status").decoded() }
}
