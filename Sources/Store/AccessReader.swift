import Domain
import GRDB

/// Reads all access edges of one cluster, each with its facts of all periods merged.
struct AccessReader {
    private(set) var accesses: [(edge: AccessEdge, fact: AccessFact)] = []
    private var newestEdge: Int64?
    private let cluster: ClusterName
    private let callers: CallerReader

    init(_ db: Database, cluster: ClusterName, id: Int64) throws {
        self.cluster = cluster
        callers = try CallerReader(db, cluster: id)
        // Ordered by what the edges say, not by their ids, which depend on the order of arrival.
        let select = try SQLStatement(
            db,
            """
            SELECT e.id, s.kind, s.namespace, s.name, e.namespace, e.path, e.api_group, e.resource, e.subresource,
            e.name, e.verb, e.decision, r.text, f.period, f.count, f.dry_runs, f.first_seen, f.last_seen, f.days,
            f.sources, f.sample, f.callers_cut
            FROM access_edge e JOIN subject s ON s.id = e.subject JOIN access_reason r ON r.id = e.reason
            JOIN access_fact f ON f.edge = e.id
            WHERE e.cluster = ? ORDER BY 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
            """)
        try select.forEachRow(id) { try read($0) }
    }

    private mutating func read(_ row: SQLStatement) throws {
        let edge = row.integer(at: 0)
        if edge == newestEdge {
            accesses[accesses.count - 1].fact.merge(fact(row))
        } else {
            newestEdge = edge
            accesses.append((try self.edge(row), fact(row)))
        }
    }

    private func edge(_ row: SQLStatement) throws -> AccessEdge {
        guard let decision = AccessEdge.Decision(rawValue: UInt8(truncatingIfNeeded: row.integer(at: 11))) else {
            throw StoreError.unreadable("an access")
        }
        return AccessEdge(
            cluster: cluster, subject: try Self.subject(row, firstColumn: 1), action: action(row), decision: decision,
            reason: row.text(at: 12))
    }

    private func action(_ row: SQLStatement) -> AccessAction {
        let verb = row.text(at: 10)
        let path = row.text(at: 5)
        guard path.isEmpty else { return AccessAction(verb: verb, path: path) }
        return AccessAction(
            verb: verb, apiGroup: row.text(at: 6), resource: row.text(at: 7), subresource: row.text(at: 8),
            namespace: Namespace(row.text(at: 4)), name: row.text(at: 9))
    }

    private func fact(_ row: SQLStatement) -> AccessFact {
        var days = DaySet()
        days.formUnion(
            DaySet.Period(
                number: Int32(truncatingIfNeeded: row.integer(at: 13)), bits: UInt64(bitPattern: row.integer(at: 18))))
        return AccessFact(
            count: row.integer(at: 14), dryRuns: row.integer(at: 15), first: Timestamp(rawValue: row.integer(at: 16)),
            last: Timestamp(rawValue: row.integer(at: 17)), days: days,
            sources: ObservationSources(rawValue: UInt32(truncatingIfNeeded: row.integer(at: 19))),
            sample: row.text(at: 20),
            callers: CallerSet(
                callers.names(edge: row.integer(at: 0), period: row.integer(at: 13)), isCut: row.integer(at: 21) != 0))
    }

    /// The subject whose kind, namespace and name stand in three columns.
    static func subject(_ row: SQLStatement, firstColumn: Int32) throws -> Subject {
        guard let kind = Subject.Kind(rawValue: row.text(at: firstColumn)) else {
            throw StoreError.unreadable("a subject's kind")
        }
        return Subject(
            kind: kind, namespace: Namespace(row.text(at: firstColumn + 1)), name: row.text(at: firstColumn + 2))
    }
}

/// The callers of all facts of one cluster.
private struct CallerReader {
    private struct Key: Hashable {
        let edge: Int64
        let period: Int64
    }

    private var known: [Key: [String]] = [:]

    init(_ db: Database, cluster: Int64) throws {
        let select = try SQLStatement(
            db,
            """
            SELECT c.edge, c.period, c.caller FROM access_edge e JOIN access_caller c ON c.edge = e.id
            WHERE e.cluster = ?
            """)
        try select.forEachRow(cluster) { row in
            let key = Key(edge: row.integer(at: 0), period: row.integer(at: 1))
            known[key, default: []].append(row.text(at: 2))
        }
    }

    func names(edge: Int64, period: Int64) -> [String] { known[Key(edge: edge, period: period)] ?? [] }
}
