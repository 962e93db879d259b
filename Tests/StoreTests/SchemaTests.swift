import Domain
import Foundation
import GRDB
import Migrations
import Testing

@testable import Store

struct SchemaTests {
    @Test func `creates folders and files that only their owner can read`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("state/leastwise/leastwise.db")
        let store = try Store(path: path)
        try store.merge(Sample.batch(edges: 1))
        for (file, permissions) in [("", 0o600), ("-wal", 0o600), ("-shm", 0o600), ("/..", 0o700), ("/../..", 0o700)] {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: file.hasPrefix("/") ? URL(fileURLWithPath: path + file).standardized.path : path + file)
            #expect(attributes[.posixPermissions] as? Int == permissions, "\(path)\(file)")
        }
    }

    @Test func `makes every table strict and every column not null`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let ours = "FROM pragma_table_list t WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%'"
        let loose = try names(store, "SELECT t.name \(ours) AND t.strict = 0")
        #expect(loose == [])
        let columns = "SELECT name FROM pragma_table_info(t.name) WHERE \"notnull\" = 0 AND pk = 0"
        let nullable = try names(store, "SELECT t.name \(ours) AND EXISTS (\(columns))")
        #expect(nullable == [])
        #expect(try names(store, "SELECT t.name \(ours)").count == 21)
    }

    private func names(_ store: Store, _ sql: String) throws -> [String] {
        try store.pool.read { try String.fetchAll($0, sql: sql) }
    }

    @Test func `waits for the disk at each commit`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let settings = try store.pool.writeWithoutTransaction { db in
            try ["journal_mode", "synchronous", "foreign_keys"].map { try String.fetchOne(db, sql: "PRAGMA \($0)") }
        }
        #expect(settings == ["wal", "2", "1"])
    }

    @Test func `refuses a newer schema and changes nothing`() throws {
        let folder = try TemporaryFolder()
        do {
            let store = try Store(path: folder.file())
            try store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
            try store.close()
        }
        let bytes = try folder.bytes()
        for open in [{ try Store(path: $0) }, { try Store.readOnly(path: $0) }] as [(String) throws -> Store] {
            let error = #expect(throws: StoreError.self) { _ = try open(folder.file()) }
            #expect(error?.code == .newerSchema)
            #expect(error?.message.contains("version 99") == true)
            #expect(error?.message.contains("version \(Migration.all.count)") == true)
        }
        #expect(try folder.bytes() == bytes)
    }

    @Test func `asks for a migration where it may only read`() throws {
        let folder = try TemporaryFolder()
        try DatabaseQueue(path: folder.file()).write { try $0.execute(sql: "PRAGMA application_id = 0x4C535457") }
        let error = #expect(throws: StoreError.self) { _ = try Store.readOnly(path: folder.file()) }
        #expect(error?.code == .olderSchema)
    }

    @Test func `applies later migrations to an existing database, each once`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.merge(Sample.batch(edges: 2))
        let before = try store.dump()
        let addition = Migration(
            version: Migration.all.count + 1, name: "addition", sql: Array("CREATE TABLE later (id INTEGER);".utf8))
        let schema = Schema(path: folder.file(), migrations: Migration.all + [addition])
        try schema.migrate(store.pool)
        try schema.migrate(store.pool)
        #expect(try store.statistics().schemaVersion == addition.version)
        #expect(try store.dump() == before)
    }

    @Test func `upgrades the first release's database, whose hours are unknown`() throws {
        let folder = try TemporaryFolder()
        let edge = Sample.edge(Sample.pod(1), Sample.pod(2))
        do {
            let first = try DatabaseQueue(path: folder.file())
            try Schema(path: folder.file(), migrations: [Migration.all[0]]).migrate(first)
            try first.write { try $0.execute(sql: Self.firstReleaseRows) }
            try first.close()
        }
        let store = try Store(path: folder.file())
        #expect(try store.statistics().schemaVersion == Migration.all.count)
        let old = try #require(try store.connections(cluster: Sample.cluster).first)
        #expect((old.edge.port, old.fact.count) == (Port(443), 7))
        #expect((old.fact.days.days, old.fact.hours) == ([19_968], HourSet()))

        var batch = ObservationBatch()
        for hour in [3, 3, 23] as [Int64] {
            let time = Sample.time(day: 19_970, second: hour * 3600)
            var fact = Sample.fact(time)
            fact.hours = HourSet(time)
            batch.connections.append((old.edge, fact))
            batch.connections.append((edge, Sample.fact(time)))
        }
        try store.merge(batch)
        let facts = try store.connections(cluster: Sample.cluster).map { ($0.edge.port, $0.fact) }
        let known = try #require(facts.first { $0.0 == Port(443) }?.1)
        #expect((known.count, known.days.days) == (10, [19_968, 19_970]))
        #expect(known.hours == HourSet(rawValue: 1 << 3 | 1 << 23))
        #expect(facts.first { $0.0 != Port(443) }?.1.hours == HourSet())
        try store.integrityCheck()
    }

    /// One connection, as the first schema holds it.
    private static let firstReleaseRows = """
        INSERT INTO cluster VALUES (1, 'prod');
        INSERT INTO cluster_clock VALUES (1, 1725235200000000000);
        INSERT INTO peer VALUES (1, 1, 0, '', 'shop', 'Deployment', 'web', '', '{}', '');
        INSERT INTO peer VALUES (2, 1, 0, '', 'shop', 'Deployment', 'api', '', '{}', '');
        INSERT INTO connection_edge VALUES (1, 1, 1, 2, 6, 443, 0);
        INSERT INTO connection_fact VALUES (1, 312, 7, 0, 7, 0, 1725235200000000000, 1725235200000000000, 1, 1, 'old');
        """

    @Test func `upgrades requests of earlier versions, whose callers are unknown`() throws {
        let folder = try TemporaryFolder()
        do {
            let old = try DatabaseQueue(path: folder.file())
            try Schema(path: folder.file(), migrations: Array(Migration.all.prefix(2))).migrate(old)
            try old.write { try $0.execute(sql: Self.secondReleaseRows) }
            try old.close()
        }
        let store = try Store(path: folder.file())
        let rows = try store.accesses(cluster: Sample.cluster)
        // A name that was read from a create's body is none; other verbs and subresources keep theirs.
        #expect(
            rows.map { "\($0.edge.action.verb) \($0.edge.action.name) \($0.edge.action.subresource)" } == [
                "create  ", "update a ", "create web token",
            ])
        let merged = try #require(rows.first?.fact)
        #expect((merged.count, merged.dryRuns, merged.sample) == (16, 3, "first"))
        #expect((merged.first.rawValue, merged.last.rawValue) == (1_725_235_200_000_000_000, 1_736_294_400_000_000_000))
        #expect(merged.days.days == [19_968, 19_970, 20_096])
        #expect(rows.allSatisfy { $0.fact.callers == CallerSet() })
        // Though migrations removed edges.
        #expect(try store.size().rows.accessEdges == 3)

        var batch = ObservationBatch()
        let callers = CallerSet(["api", "worker"])
        batch.accesses = rows.map { ($0.edge, Sample.accessFact(Sample.time(day: 19_970), callers: callers)) }
        try store.merge(batch)
        #expect(try store.accesses(cluster: Sample.cluster).map(\.fact.callers) == [callers, callers, callers])
        try store.integrityCheck()
    }

    /// Requests as the second schema holds them: plain creates by name among them, of three names in two periods.
    private static let secondReleaseRows = """
        INSERT INTO cluster VALUES (1, 'prod');
        INSERT INTO cluster_clock VALUES (1, 1736294400000000000);
        INSERT INTO subject VALUES (1, 1, 'ServiceAccount', 'shop', 'api');
        INSERT INTO access_reason VALUES (1, 1, '');
        INSERT INTO access_edge VALUES (1, 1, 1, 'create', '', 'configmaps', '', 'shop', 'a', '', 0, 1);
        INSERT INTO access_edge VALUES (2, 1, 1, 'create', '', 'configmaps', '', 'shop', 'b', '', 0, 1);
        INSERT INTO access_edge VALUES (3, 1, 1, 'create', '', 'configmaps', '', 'shop', '', '', 0, 1);
        INSERT INTO access_edge VALUES (4, 1, 1, 'update', '', 'configmaps', '', 'shop', 'a', '', 0, 1);
        INSERT INTO access_edge VALUES (5, 1, 1, 'create', '', 'serviceaccounts', 'token', 'shop', 'web', '', 0, 1);
        INSERT INTO access_fact VALUES (1, 312, 1, 1, 1725408000000000000, 1725408000000000000, 4, 2, 'later');
        INSERT INTO access_fact VALUES (2, 312, 3, 2, 1725235200000000000, 1725235200000000000, 1, 2, 'first');
        INSERT INTO access_fact VALUES (2, 314, 5, 0, 1736294400000000000, 1736294400000000000, 1, 2, 'last');
        INSERT INTO access_fact VALUES (3, 312, 7, 0, 1725408000000000000, 1725408000000000000, 4, 2, 'plain');
        INSERT INTO access_fact VALUES (4, 312, 9, 0, 1725235200000000000, 1725235200000000000, 1, 2, 'update');
        INSERT INTO access_fact VALUES (5, 312, 9, 0, 1725235200000000000, 1725235200000000000, 1, 2, 'token');
        """

    @Test func `applies migrations wholly or not at all`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let broken = Migration(
            version: Migration.all.count + 1, name: "broken",
            sql: Array("CREATE TABLE later (id INTEGER); INSERT INTO nowhere VALUES (1);".utf8))
        let schema = Schema(path: folder.file(), migrations: Migration.all + [broken])
        #expect(throws: DatabaseError.self) { try schema.migrate(store.pool) }
        #expect(try store.statistics().schemaVersion == Migration.all.count)
        #expect(try store.pool.read { try $0.tableExists("later") } == false)
    }

    @Test func `numbers the migrations from one without gaps`() {
        #expect(Migration.all.map(\.version) == Array(1...Migration.all.count))
    }

    @Test func `lets many stores create one file at once`() async throws {
        for _ in 0..<15 {
            let folder = try TemporaryFolder()
            let path = folder.file()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<4 {
                    group.addTask {
                        try Store(path: path).merge(Sample.batch(edges: 5, day: 20_000 + Int32(number)))
                    }
                }
                try await group.waitForAll()
            }
            let rows = try Store(path: path).connections(cluster: Sample.cluster)
            #expect(rows.map(\.fact.count) == [4, 4, 4, 4, 4])
        }
    }
}
