/// Content that can be compared with a position.
protocol MarkedContent {
    var length: Int { get }
    /// The hash of the window before that length, which is within the content; nil where it is not known.
    func hash(at length: Int) throws -> UInt64?
}

/// How a content relates to what is known of one that was read.
enum ContentLikeness: Hashable {
    /// It holds what was read, and perhaps more. Not certain if the place where reading stopped could not be compared.
    case continues(verified: Int, isCertain: Bool)
    /// It holds less than was read, and nothing else.
    case isPart(verified: Int)
    /// Something else; the same only up to that length.
    case differs(common: Int)
}

extension ContentPosition {
    /// `ahead` are marks beyond the position, of what is still to be read.
    func likeness(of content: some MarkedContent, ahead: [ContentMark] = []) throws -> ContentLikeness {
        var verified = 0
        for mark in marks {
            guard mark.length <= content.length else { return .isPart(verified: verified) }
            guard let hash = try content.hash(at: mark.length) else {
                return .continues(verified: verified, isCertain: false)
            }
            guard hash == mark.hash else { return .differs(common: verified) }
            verified = mark.length
        }
        for mark in ahead where mark.length > offset && mark.length <= content.length {
            guard let hash = try content.hash(at: mark.length) else { break }
            guard hash == mark.hash else { return .differs(common: verified) }
            verified = max(verified, mark.length)
        }
        return .continues(verified: verified, isCertain: true)
    }
}

extension MarkedContent {
    /// The milestones beyond a length, as far as known.
    func milestones(beyond length: Int) throws -> [ContentMark] {
        var milestones: [ContentMark] = []
        var next = ContentTrail.firstMilestone
        while next <= self.length {
            if next > length, let hash = try hash(at: next) { milestones.append(ContentMark(length: next, hash: hash)) }
            next *= 2
        }
        return milestones
    }
}

/// A plain file's content.
final class PlainContent: MarkedContent {
    let file: OpenFile
    let length: Int
    /// Many positions share their milestones.
    private var known: [Int: UInt64] = [:]

    init(file: OpenFile, length: Int) {
        self.file = file
        self.length = length
    }

    func hash(at length: Int) throws -> UInt64? {
        if let hash = known[length] { return hash }
        guard let window = try file.window(before: length) else { throw FileFault.changing(file.path) }
        let hash = ContentMark(length: length, window: window).hash
        known[length] = hash
        return hash
    }

    /// The comparisons that tell whether a file still holds what was read of it, and what was found behind that.
    func holds(_ position: ContentPosition, ahead: [ContentMark]) throws -> Bool {
        for mark in [position.head, position.end] + ahead.filter({ $0.length > position.offset }) {
            guard mark.length <= length, let window = try file.window(before: mark.length),
                ContentMark(length: mark.length, window: window) == mark
            else { return false }
        }
        return true
    }
}

/// What a compressed file was found to hold.
struct GzipDigest: MarkedContent {
    let length: Int
    let ending: GzipSource.Ending
    let head: ContentMark?
    private let hashes: [Int: UInt64]

    init(_ trail: ContentTrail, ending: GzipSource.Ending) {
        length = trail.length
        self.ending = ending
        // The content is complete, so that a last line without an end is a line.
        head = trail.head ?? (trail.length > 0 ? trail.end : nil)
        let marks = trail.milestones + [trail.end] + [trail.head].compactMap { $0 }
        hashes = marks.reduce(into: trail.wanted) { $0[$1.length] = $1.hash }
    }

    /// A file that an earlier run read to its end: only the length is known.
    init(finished length: Int) {
        (self.length, ending, head, hashes) = (length, .whole, nil, [:])
    }

    func hash(at length: Int) -> UInt64? { hashes[length] }
}
