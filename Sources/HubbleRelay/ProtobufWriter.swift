/// Writes a message in protobuf's wire format, field by field (protobuf.dev/programming-guides/encoding).
package struct ProtobufWriter: Sendable {
    /// What was written.
    package private(set) var bytes: [UInt8] = []

    /// An empty message.
    package init() {}

    /// An integer, a boolean or an enum; zero is left out, as it is the default.
    package mutating func add(_ number: UInt32, integer: UInt64) {
        guard integer != 0 else { return }
        append(varint: UInt64(number) << 3)
        append(varint: integer)
    }

    /// A text, a message or a packed list, also an empty one.
    package mutating func add(_ number: UInt32, bytes content: some Collection<UInt8>) {
        append(varint: UInt64(number) << 3 | 2)
        append(varint: UInt64(content.count))
        bytes += content
    }

    /// A moment as `google.protobuf.Timestamp`.
    package mutating func add(_ number: UInt32, seconds: Int64, nanoseconds: Int32) {
        var moment = ProtobufWriter()
        moment.add(1, integer: UInt64(bitPattern: seconds))
        moment.add(2, integer: UInt64(bitPattern: Int64(nanoseconds)))
        add(number, bytes: moment.bytes)
    }

    /// A list of numbers of eight bytes each, packed.
    package mutating func add(_ number: UInt32, packed values: [UInt64]) {
        guard !values.isEmpty else { return }
        append(varint: UInt64(number) << 3 | 2)
        append(varint: UInt64(values.count * 8))
        for value in values {
            for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
    }

    private mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
