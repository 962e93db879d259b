/// Cuts a content into portions of complete lines, in memory that a long line widens up to a limit.
final class LineReader {
    /// What comes next.
    enum Piece: Equatable {
        /// So many pending bytes are complete lines.
        case lines(Int)
        /// Bytes were passed over, and how many lines that were too long ended in them.
        case gap(bytes: Int, lines: Int)
        /// The source has no more for now.
        case dry
    }

    private enum Skipping { case line, zeros }

    private let chunkBytes: Int
    private let recordLimit: Int
    // Owned here alone, and freed in deinit.
    private var storage: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var skipping: Skipping?
    private var skipped = 0
    /// What was consumed and passed over. Ahead of the last complete record while something is being passed over.
    private(set) var trail: ContentTrail

    init(_ trail: ContentTrail, expecting bytes: Int, options: FollowOptions) {
        self.trail = trail
        chunkBytes = min(options.chunkBytes, options.recordLimit)
        recordLimit = options.recordLimit
        storage = .allocate(byteCount: min(chunkBytes, max(bytes, 4096)), alignment: 16)
    }

    deinit { storage.deallocate() }

    /// True in the middle of something that is passed over: the trail is ahead of the last complete record.
    var isSkipping: Bool { skipping != nil }
    var isInLongLine: Bool { skipping == .line }

    /// Where the next bytes are to be read.
    var readPosition: Int { trail.length + end - start }

    /// The bytes not consumed; valid until the next call.
    var pending: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[start..<end]) }

    /// The trail behind so many pending bytes.
    func trail(behind count: Int) -> ContentTrail {
        var after = trail
        after.append(UnsafeRawBufferPointer(rebasing: pending.prefix(count)))
        return after
    }

    /// Consumes pending bytes; the trail is the one behind them.
    func consume(_ count: Int, to trail: ContentTrail) {
        start += count
        self.trail = trail
    }

    /// Finds the next piece; the source fills the memory it is given and returns how much, 0 for no more.
    func next(from source: (UnsafeMutableRawBufferPointer) throws -> Int) throws -> Piece {
        while true {
            if let piece = pieceAtHand() { return piece }
            makeRoom()
            let count = try source(UnsafeMutableRawBufferPointer(rebasing: storage[end...]))
            if count == 0 { return .dry }
            end += count
        }
    }

    private func pieceAtHand() -> Piece? {
        if skipping == nil, pending.first == 0 { skipping = .zeros }
        if let skipping { return skip(skipping) }
        let newline = UInt8(ascii: "\n")
        if let last = pending.prefix(chunkBytes).lastIndex(of: newline) { return .lines(last + 1) }
        if let first = pending.dropFirst(chunkBytes).firstIndex(of: newline), first < recordLimit {
            return .lines(first + 1)
        }
        guard pending.count > recordLimit else { return nil }
        skipping = .line
        return skip(.line)
    }

    /// Passes over a line that is too long, or over zeros: what a hole reads as, where a writer went on at its old place in
    /// a truncated file. Zeros at the end may be text that has not arrived yet, and are only passed over once text follows.
    private func skip(_ what: Skipping) -> Piece? {
        let stop =
            switch what {
            case .line: pending.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
            case .zeros: pending.firstIndex { $0 != 0 }
            }
        let count = stop ?? pending.count
        consume(count, to: trail(behind: count))
        skipped += count
        guard stop != nil else { return nil }
        defer { (skipping, skipped) = (nil, 0) }
        return .gap(bytes: skipped, lines: what == .line ? 1 : 0)
    }

    /// Moves the pending bytes to the front; into more memory if they fill it, back into less if they are few.
    private func makeRoom() {
        let count = end - start
        let base = min(storage.count, chunkBytes)
        let wanted = count == storage.count ? storage.count * 2 : count < base / 2 ? base : storage.count
        let target = wanted == storage.count ? storage : .allocate(byteCount: wanted, alignment: 16)
        if count > 0 { target.copyMemory(from: pending) }
        if wanted != storage.count {
            storage.deallocate()
            storage = target
        }
        (start, end) = (0, count)
    }
}
