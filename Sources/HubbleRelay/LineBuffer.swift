/// JSON lines in one growing piece of memory, with room behind them that a parser may read.
package struct LineBuffer: ~Copyable {
    /// What simdjson may read behind its input.
    private static let padding = 64
    /// Memory beyond it is given back when the lines are taken.
    private static let keptCapacity = 256 << 10

    // Owned here alone, and freed in deinit.
    private var storage: UnsafeMutableRawPointer
    private var capacity: Int
    /// Bytes written.
    package private(set) var count = 0

    /// An empty buffer.
    package init(capacity: Int = 32 << 10) {
        self.capacity = max(capacity, 256)
        storage = .allocate(byteCount: self.capacity + Self.padding, alignment: 64)
    }

    deinit { storage.deallocate() }

    /// Hands the lines out for the length of the call, with 64 readable bytes behind them.
    package mutating func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        (storage + count).initializeMemory(as: UInt8.self, repeating: 0, count: Self.padding)
        return try body(UnsafeRawBufferPointer(start: storage, count: count))
    }

    /// Forgets all lines.
    package mutating func removeAll() {
        count = 0
        guard capacity > Self.keptCapacity else { return }
        storage.deallocate()
        capacity = Self.keptCapacity
        storage = .allocate(byteCount: capacity + Self.padding, alignment: 64)
    }

    /// Takes back what was written behind a place.
    mutating func truncate(to place: Int) { count = min(count, place) }

    private mutating func reserve(_ more: Int) {
        guard more > capacity - count else { return }
        let wanted = max(capacity * 2, count + more)
        let grown = UnsafeMutableRawPointer.allocate(byteCount: wanted + Self.padding, alignment: 64)
        grown.copyMemory(from: storage, byteCount: count)
        storage.deallocate()
        storage = grown
        capacity = wanted
    }

    /// Appends a literal.
    mutating func append(_ text: StaticString) {
        reserve(text.utf8CodeUnitCount)
        (storage + count).copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        count += text.utf8CodeUnitCount
    }

    private mutating func append(byte: UInt8) {
        reserve(1)
        storage.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    private mutating func append(copying bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        reserve(bytes.count)
        (storage + count).copyMemory(from: start, byteCount: bytes.count)
        count += bytes.count
    }

    /// Appends bytes that need no quotes.
    mutating func append(plain bytes: [UInt8]) { bytes.withUnsafeBytes { append(copying: $0) } }

    /// Ends an object or a list: its last member's comma gives way.
    mutating func close(_ bracket: UInt8) {
        if count > 0, storage.load(fromByteOffset: count - 1, as: UInt8.self) == UInt8(ascii: ",") { count -= 1 }
        append(byte: bracket)
    }

    /// Appends a number in decimal digits, with leading zeros up to a width.
    mutating func append(number: UInt64, width: Int = 1) {
        reserve(20)
        var rest = number
        var digits = 1
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        digits = max(digits, width)
        rest = number
        for place in stride(from: count + digits - 1, through: count, by: -1) {
            storage.storeBytes(of: UInt8(ascii: "0") + UInt8(rest % 10), toByteOffset: place, as: UInt8.self)
            rest /= 10
        }
        count += digits
    }

    /// Appends a text as a JSON string. What is not UTF-8 stays as it is, and the parser rejects that record.
    mutating func append(quoted text: UnsafeRawBufferPointer) {
        append(byte: UInt8(ascii: "\""))
        var start = 0
        while start < text.count {
            let clean = Self.cleanCount(text, from: start)
            append(copying: UnsafeRawBufferPointer(rebasing: text[start..<start + clean]))
            start += clean
            guard start < text.count else { break }
            append(escaped: text[start])
            start += 1
        }
        append(byte: UInt8(ascii: "\""))
    }

    /// RFC 8259, 7: quotation mark, reverse solidus and control characters must be escaped.
    private mutating func append(escaped byte: UInt8) {
        if byte >= 0x20 {
            append(byte: UInt8(ascii: "\\"))
            append(byte: byte)
        } else {
            append("\\u00")
            append(byte: byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            let low = byte & 0xf
            append(byte: low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        }
    }

    /// How many bytes from a place on need no escape; eight at a time.
    private static func cleanCount(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
        var at = start
        while text.count - at >= 8 {
            guard !hasSpecial(text.loadUnaligned(fromByteOffset: at, as: UInt64.self)) else { break }
            at += 8
        }
        while at < text.count {
            let byte = text[at]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            at += 1
        }
        return at - start
    }

    /// Whether one of eight bytes is below 0x20, a quotation mark or a reverse solidus, found with borrows of a subtraction.
    private static func hasSpecial(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* 0x22)
        let slashes = word ^ (ones &* 0x5c)
        let control = (word &- ones &* 0x20) & ~word
        return (control | ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)) & (ones &* 0x80) != 0
    }
}
