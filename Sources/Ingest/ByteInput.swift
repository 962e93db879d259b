import Glibc

/// An open file, decompressed while it is read if it is gzip or zstd.
struct ByteInput: ~Copyable {
    private let descriptor: Int32
    private let path: String
    /// Bytes of the file, of which `rest` is still to be used.
    private var held: [UInt8]
    private var rest = 0..<0
    private var decompressor: (any Decompressor & ~Copyable)?
    /// The last step filled its target, so that more may come out without further input.
    private var mayHoldMore = false
    /// Bytes read of the file as it lies on the disk.
    private(set) var bytesRead = 0

    init(_ file: InputFile) throws {
        path = file.path
        held = [UInt8](repeating: 0, count: ContentCoding.magicLength)
        descriptor = file.isStandardInput ? STDIN_FILENO : open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw IngestError(cannotOpen: path, errno) }
        try readHead()
    }

    deinit {
        if descriptor > STDIN_FILENO { close(descriptor) }
    }

    /// Reads the bytes that tell how the file is compressed.
    private mutating func readHead() throws {
        var count = 0
        while count < held.count {
            let more = try fillHeld(from: count)
            if more == 0 { break }
            count += more
        }
        rest = 0..<count
        if let coding = ContentCoding(magic: Array(held[rest])) { decompressor = try coding.decompressor() }
    }

    /// Reads the next bytes; 0 at the end. Throws `DamagedInput`, or an `IngestError` where the system cannot read.
    mutating func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        guard decompressor != nil else { return try readPlain(into: target) }
        while true {
            if !rest.isEmpty || mayHoldMore {
                let produced = try decompress(into: target)
                if produced > 0 { return produced }
            } else if try refill() == 0 {
                try decompressor?.finish()
                return 0
            }
        }
    }

    private mutating func readPlain(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !rest.isEmpty else { return try readFile(target) }
        let count = min(rest.count, target.count)
        target.copyBytes(from: held[rest].prefix(count))
        rest = rest.dropFirst(count)
        return count
    }

    private mutating func decompress(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        let step = try held.withUnsafeBytes {
            try decompressor?.step(UnsafeRawBufferPointer(rebasing: $0[rest]), into: target)
        }
        guard let step else { return 0 }
        rest = rest.dropFirst(step.consumed)
        mayHoldMore = step.produced == target.count
        return step.produced
    }

    /// Reads the next piece of a compressed file; 0 at its end.
    private mutating func refill() throws -> Int {
        let size = 64 << 10
        if held.count < size { held = [UInt8](repeating: 0, count: size) }
        rest = 0..<(try fillHeld(from: 0))
        return rest.count
    }

    private mutating func fillHeld(from start: Int) throws -> Int {
        var bytes = held
        held = []
        defer { held = bytes }
        return try bytes.withUnsafeMutableBytes {
            try readFile(UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
        }
    }

    private mutating func readFile(_ target: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Glibc.read(descriptor, target.baseAddress, target.count)
            if count >= 0 {
                bytesRead += count
                return count
            }
            guard errno == EINTR else {
                throw IngestError(
                    code: .cannotRead, message: "cannot read \(path): \(String(cString: strerror(errno)))",
                    hint: "check the disk or the pipe, then run again: what was handed on is merged, not doubled")
            }
        }
    }
}
