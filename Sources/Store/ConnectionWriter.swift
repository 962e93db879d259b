import Domain
import GRDB

/// Merges connection facts inside a transaction.
struct ConnectionWriter {
    private let identities: IdentityTables
    private let edges: KeyTable
    private let facts: RowMerge

    init(_ db: Database, _ identities: IdentityTables) throws {
        self.identities = identities
        edges = try KeyTable(
            db, "connection_edge", ["cluster", "source", "destination", "protocol", "port", "direction"])
        facts = try RowMerge(db, Self.rule)
    }

    private static let rule = FactRule.merge(
        "connection_fact", counters: ["count", "attempts", "answers", "refusals"],
        bitSets: ["days", "hours", "sources"])

    func write(
        _ rows: [(edge: ConnectionEdge, fact: ConnectionFact)], _ cache: inout IdentityCache
    ) throws {
        var keys: [(key: IdentityCache.ConnectionKey, row: Int)] = []
        keys.reserveCapacity(rows.count)
        for row in rows.indices { keys.append((try key(of: rows[row].edge, &cache), row)) }
        // In the index' order, so that a large batch walks the index' pages once.
        keys.sort { $0.key.precedes($1.key) }
        for (key, row) in keys { try merge(rows[row].fact, edge: try id(of: key, rows[row].edge, &cache)) }
    }

    private func key(of edge: ConnectionEdge, _ cache: inout IdentityCache) throws -> IdentityCache.ConnectionKey {
        let cluster = try identities.id(of: edge.cluster, &cache)
        return IdentityCache.ConnectionKey(
            cluster: cluster,
            source: try identities.id(of: edge.source, in: cluster, &cache),
            destination: try identities.id(of: edge.destination, in: cluster, &cache),
            service: Int64(edge.protocol.rawValue) << 24 | Int64(edge.port.rawValue) << 8
                | Int64(edge.direction.rawValue))
    }

    private func id(
        of key: IdentityCache.ConnectionKey, _ edge: ConnectionEdge, _ cache: inout IdentityCache
    ) throws -> Int64 {
        if let known = cache.connections[key] { return known }
        let id = try edges.id(
            key.cluster, key.source, key.destination, Int64(edge.protocol.rawValue), Int64(edge.port.rawValue),
            Int64(edge.direction.rawValue))
        cache.connections[key] = id
        return id
    }

    private func merge(_ fact: ConnectionFact, edge: Int64) throws {
        let period = try FactRule.period(days: fact.days, first: fact.first, last: fact.last)
        try facts.run(
            edge, Int64(period.number), FactRule.counter(fact.count), FactRule.counter(fact.attempts),
            FactRule.counter(fact.answers), FactRule.counter(fact.refusals), fact.first.rawValue, fact.last.rawValue,
            Int64(bitPattern: period.bits), Int64(fact.hours.rawValue), Int64(fact.sources.rawValue), fact.sample)
    }
}
