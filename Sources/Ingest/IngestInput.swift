import Decoders
import Domain

/// One input that is being decoded: bytes whose record is not complete yet, the place, and what became of its records.
///
/// Inputs that arrive at the same time share a lane. Not for use by several tasks at once.
package final class IngestInput {
    /// The name, as diagnostics show it.
    let name: String
    var reader: RecordReader
    var buffer: RecordBuffer
    /// Of so many further rejected records the place is kept.
    var rejectionsWanted: Int

    /// What was read so far; `edges` and `elapsed` are the lane's and the run's, and stay 0 here.
    package internal(set) var summary = IngestSummary()

    /// An input of that name.
    ///
    /// - Parameter bufferBytes: what the input holds at least while it is open; it grows to the record limit.
    package init(name: String, options: IngestOptions, bufferBytes: Int = RecordBuffer.defaultCapacity) {
        self.name = name
        reader = RecordReader(recordLimit: options.recordLimit)
        buffer = RecordBuffer(capacity: bufferBytes)
        rejectionsWanted = options.diagnosticsKept
    }

    /// Bytes that wait for the rest of their record.
    package var pendingBytes: Int { buffer.pending.count }

    func reject(_ kind: Diagnostic.Kind, line: Int, excerpt: @autoclosure () -> String) {
        summary.records += 1
        summary.rejected.add(kind)
        guard rejectionsWanted > 0 else { return }
        rejectionsWanted -= 1
        summary.diagnostics.append(Diagnostic(kind: kind, file: name, line: line, excerpt: excerpt()))
    }

    /// Takes over what became of some records, which began where the reader stands.
    func count(_ records: DecodedRecords) {
        summary.records += records.count
        summary.observations += records.observed
        summary.ignored.add(records.ignored)
        summary.rejected.add(records.rejected)
        rejectionsWanted = records.rejectionsWanted
        for rejection in records.rejections {
            let line = reader.position(line: rejection.line, index: rejection.index)
            summary.diagnostics.append(
                Diagnostic(kind: rejection.kind, file: name, line: line, excerpt: rejection.excerpt))
        }
    }
}
