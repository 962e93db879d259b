import Domain
import GRDB

/// Reads all connection edges of one cluster, each with its facts of all periods merged.
struct ConnectionReader {
    private let peers: PeerReader
    private var rows: [ConnectionTable.Row] = []
    private var facts: [ConnectionFact] = []
    private var newestEdge: Int64?
    private var sharedDays = DaySet()

    init(_ db: Database, cluster: Int64) throws {
        peers = try PeerReader(db, cluster: cluster)
        // The unique index delivers this order, so that the periods of an edge come one after the other.
        let select = try SQLStatement(
            db,
            """
            SELECT e.id, e.source, e.destination, e.protocol, e.port, e.direction, f.period, f.count, f.attempts,
            f.answers, f.refusals, f.first_seen, f.last_seen, f.days, f.hours, f.sources, f.sample
            FROM connection_edge e CROSS JOIN connection_fact f ON f.edge = e.id
            WHERE e.cluster = ?
            ORDER BY e.source, e.destination, e.protocol, e.port, e.direction, f.period
            """)
        try select.forEachRow(cluster) { try read($0) }
    }

    /// All edges, with their peers in the order of their contents and their rows in that of their arrival.
    func table(cluster: ClusterName) -> ConnectionTable {
        ConnectionTable(cluster: cluster, peers: peers.peers, rows: rows, facts: facts)
    }

    private mutating func read(_ row: SQLStatement) throws {
        let edge = row.integer(at: 0)
        let fact = self.fact(row)
        if edge == newestEdge {
            facts[facts.count - 1].merge(fact)
        } else {
            newestEdge = edge
            rows.append(try self.row(row))
            facts.append(fact)
        }
    }

    private func row(_ row: SQLStatement) throws -> ConnectionTable.Row {
        guard let `protocol` = NetworkProtocol(rawValue: UInt8(truncatingIfNeeded: row.integer(at: 3))),
            let port = UInt16(exactly: row.integer(at: 4)),
            let direction = ConnectionEdge.Direction(rawValue: UInt8(truncatingIfNeeded: row.integer(at: 5)))
        else { throw StoreError.unreadable("a connection") }
        return ConnectionTable.Row(
            source: try peers.rank(row.integer(at: 1)), destination: try peers.rank(row.integer(at: 2)),
            service: (`protocol`, Port(port)), direction: direction)
    }

    private mutating func fact(_ row: SQLStatement) -> ConnectionFact {
        let period = DaySet.Period(
            number: Int32(truncatingIfNeeded: row.integer(at: 6)), bits: UInt64(bitPattern: row.integer(at: 13)))
        // Neighbours were mostly seen on the same days; sharing the set saves an allocation for each edge.
        if sharedDays.periods.first != period {
            sharedDays = DaySet()
            sharedDays.formUnion(period)
        }
        return ConnectionFact(
            count: row.integer(at: 7), attempts: row.integer(at: 8), answers: row.integer(at: 9),
            refusals: row.integer(at: 10), first: Timestamp(rawValue: row.integer(at: 11)),
            last: Timestamp(rawValue: row.integer(at: 12)), days: sharedDays,
            hours: HourSet(rawValue: UInt32(truncatingIfNeeded: row.integer(at: 14))),
            sources: ObservationSources(rawValue: UInt32(truncatingIfNeeded: row.integer(at: 15))),
            sample: row.text(at: 16))
    }
}
