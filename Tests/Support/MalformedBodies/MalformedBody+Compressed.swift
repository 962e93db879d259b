extension MalformedBody {
    private static func lines(_ source: Source, _ count: Int) -> [UInt8] {
        Array((source.good(0..<count).joined(separator: "\n") + "\n").utf8)
    }

    private static func packed(
        _ name: String, _ encoding: String, _ source: Source, _ bytes: [UInt8], good: Int? = nil,
        other: Int? = nil, isDamaged: Bool = true
    ) -> MalformedBody {
        MalformedBody(
            "\(encoding): \(name)", source, encoding: encoding, good: good, other: other, isDamaged: isDamaged,
            pieces: { AnySequence(CollectionOfOne(bytes)) })
    }

    /// What any coding can suffer.
    private static func common(_ encoding: String, _ compress: ([UInt8]) -> [UInt8]) -> [MalformedBody] {
        let plain = lines(.hubble, 40)
        let whole = compress(plain)
        var random = SeededNumbers(seed: 9)
        let cuts = stride(from: 0, to: whole.count, by: max(1, whole.count / 40)).map {
            packed("cut after \($0) bytes", encoding, .hubble, Array(whole.prefix($0)))
        }
        let flips = (0..<60).map { number in
            var bytes = whole
            let at = number < 20 ? number : Int(random.next() % UInt64(bytes.count))
            bytes[at] ^= UInt8(1 << (random.next() % 8))
            // A bit of a header may mean nothing.
            return MalformedBody(
                "\(encoding): a bit changed at \(at), \(number)", .hubble, encoding: encoding,
                pieces: { [bytes] in AnySequence(CollectionOfOne(bytes)) })
        }
        return cuts + flips + [
            packed("plain text", encoding, .hubble, plain, good: 0),
            packed("nothing", encoding, .hubble, [], good: 0, other: 0),
            packed("junk behind it", encoding, .hubble, whole + Array("junk".utf8), good: 40),
            packed("text behind it", encoding, .hubble, whole + plain, good: 40),
            packed("twice", encoding, .hubble, whole + whole, good: 80, other: 0, isDamaged: false),
            packed("of itself", encoding, .hubble, compress(whole), good: 0, isDamaged: false),
            packed("of nothing", encoding, .hubble, compress([]), good: 0, other: 0, isDamaged: false),
            packed(
                "of a bad line", encoding, .hubble, compress(plain + Array("junk\n".utf8) + plain), good: 80, other: 1,
                isDamaged: false),
            packed("a cut one behind it", encoding, .hubble, whole + whole.prefix(whole.count / 2)),
            packed(
                "in thousands", encoding, .audit,
                (0..<5000).flatMap { compress(Array(("\n" + Source.audit.good($0)).utf8)) },
                good: 5000, other: 0, isDamaged: false),
            packed(
                "empty ones in ten thousands", encoding, .audit,
                Array(repeatElement(compress([]), count: 50_000).joined()), good: 0, other: 0, isDamaged: false),
        ]
    }

    static var gzipped: [MalformedBody] {
        let plain = lines(.audit, 20)
        let whole = Compression.gzip(plain)
        let body = Array(whole.dropFirst(10))
        func head(_ flags: UInt8, _ rest: [UInt8], method: UInt8 = 8) -> [UInt8] {
            [0x1f, 0x8b, method, flags, 0, 0, 0, 0, 0, 255] + rest
        }
        return common("gzip") { Compression.gzip($0) } + [
            packed("a wrong checksum", "gzip", .audit, Array(whole.dropLast(8)) + [1, 2, 3, 4] + whole.suffix(4)),
            packed("a wrong length", "gzip", .audit, Array(whole.dropLast(4)) + [0, 0, 0, 1]),
            packed("another method", "gzip", .audit, head(0, body, method: 7), good: 0),
            packed("reserved flags", "gzip", .audit, head(0xe0, body), good: 0),
            packed(
                "a name of a megabyte without its end", "gzip", .audit, head(8, [UInt8](repeating: 65, count: 1 << 20)),
                good: 0
            ),
            packed(
                "a name of a megabyte", "gzip", .audit, head(8, [UInt8](repeating: 65, count: 1 << 20) + [0] + body),
                good: 20,
                other: 0, isDamaged: false),
            packed("a wrong checksum of the head", "gzip", .audit, head(2, [1, 1] + body), good: 0),
            packed("an extra field that is cut", "gzip", .audit, head(4, [255, 255, 1, 2]), good: 0),
            packed(
                "zeros behind it", "gzip", .audit, whole + [UInt8](repeating: 0, count: 1 << 20), good: 20, other: 0,
                isDamaged: false),
            packed("zlib's format", "gzip", .audit, [0x78, 0x9c] + body, good: 0),
            packed("deflate alone", "gzip", .audit, Array(body.dropLast(8)), good: 0),
            packed(
                "a distance too far back", "gzip", .audit, head(0, [0x63, 0x00, 0x03, 0x02, 0xff, 0xff]), good: nil),
        ]
    }

    static var zstandard: [MalformedBody] {
        let plain = lines(.audit, 20)
        let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
        let whole = Compression.zstd(plain)
        func skippable(_ length: UInt32, _ bytes: [UInt8]) -> [UInt8] {
            [0x50, 0x2a, 0x4d, 0x18] + Compression.bytes(length) + bytes
        }
        return common("zstd") { Compression.zstd($0) } + [
            packed("a window of 16 MiB", "zstd", .audit, magic + [0, 14 << 3, 9, 0, 0, 65], good: 0),
            packed("a window of 2 TiB", "zstd", .audit, magic + [0, 31 << 3, 9, 0, 0, 65], good: 0),
            packed(
                "one segment of 2^60 bytes", "zstd", .audit,
                magic + [0xe0] + [0, 0, 0, 0, 0, 0, 0, 16] + [9, 0, 0, 65], good: 0
            ),
            packed("a dictionary", "zstd", .audit, magic + [3, 56, 1, 2, 3, 4, 1, 0, 0], good: 0),
            packed("the reserved block type", "zstd", .audit, magic + [0, 56, 7, 0, 0], good: 0),
            packed("the reserved bit", "zstd", .audit, magic + [8, 56, 1, 0, 0], good: 0),
            packed("the format of 0.7", "zstd", .audit, [0x27] + whole.dropFirst(), good: 0),
            packed("the format of 0.7 behind one byte", "zstd", .audit, [0x28, 0x27] + whole.dropFirst(), good: 0),
            packed("a frame to skip of 4 GiB", "zstd", .audit, whole + skippable(.max, [1, 2, 3]), good: 20),
            packed(
                "frames to skip", "zstd", .audit, skippable(3, [1, 2, 3]) + whole + skippable(0, []), good: 20,
                other: 0,
                isDamaged: false),
            packed("a frame to skip alone", "zstd", .audit, skippable(0, []), good: 0, other: 0, isDamaged: false),
        ]
    }

    /// A zstd frame that gives so many blocks of 128 KiB, four bytes each (RFC 8878, 3.1.1.2.2: RLE blocks).
    private static func zstdBomb(of byte: UInt8, blocks: Int) -> AnySequence<[UInt8]> {
        let block = Array(Compression.bytes(UInt32(128 << 10) << 3 | 1 << 1).prefix(3)) + [byte]
        let head: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3]
        let piece = Array(repeatElement(block, count: 1000).joined())
        return AnySequence(
            (0...(blocks / 1000 + 1)).lazy.map { $0 == 0 ? head : $0 <= blocks / 1000 ? piece : [1, 0, 0] })
    }

    static var hugeCompressed: [MalformedBody] {
        [("zeros", UInt8(0)), ("line ends", 10), ("brackets", UInt8(ascii: "["))].flatMap { name, byte in
            bombs(name, byte, megabytes: 10_240)
        }
    }

    /// Bodies in which a byte repeated so often is compressed: 10 GB become 10 MB of gzip, or 320 KB of zstd.
    package static func bombs(_ name: String, _ byte: UInt8, megabytes: Int) -> [MalformedBody] {
        [
            MalformedBody(
                "gzip: \(megabytes) MB of \(name)", .audit, encoding: "gzip", good: 0, isHuge: true,
                pieces: { Compression.bomb(of: byte, megabytes: megabytes) }),
            MalformedBody(
                "zstd: \(megabytes) MB of \(name)", .hubble, encoding: "zstd", good: 0, isHuge: true,
                pieces: { zstdBomb(of: byte, blocks: megabytes * 8) }),
        ]
    }
}
