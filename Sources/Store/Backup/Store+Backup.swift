import GRDB

/// How far a backup came.
package struct BackupProgress: Hashable, Sendable {
    package let bytesDone: Int
    package let bytesTotal: Int
}

extension Store {
    /// Copies the store as it is at one moment to a file of its own, while others go on writing to it.
    ///
    /// The copy is made under a temporary name in the same folder, flushed to disk and checked page by page; only then does
    /// it get its name. It is readable by its owner alone, and one file: put in the place of a store, it is the store.
    ///
    /// SQLite's backup (https://www.sqlite.org/backup.html) copies pages in small steps. It starts over whenever somebody
    /// else writes between two of them; not so here, since all steps see the database through one read transaction, which
    /// nobody has to wait for. Until it ends the write-ahead log cannot be emptied, so that it grows by what is written
    /// meanwhile. `VACUUM INTO` would give the same guarantees and a smaller file; but it builds all tables and indices
    /// anew, which takes several times as long, and tells nothing about how far it is.
    ///
    /// Throws `fileExists` if there is such a file, unless `overwrite`; and in any case for a file that is the store's own,
    /// belongs to a database that may be in use, or is no file. Then, and after any other error, nothing is left behind.
    ///
    /// - Parameter progress: called after each step, on the caller's thread.
    /// - Returns: the bytes of the copy.
    @discardableResult
    package func backup(
        to path: String, overwrite: Bool = false, progress: (BackupProgress) -> Void = { _ in }
    ) throws -> Int64 {
        let file = try BackupFile(path: path, of: location, overwrite: overwrite)
        do {
            try Self.explained(path) { try copy(to: file.temporary, progress) }
            try file.flush()
            try Self.check(file)
            let bytes = size(of: file.temporary)
            try file.publish()
            return bytes
        } catch {
            file.discard()
            throw error
        }
    }

    /// Pages of a step: 1 MiB.
    private static let pagesPerStep: Int32 = 256

    private func copy(to path: String, _ progress: (BackupProgress) -> Void) throws {
        let copy = try DatabaseQueue(path: path)
        try copy.writeWithoutTransaction { target in
            // It is flushed as a whole, before anybody can take it for a backup.
            try target.execute(sql: "PRAGMA synchronous = OFF")
            try pool.read { source in
                try Self.copy(source, to: target, progress)
            }
            // The copied header asks for a write-ahead log; without one, the copy is a single file.
            let mode = try String.fetchOne(target, sql: "PRAGMA journal_mode = DELETE")
            guard mode == "delete" else { throw DatabaseError(message: "the copy's journal mode is \(mode ?? "")") }
        }
        try copy.close()
    }

    private static func copy(
        _ source: Database, to target: Database, _ progress: (BackupProgress) -> Void
    ) throws {
        let pageBytes = try Int.fetchOne(source, sql: "PRAGMA page_size") ?? 0
        try withoutActuallyEscaping(progress) { progress in
            try source.backup(to: target, pagesPerStep: pagesPerStep) { step in
                progress(
                    BackupProgress(
                        bytesDone: step.completedPageCount * pageBytes, bytesTotal: step.totalPageCount * pageBytes))
            }
        }
    }

    private static func check(_ file: borrowing BackupFile) throws {
        do {
            let copy = try Store.readOnly(path: file.temporary)
            try copy.integrityCheck()
            try copy.close()
        } catch let error as StoreError where error.code == .corrupt {
            throw StoreError(
                code: .corrupt, message: "backup \(file.path): the copy is damaged",
                hint: "Check the store itself with `leastwise doctor`, and both disks.", underlying: error)
        }
    }
}
