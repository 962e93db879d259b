import Glibc

/// An open file, decompressed while it is read if it is gzip.
struct ByteInput: ~Copyable {
    private let descriptor: Int32
    private let path: String
    private var head: [UInt8] = []
    private var inflater: Inflater?
    /// Bytes read of the file as it lies on the disk.
    private(set) var bytesRead = 0

    init(_ file: InputFile) throws {
        path = file.path
        descriptor = file.isStandardInput ? STDIN_FILENO : open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw IngestError(cannotOpen: path, errno) }
        try readHead()
    }

    deinit {
        if descriptor > STDIN_FILENO { close(descriptor) }
    }

    /// The first two bytes tell gzip (RFC 1952, 2.3.1).
    private mutating func readHead() throws {
        var bytes: [UInt8] = [0, 0]
        var count = 0
        while count < 2 {
            let more = try bytes.withUnsafeMutableBytes {
                try readFile(UnsafeMutableRawBufferPointer(rebasing: $0[count...]))
            }
            if more == 0 { break }
            count += more
        }
        head = Array(bytes.prefix(count))
        if head == [0x1f, 0x8b] {
            inflater = try Inflater(head)
            head = []
        }
    }

    /// Reads the next bytes; 0 at the end. Throws `DamagedGzip`, or an `IngestError` where the system cannot read.
    mutating func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        if !head.isEmpty {
            let count = min(head.count, target.count)
            target.copyBytes(from: head.prefix(count))
            head.removeFirst(count)
            return count
        }
        guard inflater != nil else { return try readFile(target) }
        while true {
            if let count = try inflater?.inflate(into: target) { return count }
            let count = try fillInflater()
            if count == 0 { return try inflater?.finish() ?? 0 }
        }
    }

    private mutating func fillInflater() throws -> Int {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = try chunk.withUnsafeMutableBytes { try readFile($0) }
        inflater?.feed(chunk.prefix(count))
        return count
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
