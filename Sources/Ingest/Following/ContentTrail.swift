/// Marks a content while it goes by, in any portions.
struct ContentTrail {
    static let firstMilestone = 32

    private(set) var length = 0
    private(set) var head: ContentMark?
    private(set) var milestones: [ContentMark] = []
    /// The last bytes, up to a mark's window.
    private(set) var tail: [UInt8] = []
    /// Hashes at lengths that were asked for.
    private(set) var wanted: [Int: UInt64] = [:]
    /// Further such lengths, the next one last.
    private var lengthsAhead: [Int] = []

    /// The trail at a content's beginning.
    init(head: ContentMark? = nil) { self.head = head }

    /// The trail behind a position, where the bytes before it are known.
    init(_ position: ContentPosition, tail: [UInt8]) {
        length = position.offset
        head = position.head
        milestones = position.milestones
        self.tail = tail
    }

    var end: ContentMark { ContentMark(length: length, window: tail) }

    /// Nil where there is no complete first line yet.
    var position: ContentPosition? {
        head.map { ContentPosition(head: $0, milestones: milestones, end: end) }
    }

    /// Asks for hashes at these lengths; to be called before the trail is longer than a window.
    mutating func want(_ lengths: [Int]) {
        for known in lengths where known <= length {
            wanted[known] = ContentMark(length: known, window: Array(tail.prefix(known))).hash
        }
        lengthsAhead = Set(lengths.filter { $0 > length }).sorted(by: >)
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        if head == nil, length < ContentMark.window {
            head = ContentMark(headOf: tail + bytes.prefix(ContentMark.window))
        }
        let after = length + bytes.count
        var next = (milestones.last?.length).map { $0 * 2 } ?? Self.firstMilestone
        while next <= after {
            milestones.append(ContentMark(length: next, window: window(next - length, in: bytes)))
            next *= 2
        }
        while let ahead = lengthsAhead.last, ahead <= after {
            lengthsAhead.removeLast()
            wanted[ahead] = ContentMark(length: ahead, window: window(ahead - length, in: bytes)).hash
        }
        tail = window(bytes.count, in: bytes)
        length = after
    }

    /// The last bytes before a place in further bytes.
    private func window(_ end: Int, in bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let missing = ContentMark.window - end
        guard missing > 0 else { return Array(bytes[(end - ContentMark.window)..<end]) }
        return Array(tail.suffix(missing)) + bytes[..<end]
    }
}
