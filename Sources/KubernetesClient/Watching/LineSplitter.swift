/// Cuts the pieces of a watch into its lines.
struct LineSplitter {
    /// A line grew past the bound.
    struct TooLong: Error {}

    private let limit: Int
    private var rest: [UInt8] = []

    init(limit: Int) { self.limit = limit }

    /// Hands on the lines that are complete; what is left waits for the next piece. Empty lines are passed over.
    mutating func take(
        _ piece: UnsafeRawBufferPointer, _ line: ([UInt8]) throws -> Void
    ) throws {
        var start = piece.startIndex
        while let end = piece[start...].firstIndex(of: 0x0a) {
            guard rest.count + end - start <= limit else { throw TooLong() }
            rest += piece[start..<end]
            start = end + 1
            let whole = rest
            rest.removeAll(keepingCapacity: whole.count < 1 << 16)
            if !whole.isEmpty { try line(whole) }
        }
        guard rest.count + piece.count - start <= limit else { throw TooLong() }
        rest += piece[start...]
    }
}
