import Domain

/// All resolved edges, merged and in the order of their keys: by source, destination, protocol and port.
///
/// A class, since every rule's evidence refers to it.
final class EdgeTable: EvidenceSource {
    /// Sorted; edges name them by position.
    let parties: [Party]
    let edges: [ResolvedEdge]
    /// What was seen of each edge, at the same position.
    let facts: [ConnectionFact]
    private let sightings: [Resolution.Sighting]
    private let origins: [Resolution.Origin]

    /// Merges the rows that stand for the same connection.
    init(_ resolution: Resolution, of table: ConnectionTable) {
        let (parties, ranks) = resolution.parties.ranked()
        let keys = Self.sortedKeys(resolution.sightings, ranks)
        let sightings = keys.map { resolution.sightings[Int($0.sighting)] }
        var edges: [ResolvedEdge] = []
        var facts: [ConnectionFact] = []
        edges.reserveCapacity(keys.count)
        facts.reserveCapacity(keys.count)
        for (position, key) in keys.enumerated() {
            let sighting = sightings[position]
            let fact = resolution.fact(sighting.fact, of: table)
            if position > 0, keys[position - 1].hasSameEdge(as: key) {
                edges[edges.count - 1].merge(sighting, at: position)
                facts[facts.count - 1].merge(fact)
            } else {
                facts.append(fact)
                edges.append(
                    ResolvedEdge(
                        sighting, between: ranks[Int(sighting.source)], and: ranks[Int(sighting.destination)],
                        at: position))
            }
        }
        self.parties = parties
        self.edges = edges
        self.facts = facts
        self.sightings = sightings
        origins = resolution.origins
    }

    private struct Key {
        let parties: UInt64
        let service: UInt32
        let sighting: Int32

        func hasSameEdge(as other: Key) -> Bool { parties == other.parties && service == other.service }

        func precedes(_ other: Key) -> Bool {
            if parties != other.parties { return parties < other.parties }
            return service == other.service ? sighting < other.sighting : service < other.service
        }
    }

    /// Keys are compared as numbers: there are far fewer parties than edges, and numbers compare faster than names.
    private static func sortedKeys(_ sightings: [Resolution.Sighting], _ ranks: [Int32]) -> [Key] {
        var keys = sightings.enumerated().map { number, sighting in
            Key(
                parties: UInt64(ranks[Int(sighting.source)]) << 32 | UInt64(ranks[Int(sighting.destination)]),
                service: UInt32(sighting.protocol.order) << 16 | UInt32(sighting.port.rawValue), sighting: Int32(number)
            )
        }
        keys.sort { $0.precedes($1) }
        return keys
    }

    func source(of edge: ResolvedEdge) -> Party { parties[Int(edge.source)] }

    func destination(of edge: ResolvedEdge) -> Party { parties[Int(edge.destination)] }

    func connection(_ number: Int32) -> LearnedConnection {
        let edge = edges[Int(number)]
        return LearnedConnection(
            source: source(of: edge), destination: destination(of: edge), protocol: edge.protocol, port: edge.port)
    }

    func evidence(at number: Int32) -> Evidence {
        let edge = edges[Int(number)]
        let found = Set(sightings[edge.sightings].map(\.origin)).subtracting([Resolution.Sighting.plain])
        var notes = found.map { origins[Int($0)].text }.sorted()
        if !edge.hasKnownDirection { notes.append("direction inferred: the destination is known to listen there") }
        let fact = facts[Int(number)]
        return Evidence(
            what: connection(number).text, note: notes.isEmpty ? nil : notes.joined(separator: "; "),
            count: fact.count, first: fact.first, last: fact.last, days: fact.days.count, daySet: fact.days,
            sources: fact.sources.names, sample: fact.sample)
    }

    func summary(at number: Int32) -> (count: Int64, last: Timestamp, days: DaySet) {
        (facts[Int(number)].count, facts[Int(number)].last, facts[Int(number)].days)
    }
}

/// One connection between two parties. Plain numbers: what was seen of it stands apart (`EdgeTable.facts`).
struct ResolvedEdge: Sendable {
    /// Position of the party that opened it.
    let source: Int32
    let destination: Int32
    let `protocol`: NetworkProtocol
    let port: Port
    /// Some record says who opened the connection.
    private(set) var hasKnownDirection: Bool
    /// The destination's port is open to the outside by declaration.
    private(set) var isExposed: Bool
    /// The rows that it was made of, in the table's order.
    private(set) var sightings: Range<Int>

    init(
        _ sighting: Resolution.Sighting, between source: Int32, and destination: Int32, at position: Int
    ) {
        self.source = source
        self.destination = destination
        `protocol` = sighting.protocol
        port = sighting.port
        hasKnownDirection = sighting.direction == .known
        isExposed = sighting.isExposed
        sightings = position..<position + 1
    }

    mutating func merge(_ sighting: Resolution.Sighting, at position: Int) {
        hasKnownDirection = hasKnownDirection || sighting.direction == .known
        isExposed = isExposed || sighting.isExposed
        sightings = sightings.lowerBound..<position + 1
    }
}

extension NetworkProtocol {
    /// The place in the order of names.
    var order: Int {
        switch self {
        case .icmpv4: 0
        case .icmpv6: 1
        case .sctp: 2
        case .tcp: 3
        case .udp: 4
        }
    }

    /// The protocol at that place.
    static let ordered = allCases.sorted()
}

extension ConnectionFact {
    /// True if something besides first packets and refusals was seen: the connection was established, or the protocol
    /// has no handshake to tell.
    var isAccepted: Bool { answers > 0 || count > attempts }
}
