/// Counts lines for diagnostics; asked in ascending order, it passes the bytes once.
struct LineCounter {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The line of a position, from 1.
    mutating func line(at target: Int) -> Int {
        guard target >= position else { return line }
        line += bytes[position..<target].count { $0 == 0x0a }
        position = target
        return line
    }

    /// The next position where a line begins with an opening bracket; the end if there is none.
    func nextOpeningLine(after start: Int) -> Int {
        var atLineStart = false
        for position in start..<bytes.count {
            let byte = bytes[position]
            if atLineStart, byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { return position }
            atLineStart = byte == 0x0a
        }
        return bytes.count
    }
}
