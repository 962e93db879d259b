import Domain
import GRDB

/// Writes cursors and receipts inside a transaction.
struct MarkWriter {
    private let db: Database

    init(_ db: Database) { self.db = db }

    /// Throws `alreadyReceived` before anything else is written.
    func write(_ marks: CommitMarks) throws {
        if !marks.receipts.isEmpty { try write(marks.receipts) }
        if !marks.forgottenCursors.isEmpty { try forget(marks.forgottenCursors) }
        if !marks.cursors.isEmpty { try write(marks.cursors) }
    }

    private func write(_ receipts: [Receipt]) throws {
        let reader = try ReceiptReader(db)
        let insert = try SQLStatement(db, "INSERT INTO receipt (sender, key, answer, received) VALUES (?, ?, ?, ?)")
        var earlier: [Receipt] = []
        for receipt in receipts {
            if let known = try reader.receipt(sender: receipt.sender, key: receipt.key) {
                earlier.append(known)
            } else {
                try insert.run(receipt.sender, receipt.key, receipt.answer, receipt.received.rawValue)
            }
        }
        guard earlier.isEmpty else { throw StoreError.alreadyReceived(earlier) }
    }

    private func forget(_ names: [String]) throws {
        let delete = try SQLStatement(db, "DELETE FROM source_cursor WHERE name = ?")
        for name in names { try delete.run(name) }
    }

    private func write(_ cursors: [SourceCursor]) throws {
        let upsert = try SQLStatement(
            db,
            """
            INSERT INTO source_cursor (name, value) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """)
        for cursor in cursors { try upsert.run(cursor.name, cursor.value) }
    }
}

/// Finds receipts by sender and key.
struct ReceiptReader {
    private let select: SQLStatement

    init(_ db: Database) throws {
        select = try SQLStatement(db, "SELECT answer, received FROM receipt WHERE sender = ? AND key = ?")
    }

    func receipt(sender: String, key: String) throws -> Receipt? {
        var found: Receipt?
        try select.forEachRow(sender, key) { row in
            found = Receipt(
                sender: sender, key: key, answer: row.text(at: 0), received: Timestamp(rawValue: row.integer(at: 1)))
        }
        return found
    }
}
