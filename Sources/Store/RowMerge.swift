import GRDB

/// Adds what a row says to the row of the same key, or inserts it.
///
/// Nearly all rows of a commit are there already. An upsert checks and looks up each of them twice, as a row to insert and as
/// the row to update; this does so once.
struct RowMerge {
    private let db: Database
    private let update: SQLStatement
    private let insert: SQLStatement

    init(_ db: Database, _ rule: MergeRule) throws {
        self.db = db
        update = try SQLStatement(db, rule.update)
        insert = try SQLStatement(db, rule.insert)
    }

    /// Merges a row: values of the key's columns, then of the others.
    func run<each Value: SQLBindable>(_ value: repeat each Value) throws {
        try update.run(repeat each value)
        if db.changesCount == 0 { try insert.run(repeat each value) }
    }
}

/// How rows of a table are merged, as SQL; made once, for its making takes longer than its use.
struct MergeRule {
    let update: String
    let insert: String

    /// - Parameters:
    ///   - key: the columns of the primary key.
    ///   - merged: the other columns, each with what becomes of it: an expression in which a column's name stands for its
    ///     value in the store, and `@` with the name for the new one.
    init(_ table: String, key: [String], merged: [(column: String, expression: String)]) {
        let columns = key + merged.map(\.column)
        // The longest first: a name may be another one's beginning.
        let parameters = columns.enumerated().sorted { $0.element.utf8.count > $1.element.utf8.count }
        let assignments = merged.map { column, expression in
            let value = parameters.reduce(expression) { $0.replacing("@\($1.element)", with: "?\($1.offset + 1)") }
            return "\(column) = \(value)"
        }
        let conditions = key.indices.map { "\(key[$0]) = ?\($0 + 1)" }
        update =
            "UPDATE \(table) SET \(assignments.joined(separator: ", ")) WHERE \(conditions.joined(separator: " AND "))"
        let values = columns.indices.map { "?\($0 + 1)" }
        insert =
            "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))"
    }
}
