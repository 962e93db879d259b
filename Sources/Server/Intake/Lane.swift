import Decoders
import Domain
import Ingest
import NIOCore
import Store

/// Decodes what many senders send of one source and cluster, and keeps it until the next commit takes it.
actor Lane {
    nonisolated let source: IngestSource
    nonisolated let cluster: ClusterName
    private let options: IngestOptions
    private let batches = BatchList()
    private let lane: IngestLane
    private var inputs: [InputNumber: OpenInput] = [:]
    private var nextInput: InputNumber = 0
    private var marks = CommitMarks()
    private var number: CutNumber = 0

    typealias InputNumber = UInt64
    /// Counts the commits of a lane: what is folded now is in the cut of this number.
    typealias CutNumber = UInt64

    /// What one commit takes of a lane.
    struct Cut: Sendable {
        let number: CutNumber
        let batches: [ObservationBatch]
        let marks: CommitMarks
        /// Why something that belongs in it is not; then nothing of it may be stored.
        let failure: (any Error)?

        var rows: Int { batches.reduce(0) { $0 + $1.rows } }
    }

    /// An input whose records are all folded in.
    struct Ended: Sendable {
        let summary: IngestSummary
        /// The first cut that holds something of it.
        let firstCut: CutNumber
    }

    /// How a lane stands after some bytes.
    struct Standing: Sendable {
        /// Rows that wait for a commit.
        let weight: Int
        /// Bytes of the input that wait for the rest of their record.
        let pendingBytes: Int
        /// The first cut that holds something of the input.
        let firstCut: CutNumber
        /// The cut that holds what was folded in last.
        let cut: CutNumber
    }

    private struct OpenInput {
        let input: IngestInput
        /// Nil until the first bytes.
        var firstCut: CutNumber?
    }

    init(source: IngestSource, cluster: ClusterName, options: IngestOptions) {
        self.source = source
        self.cluster = cluster
        self.options = options
        let batches = batches
        lane = IngestLane(source: source, cluster: cluster, options: options) { batches.append($0) }
    }

    /// Begins an input; its name stands in diagnostics. It has to be ended or abandoned.
    func open(_ name: String) -> InputNumber {
        let input = IngestInput(name: name, options: options, bufferBytes: Self.inputBytes)
        nextInput += 1
        inputs[nextInput] = OpenInput(input: input)
        return nextInput
    }

    /// What an input holds at least: many inputs are open at once, most of them slow.
    private static let inputBytes = 16 << 10

    /// Folds in further bytes of an input.
    func append(_ pieces: [ByteBuffer], to number: InputNumber) throws -> Standing {
        let open = try touch(number)
        for piece in pieces {
            try piece.withUnsafeReadableBytes { try lane.append($0, to: open.input) }
        }
        return standing(open)
    }

    /// Ends an input, whose records are then in the next cut or in earlier ones.
    ///
    /// - Parameter damage: why the input cannot be read on, where it cannot.
    func end(_ number: InputNumber, because damage: Diagnostic.Kind? = nil) throws -> Ended {
        let open = try touch(number)
        inputs[number] = nil
        if let damage { try lane.end(open.input, because: damage) } else { try lane.end(open.input) }
        return Ended(summary: open.input.summary, firstCut: open.firstCut ?? self.number)
    }

    /// Forgets an input that broke off; returns what it came to. What was folded in stays: it was observed.
    func abandon(_ number: InputNumber) -> IngestSummary? { inputs.removeValue(forKey: number)?.input.summary }

    /// Folds in complete records of something that the service reads by itself.
    ///
    /// - Parameter cursor: where it is to be read on once these records are committed.
    /// - Returns: what they came to, and how the lane stands.
    func takeRecords(
        _ bytes: ByteBuffer, name: String, cursor: SourceCursor
    ) throws -> (summary: IngestSummary, standing: Standing) {
        // An input of its own for each piece: an open bracket in one file says nothing of another.
        let input = open(name)
        let standing = try append([bytes], to: input)
        let ended = try end(input)
        mark(cursor)
        return (ended.summary, standing)
    }

    /// A whole body, decoded.
    struct Whole: Sendable {
        let batches: [ObservationBatch]
        let summary: IngestSummary

        var rows: Int { batches.reduce(0) { $0 + $1.rows } }
    }

    /// Decodes a whole body by itself: neither commits nor other senders wait for it.
    ///
    /// - Parameter feed: calls its argument with the body's bytes, piece by piece.
    /// - Parameter mostRows: throws `BodyFailure.tooLargeForKey` where there are more of them.
    nonisolated func decodeWhole(
        _ name: String, mostRows: Int, feed: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws -> Whole {
        let own = BatchList()
        let scratch = IngestLane(source: source, cluster: cluster, options: wholeOptions) {
            own.append($0)
            guard own.rows <= mostRows else { throw BodyFailure.tooLargeForKey }
        }
        let input = IngestInput(name: name, options: options)
        try feed { try scratch.append($0, to: input) }
        try scratch.end(input)
        try scratch.flush()
        return Whole(batches: own.take(), summary: input.summary)
    }

    /// Takes a whole body in one cut together with its receipt.
    func take(_ whole: Whole, receipt: Receipt) -> Ended {
        for batch in whole.batches { batches.append(batch) }
        marks.receipts.append(receipt)
        return Ended(summary: whole.summary, firstCut: number)
    }

    /// A body has no use for tables as large as those of a lane that lives on.
    nonisolated private var wholeOptions: IngestOptions {
        var options = options
        options.tableBytes = min(options.tableBytes, 4 << 20)
        return options
    }

    /// Forgets positions with the next commit, and stores others; returns the number of its cut.
    func mark(_ cursors: [SourceCursor], forgotten: [String]) -> CutNumber {
        marks.forgottenCursors += forgotten
        marks.cursors.removeAll { forgotten.contains($0.name) }
        for cursor in cursors { mark(cursor) }
        return number
    }

    private func mark(_ cursor: SourceCursor) {
        if let index = marks.cursors.firstIndex(where: { $0.name == cursor.name }) {
            marks.cursors[index] = cursor
        } else {
            marks.cursors.append(cursor)
        }
    }

    /// Takes everything that was folded in since the last cut. A cut that lacks something is one too: those whose records
    /// it should hold are told by its number.
    func cut() -> Cut {
        defer {
            number += 1
            marks = CommitMarks()
        }
        var failure: (any Error)?
        do { try lane.flush() } catch { failure = error }
        return Cut(number: number, batches: batches.take(), marks: marks, failure: failure)
    }

    private func touch(_ number: InputNumber) throws -> OpenInput {
        guard var open = inputs[number] else { throw IntakeError.inputIsGone }
        if open.firstCut == nil {
            open.firstCut = self.number
            inputs[number] = open
        }
        return open
    }

    private func standing(_ open: OpenInput) -> Standing {
        Standing(
            weight: lane.weight + batches.rows, pendingBytes: open.input.pendingBytes,
            firstCut: open.firstCut ?? number,
            cut: number)
    }
}

/// Batches that a lane handed on.
final class BatchList {
    private var batches: [ObservationBatch] = []
    private(set) var rows = 0

    func append(_ batch: ObservationBatch) {
        batches.append(batch)
        rows += batch.rows
    }

    func take() -> [ObservationBatch] {
        defer {
            batches = []
            rows = 0
        }
        return batches
    }
}
