import Domain
import Foundation
import GRDB
import Testing

@testable import Store

/// What a store does while its disk fails, and that it goes on by itself once the disk does.
@Suite(.serialized)
struct StoreRecoveryTests {
    /// A small file system in memory, taken down with the value.
    private final class SmallDisk {
        let path: String

        /// Nil where this user may not mount.
        init?(_ folder: TemporaryFolder, bytes: Int) throws {
            path = folder.file("disk")
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            guard geteuid() == 0,
                try run("mount", "-t", "tmpfs", "-o", "size=\(bytes),mode=700", "tmpfs", path) == 0
            else { return nil }
        }

        deinit { _ = try? run("umount", "-l", path) }
    }

    @Test func `goes on after a disk was full, with the same store`() throws {
        let folder = try TemporaryFolder()
        guard let disk = try SmallDisk(folder, bytes: 3 << 20) else {
            print("skipped: this user may not mount a small file system")
            return
        }
        let store = try Store(path: disk.path + "/leastwise.db")
        try store.merge(Sample.batch(edges: 200))
        let before = try store.dump()
        let ballast = disk.path + "/ballast"
        fill(ballast)
        for round in 0..<3 as Range<Int32> {
            let error = #expect(throws: StoreError.self) {
                try store.merge(Sample.batch(edges: 900, day: 20_070 + round))
            }
            #expect(error?.isTemporary == true)
            #expect(error.map { [.diskFull, .inputOutput].contains($0.code) } == true, "\(String(describing: error))")
            #expect(try store.dump() == before)
        }
        try FileManager.default.removeItem(atPath: ballast)
        try expectRecovery(of: store, folder)
    }

    /// Linux refuses writes to an immutable file on ext4, also through descriptors that are open (chattr(1)). To SQLite this
    /// is what a file system does that turned read-only after an error; nobody can remount one with open files.
    @Test(arguments: ["-wal", ""]) func `goes on after a file could not be written`(suffix: String) throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.merge(Sample.batch(edges: 200))
        let before = try store.dump()
        guard geteuid() == 0, try run("chattr", "+i", folder.file() + suffix) == 0 else {
            print("skipped: this user or file system cannot make a file immutable")
            return
        }
        defer { _ = try? run("chattr", "-i", folder.file() + suffix) }
        // Large enough to be checkpointed, too.
        let error = Result { try store.merge(Sample.batch(edges: 9_000, day: 20_070)) }
        if suffix == "-wal" {
            #expect(throws: StoreError.self) { try error.get() }
            if case .failure(let error as StoreError) = error {
                #expect(error.code == .inputOutput)
                #expect(error.isTemporary)
                #expect(!error.blamesInput)
            }
            #expect(try store.dump() == before)
        }
        #expect(try run("chattr", "-i", folder.file() + suffix) == 0)
        if case .failure = error {
            try expectRecovery(of: store, folder)
        } else {
            // The commit needs the log alone; the checkpoint follows when the file can be written.
            try store.merge(Sample.batch(edges: 1, day: 20_071))
            try store.integrityCheck()
            let again = try Store(path: folder.file())
            #expect(try again.connections(cluster: Sample.cluster).count == 9_000)
        }
    }

    /// Merges through a store that failed, and compares with one that never did.
    private func expectRecovery(of store: Store, _ folder: TemporaryFolder) throws {
        let batch = Sample.batch(edges: 900, day: 20_070)
        try store.merge(batch)
        let undisturbed = try Store(path: folder.file("undisturbed.db"))
        try undisturbed.merge(Sample.batch(edges: 200))
        try undisturbed.merge(batch)
        #expect(try store.dump() == undisturbed.dump())
        try store.integrityCheck()
        #expect(try Store(path: store.location.path).dump() == undisturbed.dump())
    }

    private func fill(_ path: String) {
        let file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        defer { close(file) }
        for size in [1 << 16, 1 << 10, 1] {
            let block = [UInt8](repeating: 7, count: size)
            while write(file, block, size) == size {}
        }
    }
}

/// Runs a tool of the system, silently; its exit status.
private func run(_ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
}
