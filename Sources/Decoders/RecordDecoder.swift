package import Domain

/// Turns the bytes of one source's records into observations.
///
/// A further source is a further conformance: it takes lines, array elements or one whole record, and appends what they
/// say to `DecodedRecords`, with recurring texts by number. No input makes it fail: what cannot be used is rejected
/// or ignored, and counted.
package protocol RecordDecoder: AnyObject {
    /// The source, as facts name it.
    static var source: ObservationSources { get }

    /// What the numbers in the decoded records stand for.
    var tables: ObservationTables { get }

    /// Decodes records from the start of the input; 64 bytes behind it must be readable.
    func decode(_ input: UnsafeRawBufferPointer, as form: RecordForm, into records: inout DecodedRecords)
        -> DecodeProgress

    /// The sample's text: short, without control characters.
    func sample(_ reference: SampleReference) -> String

    /// Forgets the tables; all numbers given out before are void.
    func reset()
}

/// How an input is cut into records.
package enum RecordForm: Sendable {
    /// One record a line; a line without its end counts only if it is the last.
    case lines(isLast: Bool)
    /// Elements of a JSON array, from behind its opening bracket or an element.
    case elements
    /// The whole input is one record.
    case single
}

/// How far a call of `decode` came, and why it came back.
package struct DecodeProgress: Sendable {
    /// Bytes that need not be shown again.
    package let consumed: Int
    /// Line ends consumed.
    package let lines: Int
    /// Records decoded.
    package let records: Int
    package let stop: Stop

    /// Why a call came back.
    package enum Stop: Sendable {
        /// All complete records are consumed.
        case needsMore
        /// Enough for one call.
        case batch
        /// The tables are full: use what was decoded, then `reset`.
        case tablesFull
        /// The next line is no record of one line.
        case special
        /// The array ended.
        case closed
        /// The next array element is not JSON.
        case broken
    }
}

extension IgnoreReason {
    /// Hubble's socket events (`SOCK`): a call of a process, before any packet.
    package static let socketEvent = IgnoreReason(rawValue: "socket event (no packet was seen)")
    /// Cilium's own health checks between nodes (`reserved:health`), which no policy governs.
    package static let healthCheck = IgnoreReason(rawValue: "health check of the network plugin")
}
