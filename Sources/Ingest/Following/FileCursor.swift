import Foundation

/// How far one content was read, wherever it lies now: what a restart goes on from.
///
/// It belongs to the content and not to a path or an inode: logs are renamed, copied and compressed, and numbers of
/// deleted files are used again.
package struct FileCursor: Hashable, Sendable {
    /// Unique among the cursors of a follower; the same for as long as the content is followed.
    package let name: String
    let position: ContentPosition
    let place: Place

    /// Where the content lay when the cursor was made.
    struct Place: Hashable, Sendable {
        var path: String
        var status: FileStatus
        /// The most that was seen of the content, in bytes.
        var length: Int
        var isGzip: Bool
        /// A compressed file that was read to its end: as long as its size and time stay, it is not looked at again.
        var isFinished: Bool
    }

    init(name: String, position: ContentPosition, place: Place) {
        self.name = name
        self.position = position
        self.place = place
    }

    /// Reads what `text` wrote. Throws an `IngestError` for anything else: to read such a file again from its beginning
    /// would count it twice.
    package init(name: String, text: String) throws {
        guard let record = try? JSONDecoder().decode(CursorRecord.self, from: Data(text.utf8)),
            record.version == CursorRecord.version, let position = record.position
        else {
            throw IngestError(
                code: .damagedCursor, message: "the stored position \(name) of a followed file cannot be read",
                hint:
                    "it was written by a newer version, or is damaged: go back to that version, or delete the position "
                    + "to read its file again from the beginning")
        }
        self.init(name: name, position: position, place: record.place)
    }

    /// The position as JSON, a few hundred bytes. No contents of the file are in it.
    package var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Numbers and texts only, for which encoding has no way to fail.
        guard let data = try? encoder.encode(CursorRecord(self)) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}

extension IngestError.Code {
    /// A stored position of a followed file is none.
    package static let damagedCursor = Self(rawValue: "damagedCursor")
}

/// A cursor's form in the store.
private struct CursorRecord: Codable {
    static let version = 1

    struct Mark: Codable {
        let length: Int
        let hash: String

        init(_ mark: ContentMark) {
            length = mark.length
            hash = String(mark.hash, radix: 16)
        }

        var mark: ContentMark? {
            guard length >= 0, let hash = UInt64(hash, radix: 16) else { return nil }
            return ContentMark(length: length, hash: hash)
        }
    }

    let version: Int
    let path: String
    let device: UInt64
    let inode: UInt64
    let size: Int
    let modified: Int64
    let length: Int
    let gzip: Bool
    let finished: Bool
    let head: Mark
    let end: Mark
    let milestones: [Mark]

    init(_ cursor: FileCursor) {
        version = Self.version
        path = cursor.place.path
        device = cursor.place.status.identity.device
        inode = cursor.place.status.identity.inode
        size = cursor.place.status.size
        modified = cursor.place.status.modified
        length = cursor.place.length
        gzip = cursor.place.isGzip
        finished = cursor.place.isFinished
        head = Mark(cursor.position.head)
        end = Mark(cursor.position.end)
        milestones = cursor.position.milestones.map(Mark.init)
    }

    /// Nil if the marks are not those of a position.
    var position: ContentPosition? {
        let marks = milestones.compactMap(\.mark)
        guard let head = head.mark, let end = end.mark, marks.count == milestones.count else { return nil }
        let expected = (0..<marks.count).map { ContentTrail.firstMilestone << $0 }
        guard marks.count < 48, marks.map(\.length) == expected, (expected.last ?? 0) <= end.length,
            end.length < ContentTrail.firstMilestone << marks.count
        else { return nil }
        return ContentPosition(head: head, milestones: marks, end: end)
    }

    var place: FileCursor.Place {
        let identity = FileIdentity(device: device, inode: inode)
        return FileCursor.Place(
            path: path, status: FileStatus(identity: identity, size: size, modified: modified), length: length,
            isGzip: gzip, isFinished: finished)
    }
}
