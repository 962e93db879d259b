import CZlib

/// Decompresses gzip, member after member (RFC 1952, 2.2).
struct Inflater: ~Copyable, Decompressor {
    // zlib keeps a pointer to its stream inside itself, so that the stream must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var place = Place.start

    private enum Place {
        case start, insideMember, betweenMembers
        /// What came before the damage is given out first.
        case damaged
    }

    /// Throws an `IngestError` where zlib has no memory, or is another version than the program was built with.
    init() throws {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = lw_inflate_init(stream)
        guard code == Z_OK else {
            stream.deallocate()
            throw IngestError(cannotDecompress: "zlib", reason: "code \(code)")
        }
        self.stream = stream
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    mutating func step(
        _ input: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws -> DecompressionStep {
        var padding = 0
        if place == .damaged { throw damage(.damaged) }
        if place == .betweenMembers {
            // Zeros behind a member are padding, as tapes had it.
            padding = input.firstIndex { $0 != 0 } ?? input.count
            guard padding < input.count else { return DecompressionStep(consumed: padding, produced: 0) }
            guard input[padding] == 0x1f, inflateReset(stream) == Z_OK else { throw damage(.damaged) }
        }
        if !input.isEmpty { place = .insideMember }
        let (status, step) = inflate(UnsafeRawBufferPointer(rebasing: input[padding...]), into: target)
        switch status {
        case Z_STREAM_END: place = .betweenMembers
        // Z_BUF_ERROR: all that could come out without more input has come out.
        case Z_OK, Z_BUF_ERROR: break
        case Z_MEM_ERROR: throw IngestError(cannotDecompress: "zlib", reason: "no memory")
        default:
            place = .damaged
            guard step.produced > 0 else { throw damage(.damaged) }
        }
        return DecompressionStep(consumed: padding + step.consumed, produced: step.produced)
    }

    private func inflate(
        _ input: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) -> (status: Int32, step: DecompressionStep) {
        // zlib takes its input by a pointer to mutable bytes, and does not write there.
        let bytes = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes)
        stream.pointee.avail_in = UInt32(clamping: input.count)
        stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(clamping: target.count)
        let (given, room) = (stream.pointee.avail_in, stream.pointee.avail_out)
        let status = CZlib.inflate(stream, Z_NO_FLUSH)
        let step = DecompressionStep(
            consumed: Int(given - stream.pointee.avail_in), produced: Int(room - stream.pointee.avail_out))
        return (status, step)
    }

    /// zlib's window and tables (zconf.h).
    mutating func memory() -> Int { 48 << 10 }

    mutating func finish() throws {
        if place == .damaged { throw damage(.damaged) }
        guard place == .betweenMembers else { throw damage(.truncated) }
    }

    private func damage(_ reason: DamagedInput.Reason) -> DamagedInput { DamagedInput(coding: .gzip, reason: reason) }
}
