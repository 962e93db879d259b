/// Why bytes are no message.
package enum ProtobufFault: Error, Sendable, Equatable {
    /// A field goes beyond the message's end.
    case truncated
    /// More than 64 bits.
    case varintTooLong
    /// Zero, or more than 29 bits.
    case fieldNumber
    /// A group; proto3 has none.
    case group
    /// A wire type that does not exist, or that the field does not have.
    case wireType
    /// A moment that is none, or outside of the years that observations may have (1970 to 2261).
    case time
}

/// Walks over the fields of one message in protobuf's wire format, without a copy and without recursion.
///
/// A message inside is handed out as its bytes, so that nesting costs nothing unless somebody looks. Source of the
/// format: protobuf.dev/programming-guides/encoding. Any input ends in fields or a `ProtobufFault`.
package struct ProtobufReader {
    // Borrowed: valid as long as the message that whoever made this reader holds.
    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    /// A reader of a whole message.
    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next field; nil at the end of the message.
    package mutating func next() throws(ProtobufFault) -> ProtobufField? {
        guard at < bytes.count else { return nil }
        let tag = try varint()
        guard tag <= UInt64(UInt32.max), tag >> 3 > 0 else { throw .fieldNumber }
        return ProtobufField(number: UInt32(tag >> 3), value: try value(ofType: tag & 7))
    }

    private mutating func value(ofType wireType: UInt64) throws(ProtobufFault) -> ProtobufField.Value {
        switch wireType {
        case 0: return .varint(try varint())
        case 1: return .fixed64(UInt64(littleEndian: try take(8).loadUnaligned(as: UInt64.self)))
        case 2:
            let length = try varint()
            guard length <= UInt64(bytes.count - at) else { throw .truncated }
            return .bytes(try take(Int(length)))
        case 3, 4: throw .group
        case 5: return .fixed32(UInt32(littleEndian: try take(4).loadUnaligned(as: UInt32.self)))
        default: throw .wireType
        }
    }

    private mutating func take(_ count: Int) throws(ProtobufFault) -> UnsafeRawBufferPointer {
        guard count <= bytes.count - at else { throw .truncated }
        defer { at += count }
        return UnsafeRawBufferPointer(rebasing: bytes[at..<at + count])
    }

    private mutating func varint() throws(ProtobufFault) -> UInt64 {
        guard at < bytes.count else { throw .truncated }
        let first = bytes[at]
        at += 1
        guard first >= 0x80 else { return UInt64(first) }
        var result = UInt64(first & 0x7f)
        for shift in stride(from: UInt64(7), through: 63, by: 7) {
            guard at < bytes.count else { throw .truncated }
            let byte = bytes[at]
            at += 1
            guard shift < 63 || byte <= 1 else { throw .varintTooLong }
            result |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return result }
        }
        throw .varintTooLong
    }
}

/// One field as it stands on the wire.
package struct ProtobufField {
    /// The field's number in its message.
    package let number: UInt32
    /// What it carries.
    package let value: Value

    /// A value of each wire type.
    package enum Value {
        /// Integers, booleans and enums.
        case varint(UInt64)
        /// Eight bytes.
        case fixed64(UInt64)
        /// Four bytes.
        case fixed32(UInt32)
        /// Texts, bytes, messages and packed lists; borrowed from the message.
        case bytes(UnsafeRawBufferPointer)
    }

    /// A text, a message or a packed list.
    package func bytes() throws(ProtobufFault) -> UnsafeRawBufferPointer {
        guard case .bytes(let bytes) = value else { throw .wireType }
        return bytes
    }

    /// An integer of 64 bits.
    package func integer() throws(ProtobufFault) -> UInt64 {
        guard case .varint(let number) = value else { throw .wireType }
        return number
    }

    /// An enum or a signed integer of 32 bits; higher bits are dropped, as protobuf's parsers do.
    package func int32() throws(ProtobufFault) -> Int32 { Int32(truncatingIfNeeded: try integer()) }

    /// An unsigned integer of 32 bits; higher bits are dropped.
    package func uint32() throws(ProtobufFault) -> UInt32 { UInt32(truncatingIfNeeded: try integer()) }

    /// A boolean.
    package func boolean() throws(ProtobufFault) -> Bool { try integer() != 0 }
}
