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
    var indices: some Sequence<Int> {
        words.enumerated().lazy.flatMap { offset, word in
            (0..<64).lazy.filter { word >> UInt64($0) & 1 == 1 }.map { offset * 64 + $0 }
        }
    }
}
