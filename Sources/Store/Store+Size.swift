import FoundationEssentials
import GRDB
import Synchronization

/// How large a store is, without counting rows: cheap enough for each scrape of metrics.
package struct StoreSize: Hashable, Sendable {
    /// The database file.
    package let fileBytes: Int64
    /// The write-ahead log, which a checkpoint empties. It grows while somebody reads for long, a backup among others.
    package let logBytes: Int64
    /// Of the file: in pages that hold nothing and are used before the file grows.
    package let freeBytes: Int64
    /// What `Store.limitSize` allows the file; nil without a bound.
    package let limitBytes: Int64?
    /// Rows of each table that can be told without a count.
    package let rows: Rows

    /// Rows of all clusters.
    package struct Rows: Hashable, Sendable {
        package let connectionEdges: Int64
        package let accessEdges: Int64
        package let peers: Int64
        package let subjects: Int64
    }
}

extension Store {
    /// How large the store is now.
    package func size() throws -> StoreSize {
        try read { db in
            let pageBytes = try SQLStatement(db, "PRAGMA page_size").integer() ?? 0
            let freePages = try SQLStatement(db, "PRAGMA freelist_count").integer() ?? 0
            return StoreSize(
                fileBytes: size(of: location.path), logBytes: size(of: location.path + "-wal"),
                freeBytes: freePages * pageBytes, limitBytes: sizeLimit.withLock(\.self), rows: try Self.rows(db))
        }
    }

    /// Bounds the database file, for what this store writes until it is closed.
    ///
    /// A transaction that needs more throws `storeFull` and stores nothing; reading and pruning go on. What pruning frees is
    /// used before the file grows, so that a store whose window fits into the bound stays below it. The file itself does
    /// not shrink: giving pages back to the disk needs `auto_vacuum`, which has to be chosen before the first table is made
    /// and moves pages in each commit. A backup in its place is no smaller; SQLite's `VACUUM`, with the service stopped, is
    /// the way to a smaller file.
    ///
    /// A file that is larger already stays as it is and does not grow. The write-ahead log comes on top of the bound.
    ///
    /// - Parameter bytes: rounded down to whole pages; nil for no bound.
    package func limitSize(bytes: Int64?) throws {
        try Self.explained(location.path) {
            try pool.writeWithoutTransaction { db in
                let pageBytes = try SQLStatement(db, "PRAGMA page_size").integer() ?? 4096
                let pages = bytes.map { min(max(1, $0 / pageBytes), Self.mostPages) } ?? Self.mostPages
                _ = try Int64.fetchOne(db, sql: "PRAGMA max_page_count = \(pages)")
            }
        }
        sizeLimit.withLock { $0 = bytes }
    }

    /// SQLite's own bound (https://www.sqlite.org/limits.html, "Maximum Number Of Pages In A Database File").
    private static let mostPages: Int64 = 4_294_967_294

    /// What SQLite reports as a full disk though the disk is not.
    ///
    /// SQLite says the same for both. A disk that refused a page has less left than any page; somebody may have freed some
    /// since, which makes the hint wrong and no harm.
    func storeFull(limit: Int64, _ error: StoreError) -> StoreError? {
        guard let free = location.freeDiskBytes, free > Self.spareBytes else { return nil }
        return StoreError(
            code: .storeFull, message: "database \(location.path): it has grown to its bound of \(limit) bytes",
            hint:
                "Raise retention.maximumMebibytes, or shorten retention.days so that pruning frees space; nothing was stored.",
            underlying: error)
    }

    private static let spareBytes: Int64 = 1 << 20

    /// `sqlite_sequence` counts what AUTOINCREMENT ever gave out, `removed_row` what is gone of it.
    private static func rows(_ db: Database) throws -> StoreSize.Rows {
        var rows: [String: Int64] = [:]
        let select = try SQLStatement(
            db, "SELECT r.kind, s.seq - r.removed FROM removed_row r JOIN sqlite_sequence s ON s.name = r.kind")
        try select.forEachRow { row in rows[row.text(at: 0)] = row.integer(at: 1) }
        return StoreSize.Rows(
            connectionEdges: rows["connection_edge"] ?? 0, accessEdges: rows["access_edge"] ?? 0,
            peers: rows["peer"] ?? 0, subjects: rows["subject"] ?? 0)
    }

    func size(of path: String) -> Int64 {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? UInt64).map(Int64.init(clamping:)) ?? 0
    }
}
