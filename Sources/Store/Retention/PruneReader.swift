import Domain
import GRDB

/// Looks for rows of one cluster that are too old, for one step of pruning.
///
/// It walks the tables' own order. An index on `last_seen` would find old rows at once, but each merge would have to move
/// each of its facts within it.
struct PruneReader {
    private let db: Database
    private let cluster: Int64
    private let before: Timestamp
    /// How many rows may yet be looked at, and removed, in this step.
    private var looks: Int
    private var removals: Int
    private var findings = PruneFindings()

    /// Rows that are looked at for each one that may be removed: milliseconds for a step that finds nothing.
    private static let looksPerRemoval = 20

    init(_ db: Database, cluster: Int64, before: Timestamp, limit: Int) {
        self.db = db
        self.cluster = cluster
        self.before = before
        removals = min(max(1, limit), 1 << 20)
        looks = removals * Self.looksPerRemoval
    }

    mutating func find(from position: PrunePosition) throws -> PruneFindings {
        findings.next = position
        while let position = findings.next, looks > 0 {
            guard try sweep(position) else { break }
            findings.next = position.nextTable
        }
        return findings
    }

    /// Reads on in one table; false if the step is over before the table is.
    private mutating func sweep(_ position: PrunePosition) throws -> Bool {
        switch position {
        case .connectionFacts(let edge, let period): try connectionFacts(edge, period)
        case .accessFacts(let edge, let period): try accessFacts(edge, period)
        case .addresses(let address, let peer, let pod): try addresses(address, peer, pod)
        case .names(let address, let name): try names(address, name)
        case .memberships(let subject, let group): try memberships(subject, group)
        case .coverage(let source, let day): try coverage(source, day)
        }
    }

    /// Counts a look at a row of which `rows` would go, itself included, or none; false if this step has no room for it.
    private mutating func look(removing rows: Int) -> Bool {
        guard looks > 0, rows <= removals || findings.isEmpty else {
            looks = 0
            return false
        }
        looks -= 1
        removals -= rows
        return true
    }

    // Facts do not tell their cluster: those of other clusters are looked at, too, so that no step has to read on for long
    // until it finds one of its own.
    private mutating func connectionFacts(_ edge: Int64, _ period: Int64) throws -> Bool {
        let select = try SQLStatement(
            db,
            """
            SELECT f.edge, f.period, f.last_seen < ?1 AND e.cluster = ?2, e.source, e.destination
            FROM connection_fact f CROSS JOIN connection_edge e ON e.id = f.edge
            WHERE (f.edge, f.period) > (?3, ?4) ORDER BY f.edge, f.period
            """)
        return try select.readRows(before.rawValue, cluster, edge, period) { row in
            let isOld = row.integer(at: 2) != 0
            // The fact, its edge, and both peers.
            guard look(removing: isOld ? 4 : 0) else { return false }
            let (edge, period) = (row.integer(at: 0), row.integer(at: 1))
            if isOld { findings.connectionFacts.append((edge, period, row.integer(at: 3), row.integer(at: 4))) }
            findings.next = .connectionFacts(edge: edge, period: period)
            return true
        }
    }

    private mutating func accessFacts(_ edge: Int64, _ period: Int64) throws -> Bool {
        let select = try SQLStatement(
            db,
            """
            SELECT f.edge, f.period, f.last_seen < ?1 AND e.cluster = ?2, e.subject, e.reason,
            CASE WHEN f.last_seen < ?1 AND e.cluster = ?2 THEN
                (SELECT count(*) FROM access_caller c WHERE c.edge = f.edge AND c.period = f.period) ELSE 0 END
            FROM access_fact f CROSS JOIN access_edge e ON e.id = f.edge
            WHERE (f.edge, f.period) > (?3, ?4) ORDER BY f.edge, f.period
            """)
        return try select.readRows(before.rawValue, cluster, edge, period) { row in
            let isOld = row.integer(at: 2) != 0
            // The fact, its edge, the subject, the reason, and its callers.
            guard look(removing: isOld ? 4 + Int(row.integer(at: 5)) : 0) else { return false }
            let (edge, period) = (row.integer(at: 0), row.integer(at: 1))
            if isOld { findings.accessFacts.append((edge, period, row.integer(at: 3), row.integer(at: 4))) }
            findings.next = .accessFacts(edge: edge, period: period)
            return true
        }
    }

    private mutating func addresses(_ address: String, _ peer: Int64, _ pod: String) throws -> Bool {
        let select = try SQLStatement(
            db,
            """
            SELECT address, peer, pod_name, last_seen < ? FROM address_sighting
            WHERE cluster = ? AND (address, peer, pod_name) > (?, ?, ?) ORDER BY address, peer, pod_name
            """)
        return try select.readRows(before.rawValue, cluster, address, peer, pod) { row in
            let isOld = row.integer(at: 3) != 0
            guard look(removing: isOld ? 2 : 0) else { return false }
            let key = (address: row.text(at: 0), peer: row.integer(at: 1), pod: row.text(at: 2))
            if isOld { findings.addresses.append(key) }
            findings.next = .addresses(address: key.address, peer: key.peer, pod: key.pod)
            return true
        }
    }

    private mutating func names(_ address: String, _ name: String) throws -> Bool {
        let select = try SQLStatement(
            db,
            """
            SELECT address, name, last_seen < ? FROM name_sighting
            WHERE cluster = ? AND (address, name) > (?, ?) ORDER BY address, name
            """)
        return try select.readRows(before.rawValue, cluster, address, name) { row in
            let isOld = row.integer(at: 2) != 0
            guard look(removing: isOld ? 1 : 0) else { return false }
            let key = (address: row.text(at: 0), name: row.text(at: 1))
            if isOld { findings.names.append(key) }
            findings.next = .names(address: key.address, name: key.name)
            return true
        }
    }

    private mutating func memberships(_ subject: Int64, _ group: String) throws -> Bool {
        let select = try SQLStatement(
            db,
            """
            SELECT subject, group_name, last_seen < ? FROM group_membership
            WHERE cluster = ? AND (subject, group_name) > (?, ?) ORDER BY subject, group_name
            """)
        return try select.readRows(before.rawValue, cluster, subject, group) { row in
            let isOld = row.integer(at: 2) != 0
            guard look(removing: isOld ? 2 : 0) else { return false }
            let key = (subject: row.integer(at: 0), group: row.text(at: 1))
            if isOld { findings.memberships.append(key) }
            findings.next = .memberships(subject: key.subject, group: key.group)
            return true
        }
    }

    private mutating func coverage(_ source: Int64, _ day: Int64) throws -> Bool {
        let select = try SQLStatement(
            db,
            """
            SELECT source, day, day < ? FROM source_coverage
            WHERE cluster = ? AND (source, day) > (?, ?) ORDER BY source, day
            """)
        return try select.readRows(Int64(before.day), cluster, source, day) { row in
            let isOld = row.integer(at: 2) != 0
            guard look(removing: isOld ? 1 : 0) else { return false }
            let key = (source: row.integer(at: 0), day: row.integer(at: 1))
            if isOld { findings.coverage.append(key) }
            findings.next = .coverage(source: key.source, day: key.day)
            return true
        }
    }
}
