import GRDB
import GRDBSQLite

/// One prepared statement of GRDB's cache, driven by SQLite's own calls.
///
/// GRDB's bindings stop at a NUL character, which hostile text may hold, and cost two to three times as much a row.
/// Valid only inside the access that made it.
struct SQLStatement {
    private let statement: Statement
    private let handle: SQLiteStatement
    private let connection: SQLiteConnection?

    init(_ db: Database, _ sql: String) throws {
        statement = try db.cachedStatement(sql: sql)
        handle = statement.sqliteStatement
        connection = db.sqliteConnection
        sqlite3_reset(handle)
    }

    /// Binds all parameters, in order.
    func bind<each Value: SQLBindable>(_ value: repeat each Value) throws {
        var index: Int32 = 0
        for value in repeat each value {
            index += 1
            guard value.bind(to: handle, at: index) == SQLITE_OK else { throw failure() }
        }
    }

    /// Runs a statement that returns no rows.
    func run<each Value: SQLBindable>(_ value: repeat each Value) throws {
        defer { sqlite3_reset(handle) }
        try bind(repeat each value)
        guard sqlite3_step(handle) == SQLITE_DONE else { throw failure() }
    }

    /// The first column of the first row, or nil if there is none.
    func integer<each Value: SQLBindable>(_ value: repeat each Value) throws -> Int64? {
        defer { sqlite3_reset(handle) }
        try bind(repeat each value)
        return try step() ? integer(at: 0) : nil
    }

    /// Calls the body once for each row; columns are read with `integer(at:)` and its like.
    func forEachRow<each Value: SQLBindable>(_ value: repeat each Value, body: (SQLStatement) throws -> Void) throws {
        defer { sqlite3_reset(handle) }
        try bind(repeat each value)
        while try step() { try body(self) }
    }

    /// Calls the body once for each row, as long as it returns true.
    ///
    /// - Returns: true if there were no more rows.
    func readRows<each Value: SQLBindable>(
        _ value: repeat each Value, body: (SQLStatement) throws -> Bool
    ) throws -> Bool {
        defer { sqlite3_reset(handle) }
        try bind(repeat each value)
        while try step() {
            guard try body(self) else { return false }
        }
        return true
    }

    func integer(at column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func text(at column: Int32) -> String { String(decoding: bytes(at: column), as: UTF8.self) }

    /// The bytes of a text or blob, valid until the next step.
    func bytes(at column: Int32) -> UnsafeRawBufferPointer {
        // The pointer has to be asked for before the length: the call may convert the value.
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }

    private func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure()
        }
    }

    private func failure() -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: String(cString: sqlite3_errmsg(connection)))
    }
}

/// A value that one parameter of a statement can take.
protocol SQLBindable {
    func bind(to statement: SQLiteStatement, at index: Int32) -> Int32
}

// SQLITE_TRANSIENT is a cast in C, which is not imported: it tells SQLite to copy the bytes before the call returns.
private let copyBytes = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension Int64: SQLBindable {
    func bind(to statement: SQLiteStatement, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, self) }
}

extension String: SQLBindable {
    func bind(to statement: SQLiteStatement, at index: Int32) -> Int32 {
        var text = self
        return text.withUTF8 { bytes in
            // An empty buffer may have no address, which SQLite would take for NULL.
            guard let start = bytes.baseAddress else { return sqlite3_bind_text(statement, index, "", 0, copyBytes) }
            return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                sqlite3_bind_text64(statement, index, $0, UInt64(bytes.count), copyBytes, UInt8(SQLITE_UTF8))
            }
        }
    }
}

extension [UInt8]: SQLBindable {
    func bind(to statement: SQLiteStatement, at index: Int32) -> Int32 {
        withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return sqlite3_bind_zeroblob(statement, index, 0) }
            return sqlite3_bind_blob64(statement, index, start, UInt64(bytes.count), copyBytes)
        }
    }
}
