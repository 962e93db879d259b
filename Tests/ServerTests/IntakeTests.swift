import Domain
import Foundation
import Ingest
import NIOCore
import Store
import Testing

@testable import Server

/// What is acknowledged where the store fails, lanes and commits alone.
@Suite struct IntakeTests {
    private let folder: TemporaryFolder
    private let store: Store
    private let intake: Intake

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.url.appending(path: "leastwise.db").path, busyTimeout: .milliseconds(50))
        intake = Intake(
            store: store, disk: DiskQueue(), commitDelay: .milliseconds(10), bufferBytes: 48 << 20,
            metrics: ServerMetrics())
    }

    /// Does something while commits run.
    private func committing(_ body: () async throws -> Void) async throws {
        let committer = intake.committer
        let running = Task { await committer.run() }
        do {
            try await body()
        } catch {
            running.cancel()
            throw error
        }
        await committer.close()
        await running.value
    }

    private func bytes(_ numbers: Range<Int>) -> [ByteBuffer] { [ByteBuffer(string: Flow.lines(numbers))] }

    private func count() throws -> Int64 {
        try store.connections(cluster: ClusterName("c")).reduce(0) { $0 + $1.fact.count }
    }

    @Test func `a body whose beginning was in a commit that failed is not acknowledged`() async throws {
        try await committing {
            let lane = await intake.lane(.hubble, ClusterName("c"))
            let early = await lane.open("early")
            let first = try await lane.append(bytes(0..<3), to: early)
            let other = await lane.open("other")
            let ended = try await lane.end(other)
            try store.setFailing(true)
            await #expect(throws: IntakeError.self) { try await intake.committer.commit(lane, since: ended.firstCut) }
            try store.setFailing(false)
            // Commits succeed again, and the rest of the body is in one of them.
            _ = try await lane.append(bytes(3..<5), to: early)
            let last = try await lane.end(early)
            #expect(last.firstCut == first.firstCut)
            let error = await #expect(throws: IntakeError.self) {
                try await intake.committer.commit(lane, since: last.firstCut)
            }
            guard case .partlyLost? = error else { throw Unexpected(what: "\(String(describing: error))") }
            #expect(try count() == 2)
            // Sent again, all of it is there.
            let again = await lane.open("again")
            _ = try await lane.append(bytes(0..<5), to: again)
            try await intake.committer.commit(lane, since: try await lane.end(again).firstCut)
            #expect(try store.connections(cluster: ClusterName("c")).count == 5)
        }
    }

    private struct Unexpected: Error {
        let what: String
    }

    @Test func `records that came while a commit was failing are told with the next one`() async throws {
        try await committing {
            let lane = await intake.lane(.hubble, ClusterName("c"))
            try store.setFailing(true)
            for number in 0..<3 {
                let input = await lane.open("a")
                _ = try await lane.append(bytes(number..<number + 1), to: input)
                let cut = try await lane.end(input).firstCut
                await #expect(throws: IntakeError.self) { try await intake.committer.commit(lane, since: cut) }
            }
            #expect(await intake.committer.problem != nil)
            try store.setFailing(false)
            await intake.committer.probe()
            #expect(await intake.committer.problem == nil)
            #expect(try count() == 0)
        }
    }

    @Test func `a receipt is gone with the commit that failed`() async throws {
        try await committing {
            let lane = await intake.lane(.hubble, ClusterName("c"))
            let whole = try lane.decodeWhole("a", mostRows: 1000) { take in
                try Flow.lines(0..<3).utf8.withContiguousStorageIfAvailable { try take(UnsafeRawBufferPointer($0)) }
            }
            let receipt = Receipt(sender: "s", key: "k", answer: "{}", received: Timestamp(rawValue: 1))
            try store.setFailing(true)
            let ended = await lane.take(whole, receipt: receipt)
            await #expect(throws: IntakeError.self) { try await intake.committer.commit(lane, since: ended.firstCut) }
            try store.setFailing(false)
            #expect(try store.receipt(sender: "s", key: "k") == nil)
            let again = await lane.take(whole, receipt: receipt)
            try await intake.committer.commit(lane, since: again.firstCut)
            #expect(try store.receipt(sender: "s", key: "k") != nil)
            #expect(try count() == 3)
        }
    }

    @Test func `a whole body of too many rows is not decoded to its end`() async throws {
        let lane = await intake.lane(.hubble, ClusterName("c"))
        #expect(throws: BodyFailure.self) {
            try lane.decodeWhole("a", mostRows: 100) { take in
                try Flow.lines(0..<3000).utf8.withContiguousStorageIfAvailable { try take(UnsafeRawBufferPointer($0)) }
            }
        }
        #expect(await lane.cut().rows == 0)
    }

    @Test func `who waits for a commit when commits are cancelled is told`() async throws {
        let committer = intake.committer
        let lane = await intake.lane(.hubble, ClusterName("c"))
        let waiting = Task { try await committer.commit(lane, since: 0) }
        try await Condition.wait { intake.metrics.waiting.value() == 1 }
        let running = Task { await committer.run() }
        running.cancel()
        await running.value
        _ = await waiting.result
        await #expect(throws: IntakeError.self) { try await committer.commit(lane, since: 0) }
    }

    @Test func `an input that broke off leaves nothing behind, and says what it came to`() async throws {
        let lane = await intake.lane(.hubble, ClusterName("c"))
        let input = await lane.open("a")
        _ = try await lane.append(bytes(0..<2), to: input)
        #expect(await lane.abandon(input)?.observations == 2)
        #expect(await lane.abandon(input) == nil)
        await #expect(throws: IntakeError.self) { try await lane.append(bytes(0..<1), to: input) }
    }
}
