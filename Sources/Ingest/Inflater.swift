import CZlib

/// A gzip file breaks off, or holds something else than its format says.
struct DamagedGzip: Error {}

/// Decompresses gzip, member after member (RFC 1952, 2.2).
struct Inflater: ~Copyable {
    // zlib keeps a pointer to its stream inside itself, so that the stream must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var input: [UInt8]
    private var position = 0
    private var isBetweenMembers = false

    /// Throws an `IngestError` where zlib has no memory, or is another version than the program was built with.
    init(_ head: [UInt8]) throws {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = lw_inflate_init(stream)
        guard code == Z_OK else {
            stream.deallocate()
            throw IngestError(
                code: .cannotRead, message: "zlib cannot decompress here (code \(code))",
                hint: "free memory, or install the zlib that the program was built with")
        }
        self.stream = stream
        input = head
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Takes further compressed bytes; the earlier ones are used up.
    mutating func feed(_ bytes: ArraySlice<UInt8>) {
        input = Array(input[position...]) + bytes
        position = 0
    }

    /// Decompresses into the target; nil if that takes more input.
    mutating func inflate(into target: UnsafeMutableRawBufferPointer) throws -> Int? {
        while position < input.count {
            if isBetweenMembers {
                guard try beginMember() else { return nil }
            }
            let (status, produced) = step(into: target)
            if status == Z_STREAM_END {
                isBetweenMembers = true
            } else if status != Z_OK, status != Z_BUF_ERROR {
                throw DamagedGzip()
            }
            if produced > 0 { return produced }
        }
        return nil
    }

    /// Begins a further member. Zeros behind a member are padding.
    private mutating func beginMember() throws -> Bool {
        while position < input.count, input[position] == 0 { position += 1 }
        guard position < input.count else { return false }
        guard input[position] == 0x1f, inflateReset(stream) == Z_OK else { throw DamagedGzip() }
        isBetweenMembers = false
        return true
    }

    private mutating func step(into target: UnsafeMutableRawBufferPointer) -> (status: Int32, produced: Int) {
        let available = input.count - position
        return input.withUnsafeMutableBufferPointer { bytes in
            stream.pointee.next_in = bytes.baseAddress?.advanced(by: position)
            stream.pointee.avail_in = UInt32(available)
            stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(clamping: target.count)
            let room = Int(stream.pointee.avail_out)
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            position += available - Int(stream.pointee.avail_in)
            return (status, room - Int(stream.pointee.avail_out))
        }
    }

    /// The end of the file: 0 if a member has just ended.
    func finish() throws -> Int {
        guard isBetweenMembers else { throw DamagedGzip() }
        return 0
    }
}
