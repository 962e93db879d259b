import CZlib
import CZstd

/// Compresses with the system's libraries.
enum Compression {
    static func gzip(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
        var deflater = Deflater(level: level)
        return deflater.add(bytes, flush: Z_FINISH)
    }

    static func zstd(_ bytes: [UInt8], level: Int32 = 3) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
        let count = ZSTD_compress(&result, result.count, bytes, bytes.count, level)
        precondition(ZSTD_isError(count) == 0, "zstd cannot compress")
        return Array(result.prefix(count))
    }

    /// Gzip of so many bytes, all the same, in pieces: after each full flush the compressor starts anew, so that
    /// the piece in between is made once.
    static func bomb(of byte: UInt8, megabytes: Int) -> AnySequence<[UInt8]> {
        let block = [UInt8](repeating: byte, count: 1 << 20)
        var deflater = Deflater(level: 9)
        let head = deflater.add(block, flush: Z_FULL_FLUSH)
        let body = deflater.add(block, flush: Z_FULL_FLUSH)
        // An empty last block with fixed codes (RFC 1951, 3.2.6), the checksum and the length.
        let sum = crc32(0, block, UInt32(block.count))
        let whole = (1..<megabytes).reduce(sum) { known, _ in crc32_combine(known, sum, block.count) }
        let length = UInt32(truncatingIfNeeded: megabytes << 20)
        let trailer = [3, 0] + bytes(UInt32(truncatingIfNeeded: whole)) + bytes(length)
        return AnySequence(
            (0...megabytes).lazy.map { $0 == 0 ? head : $0 == megabytes ? trailer : body })
    }

    static func bytes(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }

    private struct Deflater: ~Copyable {
        // zlib keeps a pointer to its stream inside itself, so that the stream must not move.
        private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

        init(level: Int32) {
            stream.initialize(to: z_stream())
            let code = deflateInit2_(
                stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size))
            precondition(code == Z_OK, "zlib cannot compress")
        }

        deinit {
            deflateEnd(stream)
            stream.deallocate()
        }

        mutating func add(_ bytes: [UInt8], flush: Int32) -> [UInt8] {
            var input = bytes
            var output = [UInt8](repeating: 0, count: Int(deflateBound(stream, UInt(bytes.count))) + 64)
            let room = output.count
            let rest = input.withUnsafeMutableBufferPointer { source in
                output.withUnsafeMutableBufferPointer { target in
                    stream.pointee.next_in = source.baseAddress
                    stream.pointee.avail_in = UInt32(source.count)
                    stream.pointee.next_out = target.baseAddress
                    stream.pointee.avail_out = UInt32(target.count)
                    _ = deflate(stream, flush)
                    return Int(stream.pointee.avail_out)
                }
            }
            return Array(output.prefix(room - rest))
        }
    }
}
