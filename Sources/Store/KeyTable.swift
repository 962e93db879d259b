import GRDB

/// Finds the id of a row by its unique key, or inserts the row.
struct KeyTable {
    private let select: SQLStatement
    private let insert: SQLStatement
    private let db: Database

    /// - Parameter columns: the unique key, which are all columns but `id`.
    init(_ db: Database, _ table: String, _ columns: [String]) throws {
        self.db = db
        let conditions = columns.map { "\($0) = ?" }.joined(separator: " AND ")
        select = try SQLStatement(db, "SELECT id FROM \(table) WHERE \(conditions)")
        let values = columns.map { _ in "?" }.joined(separator: ", ")
        insert = try SQLStatement(
            db, "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(values))")
    }

    /// The id of the row with these values, in the columns' order.
    func id<each Value: SQLBindable>(_ value: repeat each Value) throws -> Int64 {
        if let found = try select.integer(repeat each value) { return found }
        try insert.run(repeat each value)
        return db.lastInsertedRowID
    }
}
