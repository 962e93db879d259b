import GRDB

extension StoreError {
    /// Says in the operator's words what SQLite reported for the database at a path.
    init(_ error: DatabaseError, path: String) {
        let (code, problem, hint) = Self.meaning(of: error)
        self.init(code: code, message: "database \(path): \(problem)", hint: hint, underlying: error)
    }

    private static func meaning(of error: DatabaseError) -> (Code, String, String) {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            (.locked, "another process is writing to it", "Wait for it or stop it, then repeat; nothing was stored.")
        case .SQLITE_FULL:
            (.diskFull, "no space left on the device", "Free some space, then repeat; nothing was stored.")
        case .SQLITE_IOERR, .SQLITE_NOMEM:
            (
                .inputOutput, "the disk or the system refused: \(error.extendedResultCode) \(error.message ?? "")",
                "Check the disk and the system's log, then repeat; nothing was stored."
            )
        case .SQLITE_PROTOCOL:
            (.locked, "too many processes open it at once", "Repeat; nothing was stored.")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            (.readOnly, "it cannot be written", "Give this user write access to the file and to its folder.")
        case .SQLITE_CANTOPEN:
            (.cannotOpen, "it cannot be opened", "Check that the folder exists and that this user may write there.")
        case .SQLITE_NOTADB:
            (.notADatabase, "the file is no SQLite database", "Name another path with --database.")
        case .SQLITE_CORRUPT:
            (.corrupt, "the file is damaged", "Restore it from a backup, or move it away and observe anew.")
        case .SQLITE_CONSTRAINT, .SQLITE_TOOBIG:
            (.invalidObservation, "a row breaks the schema's rules: \(error.message ?? "")", "Report this as a bug.")
        default:
            (.unexpected, "\(error.resultCode) \(error.message ?? "")", "Check the disk and the system's log.")
        }
    }

    /// Batches of a commit that were stored before. Names no sender and no key.
    static func alreadyReceived(_ receipts: [Receipt]) -> StoreError {
        StoreError(
            code: .alreadyReceived, message: "\(receipts.count) of the commit's batches were stored before",
            hint: "Give their senders the answers again; nothing of this commit was stored.",
            underlying: AlreadyReceived(receipts: receipts))
    }

    /// A stored value that the schema does not admit: somebody else wrote it, or the file is damaged.
    static func unreadable(_ what: String) -> StoreError {
        StoreError(
            code: .corrupt, message: "the database holds \(what) that cannot be read",
            hint: "Restore the database from a backup, or move it away and observe anew.")
    }
}
