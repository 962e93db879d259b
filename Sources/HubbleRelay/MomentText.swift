import Domain

/// A moment of protobuf as protobuf's JSON writes it: RFC 3339 in UTC with 0, 3, 6 or 9 digits of fraction.
struct MomentText: Sendable {
    /// The last second of 2261, the last year that observations may have.
    private static let lastSecond: Int64 = 9_214_646_399

    private var day: Int64 = -1
    /// `2026-11-01T`, remembered since flows of one day come together.
    private var date: [UInt8] = []

    /// Reads `google.protobuf.Timestamp`.
    static func read(_ bytes: UnsafeRawBufferPointer) throws(ProtobufFault) -> Timestamp {
        var seconds: Int64 = 0
        var nanoseconds: Int32 = 0
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: seconds = Int64(bitPattern: try field.integer())
            case 2: nanoseconds = try field.int32()
            default: break
            }
        }
        guard (0...lastSecond).contains(seconds), (0..<1_000_000_000).contains(nanoseconds) else { throw .time }
        return Timestamp(nanoseconds: seconds * 1_000_000_000 + Int64(nanoseconds))
    }

    /// Appends the moment in quotes.
    mutating func write(_ time: Timestamp, to lines: inout LineBuffer) {
        let (second, fraction) = time.rawValue.quotientAndRemainder(dividingBy: 1_000_000_000)
        if day != second / 86400 {
            day = second / 86400
            date = Array("\"\(time.date)T".utf8)
        }
        let rest = UInt64(second % 86400)
        lines.append(plain: date)
        lines.append(number: rest / 3600, width: 2)
        lines.append(":")
        lines.append(number: rest / 60 % 60, width: 2)
        lines.append(":")
        lines.append(number: rest % 60, width: 2)
        Self.write(fraction: UInt64(fraction), to: &lines)
        lines.append("Z\"")
    }

    private static func write(fraction: UInt64, to lines: inout LineBuffer) {
        guard fraction > 0 else { return }
        lines.append(".")
        if fraction % 1_000_000 == 0 {
            lines.append(number: fraction / 1_000_000, width: 3)
        } else if fraction % 1000 == 0 {
            lines.append(number: fraction / 1000, width: 6)
        } else {
            lines.append(number: fraction, width: 9)
        }
    }
}
