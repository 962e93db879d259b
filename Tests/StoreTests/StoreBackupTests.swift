import Domain
import Foundation
import GRDB
import Synchronization
import Testing

@testable import Store

struct StoreBackupTests {
    /// What a writer and a copier know of each other.
    private final class Shared: Sendable {
        let isCopying = Atomic(true)
        let merged = Atomic(0)
        let steps = Mutex<[[Int]]>([])
    }

    @Test func `copies one moment of a store that is being written, and can be put in its place`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.merge(Sample.batch(edges: 20_000))
        try store.merge(Sample.batch(edges: 300, day: 20_001))
        let shared = Shared()
        let write: @Sendable () throws -> Void = {
            while shared.isCopying.load(ordering: .relaxed) {
                try store.merge(Sample.batch(edges: 300, day: 20_001))
                shared.merged.add(1, ordering: .relaxed)
            }
        }
        let copy: @Sendable () throws -> Void = {
            defer { shared.isCopying.store(false, ordering: .relaxed) }
            for number in 0..<2 {
                var seen: [Int] = []
                try store.backup(to: folder.file("backup-\(number).db")) { step in
                    seen.append(step.bytesDone)
                    // Somebody has written between the first steps.
                    let before = shared.merged.load(ordering: .relaxed)
                    while seen.count < 4, shared.merged.load(ordering: .relaxed) == before { usleep(100) }
                }
                shared.steps.withLock { $0.append(seen) }
            }
        }
        try onThreads([write, copy])
        let total = shared.merged.load(ordering: .relaxed)
        for number in 0..<2 { try expectOneMoment(folder.file("backup-\(number).db"), folder, merges: total) }
        for steps in shared.steps.withLock(\.self) {
            #expect(steps.count > 2, "a copy in one step proves nothing")
            #expect(steps == Set(steps).sorted(), "it started over")
            #expect(steps.last ?? 0 > 2 << 20)
        }
    }

    private func expectOneMoment(_ path: String, _ folder: TemporaryFolder, merges: Int) throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let restored = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: path, toPath: restored.file())
        let copy = try Store(path: restored.file())
        try copy.integrityCheck()
        let rows = try copy.connections(cluster: Sample.cluster)
        #expect(rows.count == 20_000)
        let counts = Set(rows.map(\.fact.count))
        #expect(counts.count == 2)
        // Each merge counts the same edges up by one, so that a copy of one moment has one count for all of them.
        let rounds = try #require(counts.max()) - 1
        #expect(rounds >= 1 && rounds <= merges)
        #expect(rows.count { $0.fact.count == rounds + 1 } == 300)
        try copy.merge(Sample.batch(edges: 1, day: 20_002))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.filter { $0.contains("partial") || $0.contains(".db-journal") }.isEmpty, "\(files)")
    }

    @Test func `has all that the store had, marks and objects included`() throws {
        var generator = SeededGenerator(seed: 3)
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.merge(.random(rows: 300, using: &generator))
        var marks = CommitMarks()
        marks.cursors = [SourceCursor(name: "file:a", value: "{}")]
        try store.merge([], marks: marks)
        _ = try store.beginRun(.start, now: Sample.time(day: 20_000))
        let bytes = try store.backup(to: folder.file("backup.db"))
        #expect(Int(bytes) == (try folder.bytes("backup.db").count))
        // Read without being written to, as from a medium that is read-only.
        let copy = try Store.readOnly(path: folder.file("backup.db"))
        #expect(try copy.dump() == store.dump())
        #expect(try copy.cursors(prefix: "") == marks.cursors)
        #expect(try copy.lastRuns() == store.lastRuns())
        try copy.close()
        let reader = try Store.readOnly(path: folder.file())
        try reader.backup(to: folder.file("backup.db"), overwrite: true)
        #expect(try Store.readOnly(path: folder.file("backup.db")).dump() == store.dump())
    }

    @Test func `replaces a file only when told to`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file("backup.db")))
        #expect(code { try store.backup(to: folder.file("backup.db")) } == .fileExists)
        #expect(try folder.bytes("backup.db") == Array("mine".utf8))
        try store.backup(to: folder.file("backup.db"), overwrite: true)
        #expect(try Store.readOnly(path: folder.file("backup.db")).dump() == store.dump())
    }

    @Test func `does not replace a file that came while it was copying`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let file = try BackupFile(path: folder.file("backup.db"), of: store.location, overwrite: false)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file("backup.db")))
        #expect(code { try file.publish() } == .fileExists)
        file.discard()
        #expect(try folder.bytes("backup.db") == Array("mine".utf8))
    }

    @Test func `never replaces the store, its log, a database in use, or what is no file`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.merge(Sample.batch(edges: 10))
        let before = try store.dump()
        try FileManager.default.createSymbolicLink(atPath: folder.file("link.db"), withDestinationPath: folder.file())
        let other = try Store(path: folder.file("other.db"))
        try other.merge(Sample.batch(edges: 1))
        try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: false)
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        for name in ["leastwise.db", "leastwise.db-wal", "leastwise.db-shm", "link.db", "other.db", "pipe"] {
            #expect(code { try store.backup(to: folder.file(name), overwrite: true) } == .fileExists, "\(name)")
        }
        #expect(code { try store.backup(to: folder.file("folder"), overwrite: true) } == .isDirectory)
        #expect(code { try store.backup(to: folder.file("absent/backup.db")) } == .cannotOpen)
        #expect(try store.dump() == before)
        #expect(try !FileManager.default.contentsOfDirectory(atPath: folder.path).contains { $0.contains("partial") })
    }

    @Test func `is no backup of a damaged store`() throws {
        let folder = try TemporaryFolder()
        do {
            let store = try Store(path: folder.file())
            try store.merge(Sample.batch(edges: 3_000))
            try store.close()
        }
        var bytes = try folder.bytes()
        for index in stride(from: 40 * 4096, to: bytes.count, by: 4096) {
            bytes.replaceSubrange(index..<index + 64, with: repeatElement(0xff, count: 64))
        }
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file()))
        let store = try Store.readOnly(path: folder.file())
        #expect(code { try store.backup(to: folder.file("backup.db")) } == .corrupt)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("backup") } == [])
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
