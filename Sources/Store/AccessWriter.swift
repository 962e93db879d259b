import Domain
import GRDB

/// Merges access facts inside a transaction.
struct AccessWriter {
    private let identities: IdentityTables
    private let edges: KeyTable
    private let facts: RowMerge
    private let callers: CallerWriter

    init(_ db: Database, _ identities: IdentityTables) throws {
        self.identities = identities
        edges = try KeyTable(
            db, "access_edge",
            [
                "cluster", "subject", "verb", "api_group", "resource", "subresource", "namespace", "name", "path",
                "decision", "reason",
            ])
        facts = try RowMerge(db, Self.rule)
        callers = try CallerWriter(db)
    }

    private static let rule = FactRule.merge(
        "access_fact", counters: ["count", "dry_runs"], bitSets: ["days", "sources", "callers_cut"])

    func write(_ rows: [(edge: AccessEdge, fact: AccessFact)], _ cache: inout IdentityCache) throws {
        for (edge, fact) in rows { try merge(fact, edge: id(of: edge, &cache), &cache) }
    }

    private func id(of edge: AccessEdge, _ cache: inout IdentityCache) throws -> Int64 {
        let cluster = try identities.id(of: edge.cluster, &cache)
        let subject = try identities.id(of: edge.subject, in: cluster, &cache)
        let reason = try identities.id(ofReason: edge.reason, in: cluster, &cache)
        let action = edge.action
        let key = IdentityCache.AccessKey(
            cluster: cluster, subject: subject, reason: reason, decision: edge.decision, action: action)
        if let known = cache.accesses[key] { return known }
        let id = try edges.id(
            cluster, subject, action.verb, action.apiGroup, action.resource, action.subresource,
            action.namespace.rawValue, action.name, action.path, Int64(edge.decision.rawValue), reason)
        cache.accesses[key] = id
        return id
    }

    private func merge(_ fact: AccessFact, edge: Int64, _ cache: inout IdentityCache) throws {
        let period = try FactRule.period(days: fact.days, first: fact.first, last: fact.last)
        try facts.run(
            edge, Int64(period.number), FactRule.counter(fact.count), FactRule.counter(fact.dryRuns),
            fact.first.rawValue, fact.last.rawValue, Int64(bitPattern: period.bits), Int64(fact.sources.rawValue),
            Int64(fact.callers.isCut ? 1 : 0), fact.sample)
        try callers.write(fact.callers.names, edge: edge, period: period.number, &cache)
    }
}

/// Adds the callers of facts, and keeps of each fact no more than a `CallerSet` holds.
private struct CallerWriter {
    private let db: Database
    private let insert: SQLStatement
    private let trim: SQLStatement
    private let mark: SQLStatement

    init(_ db: Database) throws {
        self.db = db
        insert = try SQLStatement(db, "INSERT OR IGNORE INTO access_caller (edge, period, caller) VALUES (?, ?, ?)")
        // Nothing is greater than NULL, which the inner query gives where there are few enough.
        trim = try SQLStatement(
            db,
            """
            DELETE FROM access_caller WHERE edge = ?1 AND period = ?2 AND caller >= (
                SELECT caller FROM access_caller WHERE edge = ?1 AND period = ?2 ORDER BY caller
                LIMIT 1 OFFSET \(CallerSet.limit))
            """)
        mark = try SQLStatement(db, "UPDATE access_fact SET callers_cut = 1 WHERE edge = ? AND period = ?")
    }

    func write(_ names: [String], edge: Int64, period: Int32, _ cache: inout IdentityCache) throws {
        var added = 0
        for name in names {
            let key = IdentityCache.CallerKey(edge: edge, period: period, caller: ExactText(name))
            guard cache.callers.insert(key).inserted else { continue }
            try insert.run(edge, Int64(period), name)
            added += db.changesCount
        }
        guard added > 0 else { return }
        try trim.run(edge, Int64(period))
        if db.changesCount > 0 { try mark.run(edge, Int64(period)) }
    }
}
