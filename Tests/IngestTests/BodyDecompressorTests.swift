import Domain
import Ingest
import Testing

@Suite struct BodyDecompressorTests {
    struct Result: Equatable {
        var bytes: [UInt8] = []
        var largestPiece = 0
        var damage: DamagedInput?
    }

    static func decompress(
        _ coding: ContentCoding, _ bytes: [UInt8], piece: Int = 1 << 20, limit: Int = .max
    ) throws -> Result {
        var result = Result()
        var body = try BodyDecompressor(coding, limit: limit)
        do {
            for start in stride(from: 0, to: bytes.count, by: piece) {
                try bytes[start..<min(bytes.count, start + piece)].withUnsafeBytes {
                    try body.feed($0) {
                        result.bytes += $0
                        result.largestPiece = max(result.largestPiece, $0.count)
                    }
                }
            }
            try body.finish()
        } catch let damage as DamagedInput {
            result.damage = damage
        }
        return result
    }

    static func compress(_ coding: ContentCoding, _ bytes: [UInt8]) -> [UInt8] {
        switch coding {
        case .gzip: gzip(bytes)
        case .zstd: ZstdBytes.frame(bytes)
        }
    }

    private static let text = Array((0..<40_000).map { "line \($0)\n" }.joined().utf8)

    @Test(arguments: ContentCoding.allCases, [1, 3, 997, 1 << 20])
    func `what went in comes out, however the bytes come`(coding: ContentCoding, piece: Int) throws {
        let packed = Self.compress(coding, Self.text) + Self.compress(coding, []) + Self.compress(coding, Self.text)
        let result = try Self.decompress(coding, packed, piece: piece)
        #expect(result.damage == nil)
        #expect(result.bytes == Self.text + Self.text)
        #expect(result.largestPiece <= 64 << 10)
    }

    @Test(arguments: ContentCoding.allCases)
    func `a stream that breaks off anywhere gives what came before, and says so`(coding: ContentCoding) throws {
        let packed = Self.compress(coding, Array(Self.text.prefix(200)))
        for count in 0..<packed.count {
            let result = try Self.decompress(coding, Array(packed.prefix(count)), piece: 7)
            #expect(result.damage == DamagedInput(coding: coding, reason: .truncated))
            #expect(Self.text.starts(with: result.bytes))
        }
        #expect(try Self.decompress(coding, packed, piece: 7).damage == nil)
    }

    @Test(arguments: ContentCoding.allCases)
    func `junk behind the end is damage, and what came before is given`(coding: ContentCoding) throws {
        let packed = Self.compress(coding, Self.text) + Array("junk".utf8)
        let result = try Self.decompress(coding, packed)
        #expect(result == .init(bytes: Self.text, largestPiece: result.largestPiece, damage: .init(coding, .damaged)))
    }

    @Test func `frames to skip are skipped, also in front`() throws {
        let packed =
            ZstdBytes.skippable([1, 2, 3]) + ZstdBytes.frame([65, 66]) + ZstdBytes.skippable([])
            + ZstdBytes.frame([67]) + ZstdBytes.skippable(Array(repeating: 9, count: 70_000))
        for piece in [1, 5, 1 << 20] {
            #expect(try Self.decompress(.zstd, packed, piece: piece).bytes == [65, 66, 67])
        }
        let cut = try Self.decompress(.zstd, packed.dropLast())
        #expect(cut.damage == .init(.zstd, .truncated))
    }

    @Test func `a window of 8 MiB is the largest`() throws {
        #expect(try Self.decompress(.zstd, ZstdBytes.frame([65], windowLog: 23)).bytes == [65])
        for windowLog: UInt8 in [24, 27, 31, 41] {
            let result = try Self.decompress(.zstd, ZstdBytes.frame([65], windowLog: windowLog))
            #expect(result == .init(damage: .init(.zstd, .windowTooLarge)))
        }
    }

    @Test func `frames made with a dictionary, and those of old formats, are refused`() throws {
        // The descriptor 0x03 says that four bytes of a dictionary's number follow (RFC 8878, 3.1.1.1.1.6).
        let dictionary = ZstdBytes.magic + [0x03, 56, 1, 2, 3, 4, 1, 0, 0]
        #expect(try Self.decompress(.zstd, dictionary).damage == .init(.zstd, .dictionaryNeeded))
        // The formats 0.1 to 0.7 have other magic numbers. This begins a frame of 0.7 with a window of 128 MiB.
        for first: UInt8 in [0x1e, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27] {
            let old = [first, 0xb5, 0x2f, 0xfd, 0, 17 << 3, 0, 0]
            #expect(try Self.decompress(.zstd, old).damage == .init(.zstd, .damaged))
            // The library looks for them again where a head is wrong.
            #expect(try Self.decompress(.zstd, [0x28] + old).damage == .init(.zstd, .damaged))
            let behind = try Self.decompress(.zstd, ZstdBytes.magic + old).damage
            #expect(behind == .init(.zstd, [0x1e, 0x24].contains(first) ? .damaged : .dictionaryNeeded))
            for piece in 1..<5 {
                #expect(try Self.decompress(.zstd, ZstdBytes.magic + old, piece: piece).damage == behind)
            }
        }
    }

    @Test(arguments: [
        ([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 7], ContentCoding.gzip), ([0x1f, 0x8b, 9], .gzip), ([0, 0], .gzip),
        (ZstdBytes.magic + [0, 56, 7, 0, 0], .zstd), (ZstdBytes.magic + [0xff], .zstd),
        ([0x28, 0xb5, 0x2f, 0xfe], .zstd),
        (Array("{\"a\":1}".utf8), .gzip), (Array("{\"a\":1}".utf8), .zstd),
    ]) func `what is no such stream is damaged`(bytes: [UInt8], coding: ContentCoding) throws {
        let damage = try #require(try Self.decompress(coding, bytes, piece: 1).damage)
        #expect(damage.coding == coding)
        #expect(!damage.hint.isEmpty)
        #expect(try Self.decompress(coding, bytes).bytes == [])
    }

    @Test(arguments: ContentCoding.allCases)
    func `what came before the damage is given, however the bytes come`(coding: ContentCoding) throws {
        let packed = Self.compress(coding, Self.text)
        // A block of a kind that there is not, behind 3 and 2 blocks of text.
        let at = coding == .gzip ? 10 + 3 * (5 + 65_535) : 6 + 3 * (3 + 100_000)
        let damaged = packed[..<at] + [7, 0, 0] + packed[(at + 3)...]
        for piece in [1, 1000, 1 << 20] {
            let result = try Self.decompress(coding, Array(damaged), piece: piece)
            #expect(result.damage == .init(coding, .damaged))
            #expect(result.bytes.count == (coding == .gzip ? 3 * 65_535 : 300_000))
        }
    }

    @Test func `a flipped checksum of gzip is damage`() throws {
        var packed = gzip(Self.text)
        packed[packed.count - 5] ^= 1
        #expect(try Self.decompress(.gzip, packed).damage == .init(.gzip, .damaged))
    }

    @Test func `a bomb comes out in bounded pieces, up to the limit`() throws {
        let bomb = ZstdBytes.bomb(blocks: 4000, of: 10)
        #expect(bomb.count < 17_000)
        var body = try BodyDecompressor(.zstd, limit: 200 << 20)
        var largest = 0
        let damage = #expect(throws: DamagedInput.self) {
            try bomb.withUnsafeBytes { try body.feed($0) { largest = max(largest, $0.count) } }
        }
        #expect(damage == .init(.zstd, .tooLarge))
        #expect(body.produced == 200 << 20)
        #expect(largest == 64 << 10)
    }

    @Test func `what the receiver throws ends the call`() throws {
        struct Refused: Error {}
        var body = try BodyDecompressor(.zstd)
        #expect(throws: Refused.self) {
            try ZstdBytes.bomb(blocks: 9, of: 10).withUnsafeBytes { try body.feed($0) { _ in throw Refused() } }
        }
        #expect(body.produced == 64 << 10)
    }

    @Test(arguments: [
        ("gzip", ContentCoding.gzip), ("GZIP", .gzip), ("x-gzip", .gzip), ("zstd", .zstd), ("Zstd", .zstd),
        ("identity", nil), ("", nil), ("br", nil), ("deflate", nil), ("gzip, zstd", nil),
    ]) func `codings are known by the names that HTTP has for them`(token: String, coding: ContentCoding?) {
        #expect(ContentCoding(token: token) == coding)
    }
}

extension DamagedInput {
    init(_ coding: ContentCoding, _ reason: Reason) { self.init(coding: coding, reason: reason) }
}
