/// Frames of zstd without compression (RFC 8878, 3.1.1), whose every byte a test can choose.
enum ZstdBytes {
    static let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

    /// A frame of raw blocks, with a window of 2^`windowLog` bytes.
    static func frame(_ bytes: [UInt8], windowLog: UInt8 = 17) -> [UInt8] {
        var result = magic + [0, (windowLog - 10) << 3]
        var start = 0
        repeat {
            let block = bytes[start..<min(bytes.count, start + 100_000)]
            start += block.count
            result += header(size: block.count, type: 0, isLast: start == bytes.count) + block
        } while start < bytes.count
        return result
    }

    /// A frame of so many blocks of 128 KiB, each of one byte repeated: four bytes for each block.
    static func bomb(blocks: Int, of byte: UInt8) -> [UInt8] {
        let block = header(size: 128 << 10, type: 1, isLast: false) + [byte]
        return magic + [0, 7 << 3] + (0..<blocks).flatMap { _ in block } + header(size: 0, type: 0, isLast: true)
    }

    /// A frame that readers skip (RFC 8878, 3.1.2).
    static func skippable(_ bytes: [UInt8]) -> [UInt8] {
        [0x5a, 0x2a, 0x4d, 0x18] + littleEndian(UInt32(bytes.count)) + bytes
    }

    private static func header(size: Int, type: UInt32, isLast: Bool) -> [UInt8] {
        Array(littleEndian(UInt32(size) << 3 | type << 1 | (isLast ? 1 : 0)).prefix(3))
    }
}
