package import Domain

/// What one message was; its bytes are borrowed from the message.
package struct RelayRecord {
    /// What Relay sends.
    package enum Kind: Sendable {
        case flow, lost, nodeStatus
        /// None of them: nothing was written for it.
        case other
    }

    /// What the message carries.
    package let kind: Kind
    /// The flow's own time, or the envelope's.
    package internal(set) var time: Timestamp?
    /// What tells this record from others.
    package internal(set) var identity: Identity
    /// The node's name; empty where nothing says it.
    package internal(set) var node: UnsafeRawBufferPointer
    /// The message inside the envelope.
    let content: UnsafeRawBufferPointer

    /// What a record is recognised by when it comes again.
    package enum Identity {
        /// A flow's own identifier (since Cilium 1.12).
        case uuid(UnsafeRawBufferPointer)
        /// All of its bytes, where it has none.
        case whole(UnsafeRawBufferPointer)

        /// The identity in 64 bits, the same in every version, since positions are stored with it.
        package var hash: UInt64 {
            switch self {
            case .uuid(let bytes): Self.hash(bytes)
            case .whole(let bytes): ~Self.hash(bytes)
            }
        }

        /// Bytes folded by multiplication, eight at a time.
        static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
            var state: UInt64 = 0x9e37_79b9_7f4a_7c15 ^ UInt64(bytes.count)
            var at = 0
            while at < bytes.count {
                var word: UInt64 = 0
                if bytes.count - at >= 8 {
                    word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                } else {
                    for index in at..<bytes.count { word = word << 8 | UInt64(bytes[index]) }
                }
                let product = (state ^ word).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
                state = product.high ^ product.low &+ 0xe703_7ed1_a0b4_28db
                at += 8
            }
            return state ^ state >> 29
        }
    }
}
