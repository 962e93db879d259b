/// Complete lines of one followed file.
package struct FollowedChunk {
    /// The lines with their line ends; valid in the call only. Only the last line of a compressed file may lack its end.
    package let bytes: UnsafeRawBufferPointer
    /// The position behind these lines, to be stored in the transaction that stores what they say.
    package let cursor: FileCursor
    /// The path as it is now.
    package let file: String
}

/// What one pass did.
package struct FollowProgress: Sendable {
    /// Another pass right away finds more to read.
    package internal(set) var hasMore = false
    /// Bytes handed out.
    package internal(set) var bytes = 0
    /// Files followed at present.
    package internal(set) var files = 0
    /// Compressed files that are not looked through yet, mostly since they are still being written, as it seems.
    package internal(set) var waiting = 0
    /// Positions that changed without a chunk, such as a file that was compressed: to be stored with the next commit. If
    /// they are not, the next start has more to look through, and nothing else.
    package internal(set) var moved: [FileCursor] = []
    /// Names of cursors that may be deleted: their content is gone for good.
    package internal(set) var forgotten: [String] = []
    /// What is known to be lost: it was there, and was truncated or deleted before it was read.
    package internal(set) var lost: [Loss] = []
    /// Lines over the limit, and their bytes; bytes that are no text (holes of zeros) are among the latter.
    package internal(set) var skippedLines = 0
    package internal(set) var skippedBytes = 0
    /// Compressed files that broke off or hold something else; what could be read was handed out.
    package internal(set) var damaged: [String] = []
    /// Files and directories that cannot be read now; they are tried again in each pass. The first few by name.
    package internal(set) var unreadable: [Unreadable] = []
    package internal(set) var unreadableCount = 0
    /// Files beyond the limit, not followed.
    package internal(set) var refused = 0

    /// Nothing happened.
    package init() {}

    /// Bytes of a file that are known to be lost.
    package struct Loss: Hashable, Sendable {
        package let file: String
        package let bytes: Int

        package init(file: String, bytes: Int) {
            self.file = file
            self.bytes = bytes
        }
    }

    /// A path, and why it cannot be read.
    package struct Unreadable: Hashable, Sendable {
        package let path: String
        package let reason: String

        package init(path: String, reason: String) {
            self.path = path
            self.reason = reason
        }
    }

    mutating func addUnreadable(_ path: String, _ reason: String) {
        unreadableCount += 1
        guard unreadable.count < 20 else { return }
        unreadable.append(Unreadable(path: path, reason: reason))
    }
}
