import Domain
import Foundation
import GRDB
import Testing

@testable import Store

struct StoreFailureTests {
    @Test func `says that another process holds the database, and merges once it is free`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file(), busyTimeout: .milliseconds(50))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: folder.file(), configuration: configuration)
        try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        #expect(code { try store.merge(Sample.batch(edges: 2)) } == .locked)
        #expect(try store.connections(cluster: Sample.cluster).isEmpty)
        try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
        try store.merge(Sample.batch(edges: 2))
        #expect(try store.connections(cluster: Sample.cluster).count == 2)
    }

    @Test func `waits for another process as long as it is told to`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file(), busyTimeout: .seconds(60))
        #expect(try store.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA busy_timeout") } == 60_000)
    }

    @Test func `loses nothing when the disk is full`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.merge(Sample.batch(edges: 50))
        let before = try store.dump()
        try store.pool.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages + 4)")
        }
        let batch = Sample.batch(edges: 5_000, day: 20_070)
        #expect(code { try store.merge(batch) } == .diskFull)
        #expect(try store.dump() == before)

        try store.pool.writeWithoutTransaction { _ = try Int.fetchOne($0, sql: "PRAGMA max_page_count = 1000000") }
        try store.merge(batch)
        let undisturbed = try Store(path: folder.file("undisturbed.db"))
        try undisturbed.merge(Sample.batch(edges: 50))
        try undisturbed.merge(batch)
        #expect(try store.dump() == undisturbed.dump())
        try store.integrityCheck()
    }

    @Test func `refuses to write through a store opened for reading`() throws {
        let folder = try TemporaryFolder()
        let writer = try Store(path: folder.file())
        try writer.merge(Sample.batch(edges: 3))
        let reader = try Store.readOnly(path: folder.file())
        #expect(try reader.dump() == writer.dump())
        #expect(code { try reader.merge(Sample.batch(edges: 1)) } == .readOnly)
        try writer.merge(Sample.batch(edges: 4))
        #expect(try reader.connections(cluster: Sample.cluster).count == 4)
    }

    @Test(.enabled(if: geteuid() != 0, "file permissions do not bind the superuser"))
    func `says that a file without write permission cannot be written`() throws {
        let folder = try TemporaryFolder()
        try Store(path: folder.file()).merge(Sample.batch(edges: 1))
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: folder.file())
        #expect(code { _ = try Store(path: folder.file()) } == .readOnly)
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path) }
        #expect(code { _ = try Store(path: folder.file("new/leastwise.db")) } == .cannotOpen)
    }

    @Test func `names the trouble with a path`() throws {
        let folder = try TemporaryFolder()
        #expect(code { _ = try Store(path: folder.path) } == .isDirectory)
        #expect(code { _ = try Store.readOnly(path: folder.path) } == .isDirectory)
        #expect(code { _ = try Store.readOnly(path: folder.file("missing.db")) } == .notFound)
        #expect(!FileManager.default.fileExists(atPath: folder.file("missing.db")))
        try Data("text".utf8).write(to: URL(fileURLWithPath: folder.file("plain")))
        #expect(code { _ = try Store(path: folder.file("plain/x/leastwise.db")) } == .cannotOpen)
    }

    @Test func `leaves a file that is no database as it is`() throws {
        let folder = try TemporaryFolder()
        let text = [UInt8](repeating: UInt8(ascii: "x"), count: 8192)
        try Data(text).write(to: URL(fileURLWithPath: folder.file()))
        #expect(code { _ = try Store(path: folder.file()) } == .notADatabase)
        #expect(code { _ = try Store.readOnly(path: folder.file()) } == .notADatabase)
        #expect(try folder.bytes() == text)
    }

    @Test func `leaves another program's database as it is`() throws {
        let folder = try TemporaryFolder()
        try DatabaseQueue(path: folder.file()).write { try $0.execute(sql: "CREATE TABLE bookmark (url TEXT)") }
        let bytes = try folder.bytes()
        #expect(code { _ = try Store(path: folder.file()) } == .foreignDatabase)
        #expect(try folder.bytes() == bytes)
    }

    @Test func `finds a damaged page`() throws {
        let folder = try TemporaryFolder()
        do {
            let store = try Store(path: folder.file())
            try store.merge(Sample.batch(edges: 3_000))
            try store.integrityCheck()
            try store.close()
        }
        var bytes = try folder.bytes()
        for index in stride(from: 40 * 4096, to: bytes.count, by: 4096) {
            bytes.replaceSubrange(index..<index + 64, with: repeatElement(0xff, count: 64))
        }
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file()))
        let store = try Store(path: folder.file())
        #expect(code { try store.integrityCheck() } == .corrupt)
        #expect(code { _ = try store.connections(cluster: Sample.cluster) } == .corrupt)
    }

    @Test func `tells the operator what to do next`() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: StoreError.self) { _ = try Store.readOnly(path: folder.file()) }
        #expect(error?.description.contains(folder.file()) == true)
        #expect(error?.hint.contains("leastwise observe") == true)
    }

    private func code(_ body: () throws -> Void) -> StoreError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? StoreError)?.code
        }
    }
}
