/// A set of parties by position, one bit each.
struct PartyMask: Hashable {
    private var words: [UInt64]

    /// None of that many parties.
    init(none count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

    /// All of that many parties.
    init(all count: Int) {
        words = Array(repeating: .max, count: (count + 63) / 64)
        if count % 64 != 0 { words[words.count - 1] = (1 << UInt64(count % 64)) - 1 }
    }

    mutating func insert(_ index: Int) { words[index >> 6] |= 1 << UInt64(index & 63) }

    mutating func remove(_ index: Int) { words[index >> 6] &= ~(1 << UInt64(index & 63)) }

    mutating func formUnion(_ other: PartyMask) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    mutating func formIntersection(_ other: PartyMask) {
        for index in words.indices { words[index] &= other.words[index] }
    }

    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Calls the body with each position, ascending.
    func forEach(_ body: (Int) -> Void) {
        for (offset, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                body(offset << 6 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
    }

    /// The positions, ascending, found one by one.
    var indices: Positions { Positions(words: words) }

    /// Goes from one set bit to the next.
    struct Positions: Sequence, IteratorProtocol {
        private let words: [UInt64]
        private var offset = 0
        private var rest: UInt64

        fileprivate init(words: [UInt64]) {
            self.words = words
            rest = words.first ?? 0
        }

        mutating func next() -> Int? {
            while rest == 0 {
                offset += 1
                guard offset < words.count else { return nil }
                rest = words[offset]
            }
            defer { rest &= rest - 1 }
            return offset * 64 + rest.trailingZeroBitCount
        }
    }
}
