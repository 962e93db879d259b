import Domain
import GRDB

/// Merges connection facts inside a transaction.
struct ConnectionWriter {
    private let identities: IdentityTables
    private let edges: KeyTable
    private let upsert: SQLStatement

    init(_ db: Database, _ identities: IdentityTables) throws {
        self.identities = identities
        edges = try KeyTable(
            db, "connection_edge", ["cluster", "source", "destination", "protocol", "port", "direction"])
        upsert = try SQLStatement(
            db,
            FactRule.upsert(
                into: "connection_fact", counters: ["count", "attempts", "answers", "refusals"],
                bitSets: ["days", "hours", "sources"]))
    }

    /// One row's key in ids, in the order of the edges' unique index.
    private struct Key {
        let cluster: Int64
        let source: Int64
        let destination: Int64
        /// Protocol, port and direction.
        let service: Int64
        let row: Int

        func precedes(_ other: Key) -> Bool {
            if cluster != other.cluster { return cluster < other.cluster }
            if source != other.source { return source < other.source }
            if destination != other.destination { return destination < other.destination }
            return service < other.service
        }
    }

    func write(
        _ rows: [(edge: ConnectionEdge, fact: ConnectionFact)], _ cache: inout IdentityCache
    ) throws {
        var keys: [Key] = []
        keys.reserveCapacity(rows.count)
        for row in rows.indices { keys.append(try key(of: rows[row].edge, row: row, &cache)) }
        // In the index' order, so that a large batch walks the index' pages once.
        keys.sort { $0.precedes($1) }
        for key in keys {
            let (edge, fact) = rows[key.row]
            let id = try edges.id(
                key.cluster, key.source, key.destination, Int64(edge.protocol.rawValue), Int64(edge.port.rawValue),
                Int64(edge.direction.rawValue))
            try merge(fact, edge: id)
        }
    }

    private func key(of edge: ConnectionEdge, row: Int, _ cache: inout IdentityCache) throws -> Key {
        let cluster = try identities.id(of: edge.cluster, &cache)
        return Key(
            cluster: cluster,
            source: try identities.id(of: edge.source, in: cluster, &cache),
            destination: try identities.id(of: edge.destination, in: cluster, &cache),
            service: Int64(edge.protocol.rawValue) << 24 | Int64(edge.port.rawValue) << 8
                | Int64(edge.direction.rawValue),
            row: row)
    }

    private func merge(_ fact: ConnectionFact, edge: Int64) throws {
        let period = try FactRule.period(days: fact.days, first: fact.first, last: fact.last)
        try upsert.run(
            edge, Int64(period.number), FactRule.counter(fact.count), FactRule.counter(fact.attempts),
            FactRule.counter(fact.answers), FactRule.counter(fact.refusals), fact.first.rawValue, fact.last.rawValue,
            Int64(bitPattern: period.bits), Int64(fact.hours.rawValue), Int64(fact.sources.rawValue), fact.sample)
    }
}
