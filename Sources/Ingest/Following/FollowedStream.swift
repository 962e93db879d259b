/// One content that is followed through files: what was read of it, and the file that carries it on.
final class FollowedStream {
    let name: String
    private(set) var position: ContentPosition
    /// Milestones of what was there and unread when it was found. Without them, all files that begin with the same line
    /// would be taken for copies until it is read.
    var ahead: [ContentMark] = []
    /// Where it lies, or lay last.
    var place: FileCursor.Place
    /// The file that it is read from. Nil if no file is known to hold it.
    private(set) weak var file: FollowedFile?
    /// Counts changes of the file, so that copies know when to look again.
    private(set) var changes = 0
    /// Since when no file is known to hold it.
    var missingSince: ContinuousClock.Instant?

    init(_ cursor: FileCursor) {
        name = cursor.name
        position = cursor.position
        place = cursor.place
    }

    var offset: Int { position.offset }

    func likeness(of content: some MarkedContent) throws -> ContentLikeness {
        try position.likeness(of: content, ahead: ahead)
    }

    /// Bytes that were seen and not read.
    var unread: Int { max(0, place.length - offset) }

    var cursor: FileCursor { cursor(at: position) }

    func cursor(at position: ContentPosition) -> FileCursor {
        var place = place
        place.length = max(place.length, position.offset)
        return FileCursor(name: name, position: position, place: place)
    }

    func advance(to position: ContentPosition) {
        self.position = position
        if let last = ahead.last, last.length <= offset { ahead = [] }
    }

    /// Makes the file the one to be read on.
    func bind(_ file: FollowedFile) {
        self.file = file
        changes += 1
        missingSince = nil
        file.role = .carries(self)
        note(file)
    }

    /// Takes over what is known of its file.
    func note(_ file: FollowedFile) {
        let length = file.digest?.length ?? file.status.size
        place = FileCursor.Place(
            path: file.path, status: file.status, length: max(length, offset), isGzip: file.digest != nil,
            isFinished: file.isFinished)
    }

    /// Its file is gone, or holds something else now.
    func release(now: ContinuousClock.Instant) {
        file = nil
        changes += 1
        missingSince = now
    }
}
