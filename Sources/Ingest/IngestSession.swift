import Decoders
package import Domain

/// Decodes bytes as they come and hands on what was learned from them: the part that files, standard input and a
/// network service share. Not for use by several tasks at once.
package final class IngestSession {
    private let cluster: ClusterName
    private let options: IngestOptions
    private let deliver: (ObservationBatch) throws -> Void
    private let decoder: any RecordDecoder
    private var connections = ConnectionAggregator()
    private var accesses = AccessAggregator()
    private var sightings = SightingAggregator()
    private var records: DecodedRecords
    private var recordsSinceFlush = 0
    private var file = "-"
    private var reader: RecordReader
    private var buffer = RecordBuffer()

    /// What the session did so far; `edges` counts what was handed on.
    package private(set) var summary = IngestSummary()

    /// A session that hands batches to `deliver`; what that throws ends the call that caused it.
    package init(
        source: IngestSource, cluster: ClusterName, options: IngestOptions = IngestOptions(),
        deliver: @escaping (ObservationBatch) throws -> Void
    ) {
        self.cluster = cluster
        self.options = options
        self.deliver = deliver
        decoder = source.decoder(options)
        records = DecodedRecords(rejectionsWanted: options.diagnosticsKept)
        reader = RecordReader(recordLimit: options.recordLimit)
    }

    /// Begins an input of that name, as diagnostics show it.
    package func begin(file name: String) {
        file = name
        reader = RecordReader(recordLimit: options.recordLimit)
    }

    /// Decodes further bytes of the input; incomplete records are kept until they are complete.
    package func append(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = try fill { free in
                let count = min(free.count, rest.count)
                free.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
                return count
            }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
    }

    /// Decodes further bytes that the body writes; it returns how many, and 0 at the input's end.
    @discardableResult
    func fill(_ body: (UnsafeMutableRawBufferPointer) throws -> Int) throws -> Int {
        let count = try buffer.fill(body)
        summary.bytes += count
        try consume(isLast: false)
        return count
    }

    /// Ends the input: a last record without a line end is complete, an open one is broken.
    package func end() throws {
        try consume(isLast: true)
        buffer.consume(buffer.pending.count)
    }

    /// Ends an input that cannot be read on, and counts it as one more record, rejected for that reason.
    package func end(because kind: Diagnostic.Kind) throws {
        let line = reader.position(line: 0, index: 0)
        try end()
        reject(kind, line: line, excerpt: "")
    }

    /// Hands on everything learned so far.
    package func flush() throws {
        var writer = BatchWriter(rowsPerBatch: options.rowsPerBatch, deliver: deliver)
        summary.edges += connections.count + accesses.count
        try connections.drain(cluster: cluster, decoder: decoder) { try writer.add($0, $1) }
        try accesses.drain(cluster: cluster, decoder: decoder) { try writer.add($0, $1) }
        try sightings.drain(cluster: cluster, decoder: decoder, into: &writer)
        try writer.finish()
        recordsSinceFlush = 0
    }

    private func consume(isLast: Bool) throws {
        while true {
            let place = reader.position(line: 0, index: 0)
            var step = reader.next(buffer.pending, isLast: isLast)
            if case .decode(let form, let count) = step, !form.isSingle {
                let progress = try decode(buffer.pending, form, count: count)
                buffer.consume(progress.consumed)
                if progress.stop == .tablesFull { try startTables() }
                let behind = reader.position(line: 0, index: 0)
                step = reader.resolve(progress.stop, buffer.pending, isLast: isLast)
                guard try perform(step, at: behind) else { return }
            } else {
                guard try perform(step, at: place) else { return }
            }
        }
    }

    /// False if nothing more can be done with the bytes at hand.
    private func perform(_ step: RecordReader.Step, at place: Int) throws -> Bool {
        let skipped: Int
        switch step {
        case .wait: return false
        case .skip(let count): skipped = count
        case .reject(let kind, let count):
            reject(kind, line: place, excerpt: .excerpt(of: buffer.pending, count == 0 ? 160 : count))
            skipped = count
        case .decode(_, let count):
            _ = try decode(buffer.pending.trimmed(to: count), .single, count: nil)
            skipped = count
        }
        reader.advance(past: UnsafeRawBufferPointer(rebasing: buffer.pending.prefix(skipped)))
        buffer.consume(skipped)
        return true
    }

    private func reject(_ kind: Diagnostic.Kind, line: Int, excerpt: @autoclosure () -> String) {
        summary.records += 1
        summary.rejected.add(kind)
        guard records.rejectionsWanted > 0 else { return }
        records.rejectionsWanted -= 1
        summary.diagnostics.append(Diagnostic(kind: kind, file: file, line: line, excerpt: excerpt()))
    }
}

// MARK: - Decoding

extension IngestSession {
    private func decode(
        _ pending: UnsafeRawBufferPointer, _ form: RecordForm, count: Int?
    ) throws -> DecodeProgress {
        let progress = decoder.decode(pending, as: form, into: &records)
        absorb()
        if count != nil { reader.advance(progress) }
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
        summary.records += records.count
        summary.observations += records.observed
        summary.ignored.add(records.ignored)
        summary.rejected.add(records.rejected)
        for rejection in records.rejections {
            let line = reader.position(line: rejection.line, index: rejection.index)
            summary.diagnostics.append(
                Diagnostic(kind: rejection.kind, file: file, line: line, excerpt: rejection.excerpt))
        }
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
