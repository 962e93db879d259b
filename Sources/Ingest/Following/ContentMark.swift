import Domain

/// A hash of the last bytes of a content's first `length` bytes: a spot check that two contents are the same up to there.
///
/// Records carry times and ids, so that a KiB of them stands nowhere else. Not against forgery: whoever can write into
/// the log can write what it likes anyway.
struct ContentMark: Hashable, Sendable {
    /// How many bytes before `length` are hashed, where there are so many.
    static let window = 1024

    let length: Int
    let hash: UInt64

    init(length: Int, hash: UInt64) {
        self.length = length
        self.hash = hash
    }

    /// The mark of a content whose last bytes before `length` are these.
    init(length: Int, window: [UInt8]) {
        var hash = StableHash()
        hash.combine(window)
        self.init(length: length, hash: hash.value)
    }

    /// The first line, or the first KiB where that is longer: what contents are looked up by. Nil while neither is there.
    init?(headOf start: some Collection<UInt8>) {
        let known = Array(start.prefix(Self.window))
        if let end = known.firstIndex(of: UInt8(ascii: "\n")) {
            self.init(length: end + 1, window: Array(known[...end]))
        } else if known.count == Self.window {
            self.init(length: known.count, window: known)
        } else {
            return nil
        }
    }
}

/// What is known of a content up to a position.
struct ContentPosition: Hashable, Sendable {
    let head: ContentMark
    /// Marks at 32 bytes, 64 and so on, as far as the position: they tell a shorter copy.
    let milestones: [ContentMark]
    let end: ContentMark

    var offset: Int { end.length }

    /// All marks by their length.
    var marks: [ContentMark] {
        (milestones + [head, end]).sorted { ($0.length, $0.hash) < ($1.length, $1.hash) }
    }
}
