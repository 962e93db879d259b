import Domain
import GRDB
import Testing

@testable import Store

/// What a killed process leaves behind is a copy of its files at that moment.
struct StoreDurabilityTests {
    @Test func `has everything that was acknowledged in the files`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        for day in 20_000..<20_010 as Range<Int32> {
            try store.merge(Sample.batch(edges: 40, day: day))
            let crashed = try TemporaryFolder()
            try folder.copyDatabase(to: crashed)
            let copy = try Store(path: crashed.file())
            try copy.integrityCheck()
            #expect(try copy.dump() == store.dump())
        }
    }

    @Test func `has nothing of an unfinished transaction after a crash`() throws {
        let folder = try TemporaryFolder()
        let crashed = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.merge(Sample.batch(edges: 40))
        let acknowledged = try store.dump()
        struct Killed: Error {}
        #expect(throws: Killed.self) {
            try store.write { db in
                // A cache of ten pages makes SQLite spill uncommitted pages to the log.
                try db.execute(sql: "PRAGMA cache_size = 10")
                var cache = IdentityCache()
                try BatchWriter(db).write(Sample.batch(edges: 5_000, day: 20_001), &cache)
                try folder.copyDatabase(to: crashed)
                throw Killed()
            }
        }
        #expect(try crashed.bytes("leastwise.db-wal").count > 200_000)
        let copy = try Store(path: crashed.file())
        try copy.integrityCheck()
        #expect(try copy.dump() == acknowledged)
        try copy.merge(Sample.batch(edges: 40))
        #expect(try copy.connections(cluster: Sample.cluster).allSatisfy { $0.fact.count == 2 })
    }

    @Test func `leaves one file behind when it is closed`() throws {
        let folder = try TemporaryFolder()
        let moved = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.merge(Sample.batch(edges: 40))
        let expected = try store.dump()
        try store.close()
        #expect((try? folder.bytes("leastwise.db-wal"))?.isEmpty ?? true)
        try folder.copyDatabase(to: moved)
        #expect(try Store.readOnly(path: moved.file()).dump() == expected)
        #expect(throws: StoreError.self) { try store.merge(Sample.batch(edges: 1)) }
    }
}
