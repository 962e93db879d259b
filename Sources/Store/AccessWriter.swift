import Domain
import GRDB

/// Merges access facts inside a transaction.
struct AccessWriter {
    private let identities: IdentityTables
    private let edges: KeyTable
    private let upsert: SQLStatement

    init(_ db: Database, _ identities: IdentityTables) throws {
        self.identities = identities
        edges = try KeyTable(
            db, "access_edge",
            [
                "cluster", "subject", "verb", "api_group", "resource", "subresource", "namespace", "name", "path",
                "decision", "reason",
            ])
        upsert = try SQLStatement(
            db,
            FactRule.upsert(
                into: "access_fact", counters: ["count", "dry_runs"], bitSets: ["days", "sources"]))
    }

    func write(_ rows: [(edge: AccessEdge, fact: AccessFact)], _ cache: inout IdentityCache) throws {
        for (edge, fact) in rows { try merge(fact, edge: id(of: edge, &cache)) }
    }

    private func id(of edge: AccessEdge, _ cache: inout IdentityCache) throws -> Int64 {
        let cluster = try identities.id(of: edge.cluster, &cache)
        let subject = try identities.id(of: edge.subject, in: cluster, &cache)
        let reason = try identities.id(ofReason: edge.reason, in: cluster, &cache)
        let action = edge.action
        return try edges.id(
            cluster, subject, action.verb, action.apiGroup, action.resource, action.subresource,
            action.namespace.rawValue, action.name, action.path, Int64(edge.decision.rawValue), reason)
    }

    private func merge(_ fact: AccessFact, edge: Int64) throws {
        let period = try FactRule.period(days: fact.days, first: fact.first, last: fact.last)
        try upsert.run(
            edge, Int64(period.number), FactRule.counter(fact.count), FactRule.counter(fact.dryRuns),
            fact.first.rawValue, fact.last.rawValue, Int64(bitPattern: period.bits), Int64(fact.sources.rawValue),
            fact.sample)
    }
}
