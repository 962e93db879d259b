package import Domain
import GRDB

extension Store {
    /// The cursors whose names begin with a text, ordered by the names' bytes.
    package func cursors(prefix: String) throws -> [SourceCursor] {
        try read { db in
            // Bytes, since no text is certain to be greater than all that begin with the prefix.
            let select = try SQLStatement(
                db,
                """
                SELECT name, value FROM source_cursor
                WHERE name >= ?1 AND substr(CAST(name AS BLOB), 1, length(CAST(?1 AS BLOB))) = CAST(?1 AS BLOB)
                ORDER BY name
                """)
            var cursors: [SourceCursor] = []
            try select.forEachRow(prefix) { row in
                cursors.append(SourceCursor(name: row.text(at: 0), value: row.text(at: 1)))
            }
            return cursors
        }
    }

    /// What a batch was answered, or nil if none with this key was stored (or its receipt was forgotten).
    package func receipt(sender: String, key: String) throws -> Receipt? {
        try read { try ReceiptReader($0).receipt(sender: sender, key: key) }
    }

    /// Removes up to `limit` of the oldest receipts from before a moment of the server's clock.
    ///
    /// - Returns: how many; fewer than the limit once none is left.
    package func forgetReceipts(before: Timestamp, limit: Int) throws -> Int {
        try write { db in
            let delete = try SQLStatement(
                db,
                """
                DELETE FROM receipt WHERE rowid IN (
                    SELECT rowid FROM receipt WHERE received < ? ORDER BY received LIMIT ?)
                """)
            // A negative limit would be none to SQLite.
            try delete.run(before.rawValue, Int64(max(0, limit)))
            return db.changesCount
        }
    }
}
