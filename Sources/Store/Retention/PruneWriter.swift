import Domain
import GRDB

/// Removes what a step of pruning found, and what nothing refers to after that, inside a transaction.
///
/// Merges may have come in between: each row is judged anew.
struct PruneWriter {
    private let db: Database
    private let cluster: Int64
    private let before: Timestamp
    private var removed: [PrunedTable: Int] = [:]
    /// Rows that lost something that referred to them.
    private var peers: Set<Int64> = []
    private var subjects: Set<Int64> = []
    private var reasons: Set<Int64> = []

    init(_ db: Database, cluster: Int64, before: Timestamp) {
        self.db = db
        self.cluster = cluster
        self.before = before
    }

    mutating func remove(_ findings: PruneFindings) throws -> [PrunedTable: Int] {
        try remove(connectionFacts: findings.connectionFacts)
        try remove(accessFacts: findings.accessFacts)
        try remove(sightings: findings)
        try remove(memberships: findings.memberships)
        try removeOrphans()
        try count()
        return removed
    }

    /// Runs a statement that removes rows of one table, and counts them.
    private mutating func remove<each Value: SQLBindable>(
        _ table: PrunedTable, _ statement: SQLStatement, _ value: repeat each Value
    ) throws -> Bool {
        try statement.run(repeat each value)
        // Without those that foreign keys removed.
        let rows = db.changesCount
        guard rows > 0 else { return false }
        removed[table, default: 0] += rows
        return true
    }

    private mutating func remove(
        connectionFacts facts: [(edge: Int64, period: Int64, source: Int64, destination: Int64)]
    ) throws {
        let fact = try SQLStatement(
            db, "DELETE FROM connection_fact WHERE edge = ? AND period = ? AND last_seen < ?")
        let edge = try SQLStatement(
            db,
            """
            DELETE FROM connection_edge
            WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM connection_fact f WHERE f.edge = ?1)
            """)
        for row in facts {
            guard try remove(.connectionFact, fact, row.edge, row.period, before.rawValue),
                try remove(.connectionEdge, edge, row.edge)
            else { continue }
            peers.formUnion([row.source, row.destination])
        }
    }

    private mutating func remove(
        accessFacts facts: [(edge: Int64, period: Int64, subject: Int64, reason: Int64)]
    ) throws {
        let callers = try SQLStatement(
            db,
            """
            DELETE FROM access_caller WHERE edge = ?1 AND period = ?2 AND EXISTS (
                SELECT 1 FROM access_fact f WHERE f.edge = ?1 AND f.period = ?2 AND f.last_seen < ?3)
            """)
        let fact = try SQLStatement(db, "DELETE FROM access_fact WHERE edge = ? AND period = ? AND last_seen < ?")
        let edge = try SQLStatement(
            db,
            "DELETE FROM access_edge WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM access_fact f WHERE f.edge = ?1)")
        for row in facts {
            _ = try remove(.accessCaller, callers, row.edge, row.period, before.rawValue)
            guard try remove(.accessFact, fact, row.edge, row.period, before.rawValue),
                try remove(.accessEdge, edge, row.edge)
            else { continue }
            subjects.insert(row.subject)
            reasons.insert(row.reason)
        }
    }

    private mutating func remove(sightings: PruneFindings) throws {
        let address = try SQLStatement(
            db,
            """
            DELETE FROM address_sighting
            WHERE cluster = ? AND address = ? AND peer = ? AND pod_name = ? AND last_seen < ?
            """)
        for row in sightings.addresses
        where try remove(.addressSighting, address, cluster, row.address, row.peer, row.pod, before.rawValue) {
            peers.insert(row.peer)
        }
        let name = try SQLStatement(
            db, "DELETE FROM name_sighting WHERE cluster = ? AND address = ? AND name = ? AND last_seen < ?")
        for row in sightings.names {
            _ = try remove(.nameSighting, name, cluster, row.address, row.name, before.rawValue)
        }
        let coverage = try SQLStatement(db, "DELETE FROM source_coverage WHERE cluster = ? AND source = ? AND day = ?")
        for row in sightings.coverage { _ = try remove(.coverage, coverage, cluster, row.source, row.day) }
    }

    private mutating func remove(memberships: [(subject: Int64, group: String)]) throws {
        let statement = try SQLStatement(
            db, "DELETE FROM group_membership WHERE cluster = ? AND subject = ? AND group_name = ? AND last_seen < ?")
        for row in memberships
        where try remove(.membership, statement, cluster, row.subject, row.group, before.rawValue) {
            subjects.insert(row.subject)
        }
    }

    private mutating func removeOrphans() throws {
        try removeOrphans(
            .peer, peers, referring: ["connection_edge.source", "connection_edge.destination", "address_sighting.peer"])
        try removeOrphans(.subject, subjects, referring: ["access_edge.subject", "group_membership.subject"])
        try removeOrphans(.reason, reasons, referring: ["access_edge.reason"])
    }

    /// Removes those rows of a table to which no column refers. Each of the columns has an index.
    private mutating func removeOrphans(_ table: PrunedTable, _ ids: Set<Int64>, referring: [String]) throws {
        guard !ids.isEmpty else { return }
        let conditions = referring.map { column in
            "NOT EXISTS (SELECT 1 FROM \(column.prefix { $0 != "." }) WHERE \(column) = ?1)"
        }
        let delete = try SQLStatement(
            db, "DELETE FROM \(table.rawValue) WHERE id = ?1 AND \(conditions.joined(separator: " AND "))")
        for id in ids.sorted() { _ = try remove(table, delete, id) }
    }

    /// Keeps account of what is gone, by which `IdentityCache` and `Store.size` go.
    private func count() throws {
        let update = try SQLStatement(
            db,
            """
            INSERT INTO removed_row (kind, removed) VALUES (?, ?)
            ON CONFLICT (kind) DO UPDATE SET removed = removed + excluded.removed
            """)
        for table in [.connectionEdge, .accessEdge, .accessFact, .peer, .subject, .reason] as [PrunedTable] {
            if let rows = removed[table] { try update.run(table.rawValue, Int64(rows)) }
        }
    }
}
