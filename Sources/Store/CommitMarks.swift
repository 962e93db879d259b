package import Domain

/// What a commit of observations tells about where they came from: stored with them or not at all.
package struct CommitMarks: Hashable, Sendable {
    /// How far sources were read. Of two with one name the later one counts.
    package var cursors: [SourceCursor] = []
    /// Names of cursors to remove, before `cursors` are written; unknown ones are no error.
    package var forgottenCursors: [String] = []
    /// Answers to batches of this commit.
    package var receipts: [Receipt] = []

    package init() {}

    /// True if there is nothing to store.
    package var isEmpty: Bool { cursors.isEmpty && forgottenCursors.isEmpty && receipts.isEmpty }
}

/// How far a source was read.
package struct SourceCursor: Hashable, Sendable {
    /// The source, such as `file:/var/log/audit.log` or `relay:hubble-relay:443`; 1 to 8192 bytes.
    @Exact package private(set) var name: String
    /// The source's own text, JSON; up to 1,048,576 bytes.
    @Exact package private(set) var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// What was answered to a batch that its sender named by a key (`Idempotency-Key`), so that a repeated one counts once.
package struct Receipt: Hashable, Sendable {
    /// Who sent it; keys of different senders have nothing to do with each other. Up to 1,024 bytes.
    @Exact package private(set) var sender: String
    /// 1 to 1,024 bytes.
    @Exact package private(set) var key: String
    /// JSON; up to 65,536 bytes.
    @Exact package private(set) var answer: String
    /// By the server's clock.
    package let received: Timestamp

    package init(sender: String, key: String, answer: String, received: Timestamp) {
        self.sender = sender
        self.key = key
        self.answer = answer
        self.received = received
    }
}

/// The `underlying` of an error `alreadyReceived`.
package struct AlreadyReceived: Error {
    /// The receipts that were there first, each with the answer that its sender is to be given again. If one commit holds
    /// two of one key, the first of them.
    package let receipts: [Receipt]
}
