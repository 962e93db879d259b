import Decoders
import Domain
import Foundation
import Ingest
import MalformedBodies

/// The decoders of records, through the session that files and the network use.
struct RecordFuzzing {
    let source: IngestSource

    private struct Outcome: Equatable {
        var records = 0
        var observations = 0
        var ignored = 0
        var rejected = 0
        /// Observations of the good records.
        var kept: Int64 = 0
    }

    func run(_ input: FuzzInput) {
        switch input.check % 3 {
        case 0: checkTotals(outcome(input.bytes, input.pieceSize, Self.smallOptions))
        case 1: checkPieces(input)
        default: checkGoodLines(input)
        }
    }

    /// Bounds that a small input can pass.
    private static let smallOptions = {
        var small = IngestOptions()
        small.recordLimit = 512
        small.tableBytes = 4096
        small.edgesPerFlush = 3
        small.diagnosticsKept = 2
        return small
    }()

    private func checkPieces(_ input: FuzzInput) {
        let whole = outcome(input.bytes, .max)
        checkTotals(whole)
        let cut = outcome(input.bytes, input.pieceSize)
        expect(whole == cut, "whole it is \(whole), in pieces \(cut)")
    }

    private func checkGoodLines(_ input: FuzzInput) {
        let good = source == .hubble ? Self.goodFlow : Self.goodEvent
        let among = outcome(good + [10] + input.bytes + [10] + good + [10], input.pieceSize)
        expect(among.kept >= 2, "good lines around it are lost: \(among)")
    }

    private func checkTotals(_ outcome: Outcome) {
        let sum = outcome.observations + outcome.ignored + outcome.rejected
        expect(outcome.records == sum, "the totals do not add up: \(outcome)")
    }

    private func outcome(_ bytes: [UInt8], _ size: Int, _ options: IngestOptions = IngestOptions()) -> Outcome {
        var outcome = Outcome()
        let session = IngestSession(source: source, cluster: ClusterName("fuzz"), options: options) { batch in
            outcome.kept += batch.connections.filter { $0.0.port == Port(4242) }.reduce(0) { $0 + $1.1.count }
            outcome.kept += batch.accesses.filter { $0.0.action.name == "kept" }.reduce(0) { $0 + $1.1.count }
        }
        session.begin(file: "fuzz")
        do {
            try FuzzInput.cut(bytes, size) { try session.append($0) }
            try session.end()
            try session.flush()
        } catch {
            fatalError("bad records are no errors: \(error)")
        }
        let summary = session.summary
        outcome.records = summary.records
        outcome.observations = summary.observations
        outcome.ignored = summary.ignored.total
        outcome.rejected = summary.rejected.total
        expect(summary.diagnostics.count <= options.diagnosticsKept, "too many diagnostics")
        return outcome
    }

    private static let goodFlow = Array(MalformedBody.Source.hubble.good(0).utf8)
    private static let goodEvent = Array(MalformedBody.Source.audit.good(0).utf8)

    /// The project's own records, and the small bodies of the corpus.
    var seeds: [[UInt8]] {
        let path = source == .hubble ? "hubble/corner-cases.ndjson" : "audit/audit.log"
        let lines = Fixture.lines(path).prefix(60)
        let bodies = MalformedBody.sampled.filter { $0.source.rawValue == source.rawValue && $0.contentEncoding == nil }
        let forms = MalformedBody.Source(rawValue: source.rawValue).map { $0.forms.map { Array($0.utf8) } } ?? []
        return lines + forms + bodies.lazy.map(\.bytes).filter { $0.count < 1600 }
    }
}

/// The fixtures of the tests.
enum Fixture {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Tests/Fixtures")

    static func bytes(_ path: String) -> [UInt8] {
        Array((try? Data(contentsOf: folder.appending(path: path))) ?? Data())
    }

    static func lines(_ path: String) -> [[UInt8]] { bytes(path).split(separator: 10).map { Array($0) } }
}
