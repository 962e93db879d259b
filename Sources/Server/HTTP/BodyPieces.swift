import AppConfiguration
import CLibcrypto
import NIOCore

/// A body's pieces as they came. Small ones are copied together: each would hold on to the whole buffer that it was
/// received into, and a sender could make a byte cost kilobytes.
struct BodyPieces {
    /// From this size on a piece is kept as it is.
    private static let largeBytes = 16 << 10
    /// Small pieces are copied together up to this size.
    private static let tailBytes = 64 << 10

    private(set) var pieces: [ByteBuffer] = []
    /// Bytes in all pieces.
    private(set) var count = 0
    /// True where the last piece is a copy of small ones, with room for more.
    private var hasTail = false

    mutating func append(_ piece: ByteBuffer) {
        let size = piece.readableBytes
        count += size
        if size >= Self.largeBytes {
            pieces.append(piece)
            hasTail = false
        } else if hasTail, let last = pieces.indices.last, pieces[last].readableBytes + size <= Self.tailBytes {
            pieces[last].writeImmutableBuffer(piece)
        } else {
            var tail = ByteBuffer()
            tail.writeImmutableBuffer(piece)
            pieces.append(tail)
            hasTail = true
        }
    }

    /// The SHA-256 of all bytes, in hexadecimal digits.
    var digest: String {
        var context = SHA256_CTX()
        SHA256_Init(&context)
        for piece in pieces { _ = piece.withUnsafeReadableBytes { SHA256_Update(&context, $0.baseAddress, $0.count) } }
        var hash = [UInt8](repeating: 0, count: 32)
        SHA256_Final(&hash, &context)
        return Hexadecimal.text(hash)
    }

    mutating func removeAll() { self = BodyPieces() }
}
