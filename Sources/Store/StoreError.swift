/// What went wrong in the store, and what the operator can do about it.
package struct StoreError: Error, CustomStringConvertible {
    package let code: Code
    /// What happened, with the database's path. Never holds observations or secrets.
    package let message: String
    /// The operator's next step.
    package let hint: String
    /// The error of a lower layer, where there was one.
    package let underlying: (any Error)?

    /// The kind of failure; open-ended, so that a switch needs a default.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The file was written by a newer release. Nothing was changed.
        package static let newerSchema = Code(rawValue: "newerSchema")
        /// The file needs a migration, but was opened for reading only.
        package static let olderSchema = Code(rawValue: "olderSchema")
        /// The file is no SQLite database. Nothing was changed.
        package static let notADatabase = Code(rawValue: "notADatabase")
        /// The file is another program's SQLite database. Nothing was changed.
        package static let foreignDatabase = Code(rawValue: "foreignDatabase")
        /// Pages or rows contradict each other.
        package static let corrupt = Code(rawValue: "corrupt")
        /// Another process held the database for longer than the busy timeout. The call may be repeated.
        package static let locked = Code(rawValue: "locked")
        /// No space left. The transaction was rolled back; the call may be repeated.
        package static let diskFull = Code(rawValue: "diskFull")
        /// The database has grown to the bound of `Store.limitSize`. The transaction was rolled back; the call may be repeated
        /// once pruning has freed pages.
        package static let storeFull = Code(rawValue: "storeFull")
        /// The file, its folder or the connection does not allow writing.
        package static let readOnly = Code(rawValue: "readOnly")
        /// There is no database to read.
        package static let notFound = Code(rawValue: "notFound")
        /// The path is a folder.
        package static let isDirectory = Code(rawValue: "isDirectory")
        /// There is a file where a backup was to be put.
        package static let fileExists = Code(rawValue: "fileExists")
        /// The file or its folder cannot be opened or created.
        package static let cannotOpen = Code(rawValue: "cannotOpen")
        /// A row breaks the store's rules, such as a fact of several periods. Nothing of its batch was stored.
        package static let invalidObservation = Code(rawValue: "invalidObservation")
        /// A batch of the commit was stored before: see `AlreadyReceived`. Nothing of the commit was stored.
        package static let alreadyReceived = Code(rawValue: "alreadyReceived")
        /// The device failed or refused to read or write. The transaction was rolled back; the call may be repeated.
        package static let inputOutput = Code(rawValue: "inputOutput")
        /// Anything else that SQLite reports.
        package static let unexpected = Code(rawValue: "unexpected")
    }

    package init(code: Code, message: String, hint: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.underlying = underlying
    }

    /// True if the same call may succeed later, through the same store, once the operator has done something about it or
    /// another process is done: the disk is full, fails or is read-only, the database is locked.
    ///
    /// False says nothing against what was to be stored: a damaged database refuses everything. See `blamesInput`.
    package var isTemporary: Bool {
        [.locked, .diskFull, .storeFull, .readOnly, .inputOutput, .cannotOpen].contains(code)
    }

    /// True if it is the batch or its marks that cannot be stored, here or elsewhere: no use in sending them again.
    package var blamesInput: Bool { [.invalidObservation, .alreadyReceived].contains(code) }

    /// The message and the hint, on one line.
    package var description: String { "\(message). \(hint)" }
}
