import Decoders
import Domain
import Foundation
import Ingest
import MalformedBodies
import Testing

/// The corpus of malformed bodies: no crash, no hang, and the good records around a bad one are kept.
@Suite struct MalformedBodyTests {
    /// What a body came to.
    struct Outcome {
        var summary: IngestSummary
        /// Observations of the records that have to be kept.
        var kept: Int64 = 0
        var damage: DamagedInput?
        /// Processor time of the thread.
        var seconds = 0.0
    }

    /// Sends a body through a session, as a network service would.
    static func ingest(_ body: MalformedBody, piece: Int = 1 << 16, limit: Int = 64 << 20) throws -> Outcome {
        var kept: Int64 = 0
        let source = try #require(IngestSource(rawValue: body.source.rawValue))
        let session = IngestSession(source: source, cluster: ClusterName("test")) { kept += Self.kept($0) }
        var outcome = Outcome(summary: session.summary)
        session.begin(file: body.name)
        let start = threadSeconds()
        do {
            let coding = body.contentEncoding.flatMap { ContentCoding(token: $0) }
            if let coding {
                try decompress(body, BodyDecompressor(coding, limit: limit), into: session)
            } else {
                for bytes in body.pieces { try feed(bytes, piece) { try session.append($0) } }
            }
            try session.end()
        } catch let damage as DamagedInput {
            outcome.damage = damage
            try session.end(because: damage.kind)
        }
        try session.flush()
        outcome.seconds = threadSeconds() - start
        outcome.summary = session.summary
        outcome.kept = kept
        return outcome
    }

    private static func decompress(
        _ body: MalformedBody, _ made: consuming BodyDecompressor, into session: IngestSession
    ) throws {
        var decompressor = made
        for bytes in body.pieces {
            try bytes.withUnsafeBytes { try decompressor.feed($0) { try session.append($0) } }
        }
        try decompressor.finish()
    }

    private static func feed(_ bytes: [UInt8], _ piece: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        for start in stride(from: 0, to: bytes.count, by: piece) {
            try bytes[start..<min(bytes.count, start + piece)].withUnsafeBytes(body)
        }
    }

    private static func kept(_ batch: ObservationBatch) -> Int64 {
        let flows = batch.connections.filter { $0.0.port == Port(4242) }.map(\.1.count)
        let requests = batch.accesses.filter { $0.0.action.name == "kept" }.map(\.1.count)
        return flows.reduce(0, +) + requests.reduce(0, +)
    }

    static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// How many times longer than usual this build computes: what sanitizers cost. Of decoding good records, the best of
    /// three; a debug build takes the usual time.
    private static let slowness: Double = {
        let usual = 0.04
        let lines = (0..<2000).map { MalformedBody.Source.hubble.good($0) + "\n" }.joined()
        let bytes = Array(lines.utf8)
        let seconds = (0..<3).map { _ in
            let session = IngestSession(source: .hubble, cluster: ClusterName("test")) { _ in }
            let start = threadSeconds()
            try? feed(bytes, 1 << 16) { try session.append($0) }
            return threadSeconds() - start
        }
        return max(1, (seconds.min() ?? 0) / usual)
    }()

    /// - Parameter seconds: what it may take in a debug build.
    static func check(_ body: MalformedBody, _ outcome: Outcome, seconds: Double) {
        let summary = outcome.summary
        let name = "\(body)"
        let sum = summary.observations + summary.ignored.total + summary.rejected.total
        #expect(summary.records == sum, "\(name)")
        if let good = body.goodRecords { #expect(outcome.kept == Int64(good), "\(name)") }
        if let good = body.goodRecords, let other = body.otherRecords {
            let damage = outcome.damage == nil ? 0 : 1
            #expect(summary.records - damage == good + other, "\(name)")
        }
        if body.contentEncoding != nil, !body.isHuge, body.isDamaged { #expect(outcome.damage != nil, "\(name)") }
        #expect(summary.diagnostics.count <= 20, "\(name)")
        #expect(outcome.seconds < seconds * slowness, "\(name)")
    }

    @Test func `there are enough of them, and each has a name of its own`() {
        let names = (MalformedBody.small + MalformedBody.huge).map(\.description)
        #expect(names.count >= 500)
        let twice = Dictionary(grouping: names, by: \.self).filter { $0.value.count > 1 }.keys.sorted()
        #expect(twice == [])
    }

    @Test func `good records around bad ones are kept, whatever they are`() throws {
        for body in MalformedBody.small { Self.check(body, try Self.ingest(body), seconds: 2) }
    }

    @Test func `good records around bad ones are kept, in whatever pieces they come`() throws {
        for body in MalformedBody.sampled { Self.check(body, try Self.ingest(body, piece: 61), seconds: 2) }
    }

    @Test(arguments: MalformedBody.huge.indices) func `huge bodies end, and keep what is good`(index: Int) throws {
        let body = MalformedBody.huge[index]
        Self.check(body, try Self.ingest(body, limit: 128 << 20), seconds: 60)
    }
}
