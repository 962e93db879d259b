import Domain
import GRDB
import Synchronization
import Testing

@testable import Store

struct StorePruneTests {
    private final class Shared: Sendable {
        let isMerging = Atomic(true)
        let removed = Atomic(0)
    }

    /// What pruning has to come to, by statements that read all of every table.
    private static func pruneSlowly(_ store: Store, cluster: ClusterName, before: Timestamp) throws {
        let ours = "(SELECT id FROM cluster WHERE name = '\(cluster.rawValue)')"
        let old = "last_seen < \(before.rawValue)"
        var statements = ["connection", "access"].flatMap { table in
            [
                "DELETE FROM \(table)_fact WHERE \(old) AND edge IN (SELECT id FROM \(table)_edge WHERE cluster = \(ours))",
                "DELETE FROM \(table)_edge WHERE id NOT IN (SELECT edge FROM \(table)_fact)",
            ]
        }
        for table in ["address_sighting", "name_sighting", "group_membership"] {
            statements.append("DELETE FROM \(table) WHERE \(old) AND cluster = \(ours)")
        }
        statements += [
            "DELETE FROM source_coverage WHERE day < \(before.day) AND cluster = \(ours)",
            """
            DELETE FROM peer WHERE id NOT IN (
                SELECT source FROM connection_edge UNION SELECT destination FROM connection_edge
                UNION SELECT peer FROM address_sighting)
            """,
            """
            DELETE FROM subject WHERE id NOT IN (
                SELECT subject FROM access_edge UNION SELECT subject FROM group_membership)
            """,
            "DELETE FROM access_reason WHERE id NOT IN (SELECT reason FROM access_edge)",
        ]
        try store.pool.write { db in
            for statement in statements { try db.execute(sql: statement) }
        }
    }

    /// Everything in the tables that pruning touches.
    private static func content(_ store: Store) throws -> [String] {
        try store.dump()
            + store.pool.read { db in
                try (["cluster"] + PrunedTable.allCases.map(\.rawValue)).flatMap { table in
                    try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\(table) \($0)" }.sorted()
                }
            }
    }

    private static func sweep(
        _ store: Store, before: Timestamp, limit: Int, cluster: ClusterName = Sample.cluster
    ) throws -> [PruneProgress] {
        var steps: [PruneProgress] = []
        repeat {
            steps.append(try store.prune(cluster: cluster, before: before, limit: limit))
            try #require(steps.count < 100_000, "the sweep does not end")
        } while !steps[steps.count - 1].isDone
        return steps
    }

    @Test(arguments: [(1, 1), (2, 40), (3, 100), (4, 100_000)] as [(UInt64, Int)])
    func `removes what is older and what hangs on it, of one cluster, in steps`(seed: UInt64, limit: Int) throws {
        var generator = SeededGenerator(seed: seed)
        // Each step waits for the disk.
        let batch = ObservationBatch.random(rows: limit == 1 ? 20 : 400, using: &generator)
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let slow = try Store(path: folder.file("slow.db"))
        for store in [store, slow] { try store.merge(batch) }
        for day in [19_000, 20_030, 20_110, 20_195, 30_000] as [Int32] {
            let cutoff = Sample.time(day: day, second: 2)
            let before = try Self.rowCounts(store)
            let steps = try Self.sweep(store, before: cutoff, limit: limit)
            try Self.pruneSlowly(slow, cluster: Sample.cluster, before: cutoff)
            #expect(try Self.content(store) == Self.content(slow), "day \(day)")
            try store.integrityCheck()
            // One fact with its edge, subject, reason and 64 callers may go beyond a smaller limit.
            #expect(steps.allSatisfy { $0.total <= max(limit, 68) })
            let after = try Self.rowCounts(store)
            for table in PrunedTable.allCases {
                let removed = steps.reduce(0) { $0 + ($1.removed[table] ?? 0) }
                #expect(removed == before[table, default: 0] - after[table, default: 0], "\(table)")
            }
        }
        #expect(try store.connections(cluster: Sample.cluster).isEmpty)
        #expect(try !store.connections(cluster: ClusterName("staging")).isEmpty)
        #expect(try store.newestObservation(cluster: Sample.cluster) != nil)
    }

    private static func rowCounts(_ store: Store) throws -> [PrunedTable: Int] {
        try store.pool.read { db in
            try PrunedTable.allCases.reduce(into: [:]) { counts, table in
                counts[table] = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table.rawValue)")
            }
        }
    }

    @Test func `keeps what was last seen at the cutoff, and knows no unknown cluster`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        #expect(try store.prune(cluster: Sample.cluster, before: Sample.time(day: 1), limit: 10).isDone)
        try store.merge(Sample.batch(edges: 3))
        let before = try Self.content(store)
        _ = try Self.sweep(store, before: Sample.time(day: 20_000), limit: 10)
        #expect(try Self.content(store) == before)
        _ = try Self.sweep(store, before: Sample.time(day: 20_000, second: 1), limit: 10)
        #expect(try store.connections(cluster: Sample.cluster).count == 2)
    }

    @Test(arguments: [true, false])
    func `lets a store that remembers what was removed merge it anew`(otherProcess: Bool) throws {
        var generator = SeededGenerator(seed: 5)
        let batch = ObservationBatch.random(rows: 200, using: &generator)
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let pruner = otherProcess ? try Store(path: folder.file()) : store
        try store.merge(batch)
        try pruner.merge(batch)
        for cluster in try store.clusters() {
            _ = try Self.sweep(pruner, before: Sample.time(day: 30_000), limit: 50, cluster: cluster)
        }
        #expect(try Self.rowCounts(store).values.allSatisfy { $0 == 0 })
        try store.merge(batch)
        try pruner.merge(batch)
        let undisturbed = try Store(path: folder.file("undisturbed.db"))
        try undisturbed.merge(batch)
        try undisturbed.merge(batch)
        #expect(try store.dump() == undisturbed.dump())
        try store.integrityCheck()
    }

    @Test(arguments: [true, false])
    func `a fact that comes again has its callers again, while its edge stays`(otherProcess: Bool) throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let pruning = otherProcess ? try Store(path: folder.file()) : store
        var generator = SeededGenerator(seed: 6)
        let edge = try #require(ObservationBatch.random(rows: 20, using: &generator).accesses.first?.edge)
        func batch(_ days: [Int32]) -> ObservationBatch {
            var batch = ObservationBatch()
            batch.accesses = days.map {
                (edge, Sample.accessFact(Sample.time(day: $0), callers: CallerSet(["of day \($0)"])))
            }
            return batch
        }
        try store.merge(batch([20_000, 20_200]))
        let known = try Self.content(store)
        _ = try Self.sweep(pruning, before: Sample.time(day: 20_100), limit: 100, cluster: edge.cluster)
        #expect(try store.accesses(cluster: edge.cluster).map(\.fact.callers.names) == [["of day 20200"]])
        try store.merge(batch([20_000]))
        #expect(try Self.content(store) == known)
    }

    @Test func `takes nothing from merges that come in between`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let other = try Store(path: folder.file())
        let old = Sample.batch(edges: 1_000, day: 20_000)
        let new = Sample.batch(edges: 1_000, day: 20_100)
        try store.merge(old)
        let state = Shared()
        let merge: @Sendable () throws -> Void = {
            defer { state.isMerging.store(false, ordering: .relaxed) }
            for start in stride(from: 0, to: 1_000, by: 50) {
                // Old and new facts of edges that are being removed, some of them for the second time.
                var batch = ObservationBatch()
                batch.connections = Array(old.connections[start..<start + 50] + new.connections[start..<start + 50])
                try store.merge(batch)
            }
        }
        let prune: @Sendable () throws -> Void = {
            while state.isMerging.load(ordering: .relaxed) {
                let step = try other.prune(cluster: Sample.cluster, before: Sample.time(day: 20_050), limit: 40)
                state.removed.add(step.total, ordering: .relaxed)
            }
        }
        try onThreads([merge, prune])
        #expect(state.removed.load(ordering: .relaxed) > 0)
        _ = try Self.sweep(other, before: Sample.time(day: 20_050), limit: 1000)
        _ = try Self.sweep(other, before: Sample.time(day: 20_050), limit: 1000)
        let undisturbed = try Store(path: folder.file("undisturbed.db"))
        try undisturbed.merge(new)
        #expect(try store.dump() == undisturbed.dump())
        try store.integrityCheck()
    }

    @Test func `finds each row that it looks for by an index`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let plans = try store.pool.read { db in
            try [
                "SELECT 1 FROM connection_edge WHERE source = 1", "SELECT 1 FROM connection_edge WHERE destination = 1",
                "SELECT 1 FROM address_sighting WHERE peer = 1", "SELECT 1 FROM access_edge WHERE subject = 1",
                "SELECT 1 FROM access_edge WHERE reason = 1", "SELECT 1 FROM group_membership WHERE subject = 1",
                "SELECT 1 FROM connection_fact WHERE (edge, period) > (1, 2) ORDER BY edge, period",
                "SELECT 1 FROM receipt WHERE received < 1 ORDER BY received",
                "SELECT 1 FROM name_sighting WHERE cluster = 1 AND (address, name) > ('a', 'b') ORDER BY address, name",
            ].map { try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \($0)").map { $0["detail"] as String } }
        }
        for plan in plans {
            #expect(plan.allSatisfy { $0.hasPrefix("SEARCH") }, "\(plan)")
        }
    }
}
