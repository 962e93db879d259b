import Decoders
package import Domain

/// Decodes the bytes of any number of inputs of one source and cluster, and folds what they say into edges.
///
/// The inputs share the decoder with its tables, so that many of them at once cost little. Not for use by several tasks
/// at once.
package final class IngestLane {
    private let cluster: ClusterName
    private let options: IngestOptions
    private let deliver: (ObservationBatch) throws -> Void
    private let decoder: any RecordDecoder
    private var connections = ConnectionAggregator()
    private var accesses = AccessAggregator()
    private var sightings = SightingAggregator()
    private var records = DecodedRecords()
    private var recordsSinceFlush = 0

    /// Rows of edges handed on; an edge counts again after each flush.
    package private(set) var edges = 0

    /// A lane that hands batches to `deliver`; what that throws ends the call that caused it.
    package init(
        source: IngestSource, cluster: ClusterName, options: IngestOptions = IngestOptions(),
        deliver: @escaping (ObservationBatch) throws -> Void
    ) {
        self.cluster = cluster
        self.options = options
        self.deliver = deliver
        decoder = source.decoder(options)
    }

    /// Rows that were not handed on yet.
    package var weight: Int { connections.count + accesses.weight + sightings.count }

    /// True while something was decoded that was not handed on yet; also where it makes no row but coverage.
    package var hasRecords: Bool { recordsSinceFlush > 0 }

    /// Decodes further bytes of an input; incomplete records are kept until they are complete.
    package func append(_ bytes: UnsafeRawBufferPointer, to input: IngestInput) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = try fill(input) { free in
                let count = min(free.count, rest.count)
                free.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
                return count
            }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
    }

    /// Decodes further bytes that the body writes; it returns how many, and 0 at the input's end.
    @discardableResult
    func fill(_ input: IngestInput, _ body: (UnsafeMutableRawBufferPointer) throws -> Int) throws -> Int {
        let count = try input.buffer.fill(body)
        input.summary.bytes += count
        try consume(input, isLast: false)
        return count
    }

    /// Ends an input: a last record without a line end is complete, an open one is broken.
    package func end(_ input: IngestInput) throws {
        try consume(input, isLast: true)
        input.buffer.consume(input.buffer.pending.count)
    }

    /// Ends an input that cannot be read on, and counts it as one more record, rejected for that reason.
    package func end(_ input: IngestInput, because kind: Diagnostic.Kind) throws {
        let line = input.reader.position(line: 0, index: 0)
        try end(input)
        input.reject(kind, line: line, excerpt: "")
    }

    /// Hands on everything learned so far.
    package func flush() throws {
        var writer = BatchWriter(rowsPerBatch: options.rowsPerBatch, deliver: deliver)
        edges += connections.count + accesses.count
        recordsSinceFlush = 0
        try connections.drain(cluster: cluster, decoder: decoder) { try writer.add($0, $1) }
        try accesses.drain(cluster: cluster, decoder: decoder) { try writer.add($0, $1) }
        try sightings.drain(cluster: cluster, decoder: decoder, into: &writer)
        try writer.finish()
    }

    private func consume(_ input: IngestInput, isLast: Bool) throws {
        while true {
            let place = input.reader.position(line: 0, index: 0)
            var step = input.reader.next(input.buffer.pending, isLast: isLast)
            if case .decode(let form, let count) = step, !form.isSingle {
                let progress = try decode(input.buffer.pending, form, count: count, of: input)
                input.buffer.consume(progress.consumed)
                if progress.stop == .tablesFull { try startTables() }
                let behind = input.reader.position(line: 0, index: 0)
                step = input.reader.resolve(progress.stop, input.buffer.pending, isLast: isLast)
                guard try perform(step, at: behind, of: input) else { return }
            } else {
                guard try perform(step, at: place, of: input) else { return }
            }
        }
    }

    /// False if nothing more can be done with the bytes at hand.
    private func perform(_ step: RecordReader.Step, at place: Int, of input: IngestInput) throws -> Bool {
        let skipped: Int
        switch step {
        case .wait: return false
        case .skip(let count): skipped = count
        case .reject(let kind, let count):
            input.reject(
                kind, line: place, excerpt: .excerpt(of: input.buffer.pending, count == 0 ? 160 : count))
            skipped = count
        case .decode(_, let count):
            _ = try decode(input.buffer.pending.trimmed(to: count), .single, count: nil, of: input)
            skipped = count
        }
        input.reader.advance(past: UnsafeRawBufferPointer(rebasing: input.buffer.pending.prefix(skipped)))
        input.buffer.consume(skipped)
        return true
    }
}

// MARK: - Decoding

extension IngestLane {
    private func decode(
        _ pending: UnsafeRawBufferPointer, _ form: RecordForm, count: Int?, of input: IngestInput
    ) throws -> DecodeProgress {
        records.rejectionsWanted = input.rejectionsWanted
        let progress = decoder.decode(pending, as: form, into: &records)
        input.count(records)
        absorb()
        if count != nil { input.reader.advance(progress) }
        if connections.count + accesses.weight >= options.edgesPerFlush
            || sightings.count >= options.sightingsPerFlush || recordsSinceFlush >= options.recordsPerFlush
        {
            try flush()
        }
        return progress
    }

    /// Folds the decoded records in.
    private func absorb() {
        let sample = { [decoder] in decoder.sample($0) }
        for connection in records.connections { connections.add(connection, sample: sample) }
        for access in records.accesses { accesses.add(access, sample: sample) }
        sightings.add(records)
        recordsSinceFlush += records.count
        records.removeAll()
    }

    /// Hands everything on and lets the decoder forget its tables: their numbers must not outlive them.
    private func startTables() throws {
        try flush()
        decoder.reset()
    }
}

extension RecordForm {
    fileprivate var isSingle: Bool {
        if case .single = self { return true }
        return false
    }
}

extension UnsafeRawBufferPointer {
    /// The first bytes without white space around them.
    fileprivate func trimmed(to count: Int) -> UnsafeRawBufferPointer {
        let bytes = prefix(count)
        let start = bytes.firstIndex { !Self.isSpace($0) } ?? bytes.endIndex
        let end = (bytes[start...].lastIndex { !Self.isSpace($0) }).map { $0 + 1 } ?? start
        return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }
}
