import Glibc

extension UnsafeRawBufferPointer {
    /// Where the first line end stands at or behind an index.
    func firstLineEnd(from start: Int = 0) -> Int? {
        guard start < count, let base = baseAddress else { return nil }
        // memchr: lines of 100 MB are passed over with it.
        guard let found = memchr(base + start, Int32(UInt8(ascii: "\n")), count - start) else { return nil }
        return UnsafeRawPointer(found) - base
    }

    /// How many line ends there are.
    var lineEnds: Int {
        var found = 0
        var next = firstLineEnd()
        while let at = next {
            found += 1
            next = firstLineEnd(from: at + 1)
        }
        return found
    }

    /// The first line end at or behind an index with what looks like a record behind it: `{"`.
    func lineEndBeforeRecord(from start: Int) -> Int? {
        var next = firstLineEnd(from: start)
        while let at = next {
            if beginsRecord(at: at + 1) { return at }
            next = firstLineEnd(from: at + 1)
        }
        return nil
    }

    func beginsRecord(at index: Int) -> Bool {
        index + 1 < count && self[index] == UInt8(ascii: "{") && self[index + 1] == UInt8(ascii: "\"")
    }

    /// The first byte at or behind an index that is no white space.
    func firstInk(from start: Int = 0) -> Int? { self[start...].firstIndex { !Self.isSpace($0) } }

    /// White space as JSON has it (RFC 8259, 2), and so the decoders.
    static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }
}
