import Decoders
import Domain
import Ingest

/// What an ingest handed on, merged as a store would, in a form to compare.
struct IngestResult: Equatable {
    private(set) var connections: [ConnectionEdge: ConnectionFact] = [:]
    private(set) var accesses: [AccessEdge: AccessFact] = [:]
    private(set) var addresses: [Place: ClosedRange<Timestamp>] = [:]
    private(set) var names: [String: ClosedRange<Timestamp>] = [:]
    private(set) var memberships: [String: Timestamp] = [:]
    struct Place: Hashable {
        let address: IPAddress
        let pod: String
        let peer: ObservedPeer
    }

    private(set) var coverage: [Int32: [Int64]] = [:]

    mutating func merge(_ batch: ObservationBatch) {
        for (edge, fact) in batch.connections { connections[edge, default: fact.nothing].merge(fact) }
        for (edge, fact) in batch.accesses { accesses[edge, default: fact.nothing].merge(fact) }
        for sighting in batch.addresses {
            let key = Place(address: sighting.address, pod: sighting.podName, peer: sighting.peer)
            addresses[key] = Self.widened(addresses[key], sighting.first...sighting.last)
        }
        for sighting in batch.names {
            let key = "\(sighting.name) \(sighting.address)"
            names[key] = Self.widened(names[key], sighting.first...sighting.last)
        }
        for member in batch.memberships {
            let key = "\(member.subject) \(member.group)"
            memberships[key] = max(memberships[key] ?? member.last, member.last)
        }
        for day in batch.coverage {
            let known = coverage[day.day] ?? [0, 0]
            coverage[day.day] = [known[0] + day.records, known[1] + day.lost]
        }
    }

    private static func widened(
        _ known: ClosedRange<Timestamp>?, _ span: ClosedRange<Timestamp>
    ) -> ClosedRange<Timestamp> {
        guard let known else { return span }
        return min(known.lowerBound, span.lowerBound)...max(known.upperBound, span.upperBound)
    }
}

extension ConnectionFact {
    fileprivate var nothing: ConnectionFact {
        ConnectionFact(
            count: 0, attempts: 0, answers: 0, refusals: 0, first: first, last: last, days: DaySet(), sources: [],
            sample: "")
    }
}

extension AccessFact {
    fileprivate var nothing: AccessFact {
        AccessFact(count: 0, dryRuns: 0, first: first, last: last, days: DaySet(), sources: [], sample: "")
    }
}

/// Runs bytes through a session, in pieces of one size.
func ingest(
    _ source: IngestSource, _ bytes: [UInt8], piece: Int = 1 << 20, options: IngestOptions = IngestOptions()
) throws -> (result: IngestResult, summary: IngestSummary) {
    var result = IngestResult()
    let session = IngestSession(source: source, cluster: ClusterName("test"), options: options) { result.merge($0) }
    session.begin(file: "input")
    for start in stride(from: 0, to: bytes.count, by: piece) {
        try Array(bytes[start..<min(bytes.count, start + piece)]).withUnsafeBytes { try session.append($0) }
    }
    try session.end()
    try session.flush()
    return (result, session.summary)
}

func ingest(
    _ source: IngestSource, _ text: String, piece: Int = 1 << 20, options: IngestOptions = IngestOptions()
) throws -> (result: IngestResult, summary: IngestSummary) {
    try ingest(source, Array(text.utf8), piece: piece, options: options)
}
