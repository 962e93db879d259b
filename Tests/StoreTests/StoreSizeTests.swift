import Domain
import Foundation
import GRDB
import Testing

@testable import Store

struct StoreSizeTests {
    @Test func `tells files, free pages and rows as they are`() throws {
        var generator = SeededGenerator(seed: 9)
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        #expect(try store.size().rows == StoreSize.Rows(connectionEdges: 0, accessEdges: 0, peers: 0, subjects: 0))
        for _ in 0..<3 {
            try store.merge(.random(rows: 300, using: &generator))
            try expectTrueRows(store)
            _ = try store.prune(cluster: Sample.cluster, before: Sample.time(day: 20_060), limit: 500)
            try expectTrueRows(store)
        }
        try store.merge(Sample.batch(edges: 3_000, day: 19_000))
        // The sweep that was begun, and a whole one.
        for _ in 0..<2 {
            while try !store.prune(cluster: Sample.cluster, before: Sample.time(day: 20_000), limit: 5_000).isDone {}
        }
        try expectTrueRows(store)
        let size = try store.size()
        #expect(size.logBytes == Int64(try folder.bytes("leastwise.db-wal").count))
        #expect(size.limitBytes == nil)
        try store.close()
        let closed = try Store.readOnly(path: folder.file()).size()
        #expect(closed.fileBytes == Int64(try folder.bytes().count))
        #expect(closed.freeBytes > closed.fileBytes / 2)
        #expect(closed.rows == size.rows)
    }

    private func expectTrueRows(_ store: Store) throws {
        let rows = try store.size().rows
        let counts = try store.pool.read { db in
            try ["connection_edge", "access_edge", "peer", "subject"].map {
                try Int64.fetchOne(db, sql: "SELECT count(*) FROM \($0)") ?? 0
            }
        }
        #expect([rows.connectionEdges, rows.accessEdges, rows.peers, rows.subjects] == counts)
    }

    @Test func `does not grow beyond its bound, says so, and goes on once pruning has made room`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.merge(Sample.batch(edges: 4_000, day: 20_000))
        try store.pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        let limit = try store.size().fileBytes + (64 << 10)
        try store.limitSize(bytes: limit)
        #expect(try store.size().limitBytes == limit)
        let before = try store.dump()
        let next = Sample.batch(edges: 4_000, day: 20_100)
        for _ in 0..<2 {
            let error = #expect(throws: StoreError.self) { try store.merge(next) }
            #expect(error?.code == .storeFull)
            #expect(error?.isTemporary == true)
            #expect(error?.hint.contains("retention.maximumMebibytes") == true)
            #expect(try store.dump() == before)
        }
        while try !store.prune(cluster: Sample.cluster, before: Sample.time(day: 20_050), limit: 500).isDone {}
        try store.merge(next)
        try store.pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        #expect(try store.size().fileBytes <= limit)
        let undisturbed = try Store(path: folder.file("undisturbed.db"))
        try undisturbed.merge(next)
        #expect(try store.dump() == undisturbed.dump())

        let more = Sample.batch(edges: 4_000, day: 20_200)
        #expect(throws: StoreError.self) { try store.merge(more) }
        try store.limitSize(bytes: nil)
        try store.merge(more)
    }

    @Test func `keeps a file that is larger than its bound as it is`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.merge(Sample.batch(edges: 2_000))
        let before = try store.dump()
        try store.limitSize(bytes: 1)
        #expect(try store.dump() == before)
        let error = #expect(throws: StoreError.self) { try store.merge(Sample.batch(edges: 2_000, day: 20_100)) }
        #expect(error?.code == .storeFull)
        // Facts that are there can be merged in their place.
        try store.merge(Sample.batch(edges: 100))
    }
}
