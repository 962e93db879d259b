import Decoders
import Domain
import FoundationEssentials
import Ingest

/// What became of a batch, as the service answers it.
struct IngestAnswer: Codable, Sendable, Equatable {
    let accepted: Int
    let ignored: Count
    let rejected: Count
    /// The first rejected records.
    let first: [Rejection]

    /// A sum, and its parts by reason.
    struct Count: Codable, Sendable, Equatable {
        let total: Int
        let reasons: [String: Int]
    }

    /// Where a record stood that was rejected: its line, or its number in a list.
    struct Rejection: Codable, Sendable, Equatable {
        let record: Int
        let reason: String
    }

    init(_ summary: IngestSummary) {
        accepted = summary.observations
        ignored = Count(
            total: summary.ignored.total,
            reasons: Dictionary(
                summary.ignored.sorted.map { ($0.reason.rawValue, $0.count) }, uniquingKeysWith: +))
        rejected = Count(
            total: summary.rejected.total,
            reasons: Dictionary(
                summary.rejected.sorted.map { ($0.reason.rawValue, $0.count) }, uniquingKeysWith: +))
        first = summary.diagnostics.map { Rejection(record: $0.line, reason: $0.kind.rawValue) }
    }

    /// True where nothing of a batch could be read at all, so that its sender hardly sends what it means to.
    var isUseless: Bool { accepted == 0 && ignored.total == 0 && rejected.total > 0 }
}

/// What a receipt holds: the answer that a batch got, and which batch that was.
struct StoredAnswer: Codable, Sendable, Equatable {
    /// SHA-256 of the body as it was received.
    let digest: String
    let answer: IngestAnswer

    init(digest: String, answer: IngestAnswer) {
        self.digest = digest
        self.answer = answer
    }

    /// Nil where the text cannot be read.
    init?(json: String) {
        guard let stored = try? JSONDecoder().decode(Self.self, from: Data(json.utf8)) else { return nil }
        self = stored
    }
}
