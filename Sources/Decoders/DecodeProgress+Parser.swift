import CSimdjson
import Domain

extension DecodeProgress {
    init(_ progress: lw_progress) {
        consumed = progress.consumed
        lines = Int(progress.lines)
        records = Int(progress.count)
        stop =
            switch progress.stop {
            case lw_stop_batch: .batch
            case lw_stop_tables: .tablesFull
            case lw_stop_special: .special
            case lw_stop_closed: .closed
            case lw_stop_broken: .broken
            default: .needsMore
            }
    }
}

extension Diagnostic.Kind {
    /// The kind for a C error; nil for `lw_ok`.
    init?(_ error: UInt8) {
        switch error {
        case lw_ok: return nil
        case lw_wrong_type: self = .wrongType
        case lw_not_text: self = .notText
        case lw_too_long: self = .tooLong
        case lw_not_this_source: self = .notThisSource
        default: self = .notJSON
        }
    }
}

extension DecodedRecords {
    /// Rejects the record at a place, with its first bytes as the excerpt.
    mutating func reject(_ kind: Diagnostic.Kind, _ place: lw_place, index: Int, of input: UnsafeRawBufferPointer) {
        reject(kind, line: Int(place.line), index: index, excerpt: .excerpt(of: input, at: place.offset, place.length))
    }
}

extension String {
    /// The first bytes of a record, fit to be shown.
    package static func excerpt(of input: UnsafeRawBufferPointer, at offset: Int = 0, _ length: Int) -> String {
        let bytes = input.dropFirst(offset).prefix(length).prefix(160)
        return String(shown: String(decoding: bytes, as: UTF8.self), limit: 80)
    }
}
