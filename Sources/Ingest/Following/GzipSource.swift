/// A compressed file's content, from its beginning to its end.
final class GzipSource {
    /// How the file ends.
    enum Ending: Hashable {
        case whole
        /// In the middle of a member: it is being written, or its writer died.
        case cutOff
        case damaged
    }

    private static let portion = 64 << 10

    private let file: OpenFile
    private var inflater: Inflater
    private var position = 0
    private var input: [UInt8] = []
    /// Bytes of the input that were decompressed.
    private var used = 0
    /// True where the last call filled its target, so that more may come out without more input.
    private var mayHoldMore = false
    /// Nil as long as more may come.
    private(set) var ending: Ending?

    /// Throws an `IngestError` where zlib cannot start.
    init(_ file: OpenFile) throws {
        self.file = file
        inflater = try Inflater()
    }

    /// The first two bytes tell gzip (RFC 1952, 2.3.1).
    static func isGzip(_ start: some Collection<UInt8>) -> Bool { start.starts(with: [0x1f, 0x8b]) }

    /// Decompresses the next bytes; 0 at the end, however it ends.
    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        while ending == nil {
            do {
                if used == input.count, !mayHoldMore { try fill() }
                guard ending == nil else { return 0 }
                let step = try input.withUnsafeBytes {
                    try inflater.step(UnsafeRawBufferPointer(rebasing: $0[used...]), into: target)
                }
                used += step.consumed
                mayHoldMore = step.produced == target.count
                if step.produced > 0 { return step.produced }
            } catch is DamagedInput {
                ending = .damaged
            }
        }
        return 0
    }

    private func fill() throws {
        input = try file.bytes(position..<(position + Self.portion))
        used = 0
        position += input.count
        if input.isEmpty { ending = (try? inflater.finish()) == nil ? .cutOff : .whole }
    }
}

/// Decompresses to mark what goes by, as far as a budget allows; goes on where it stopped.
final class GzipSweep {
    let source: GzipSource
    private(set) var trail = ContentTrail()
    private var hasHead = false

    init(_ file: OpenFile) throws { source = try GzipSource(file) }

    /// Goes on to a length, or to the end. False if the budget was used up before.
    ///
    /// `wanted` names the lengths at which hashes are wanted, when the content's head is known.
    func run(to length: Int, budget: inout Int, wanted: (ContentMark) -> [Int]) throws -> Bool {
        while trail.length < length, source.ending == nil {
            guard budget > 0 else { return false }
            let limit = hasHead ? 128 << 10 : ContentMark.window - trail.length
            let count = try pass(min(limit, length - trail.length))
            budget -= max(count, 1)
            guard !hasHead, let head = trail.head else { continue }
            hasHead = true
            trail.want(wanted(head))
        }
        return true
    }

    private func pass(_ limit: Int) throws -> Int {
        try withUnsafeTemporaryAllocation(byteCount: limit, alignment: 16) { scratch in
            let count = try source.read(into: scratch)
            trail.append(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
            return count
        }
    }
}
