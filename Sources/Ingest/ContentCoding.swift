/// How bytes are compressed: a coding of HTTP, and the form of a rotated file.
package enum ContentCoding: String, CaseIterable, Sendable {
    /// RFC 1952, member after member.
    case gzip
    /// RFC 8878, frame after frame.
    case zstd

    /// The coding that a token of `Content-Encoding` names, in any case; `x-gzip` is gzip (RFC 9110, 8.4.1.3). Nil for
    /// other codings, and for `identity`, which is none.
    package init?(token: some StringProtocol) {
        let token = token.lowercased()
        self.init(rawValue: token == "x-gzip" ? "gzip" : token)
    }

    /// How many bytes tell a file's coding.
    static let magicLength = 4

    /// The coding of a file that begins so; nil for plain text, which begins like neither.
    init?(magic: [UInt8]) {
        // A zstd file may begin with a frame to skip (RFC 8878, 3.1.2), as parallel compressors write it.
        switch magic {
        case _ where magic.starts(with: [0x1f, 0x8b]): self = .gzip
        case [0x28, 0xb5, 0x2f, 0xfd]: self = .zstd
        case _ where magic.count == 4 && magic[0] & 0xf0 == 0x50 && magic[1...] == [0x2a, 0x4d, 0x18]: self = .zstd
        default: return nil
        }
    }

    func decompressor() throws -> any Decompressor & ~Copyable {
        switch self {
        case .gzip: try Inflater()
        case .zstd: try ZstdReader()
        }
    }
}
