import HTTPTransport

/// A request's body while it grows: in memory at first, in a file when it becomes large.
struct RequestBody: ~Copyable {
    private static let maxBytesInMemory = 1 << 20

    private let path: String
    private var bytes: [UInt8] = []
    private var file: SpoolFile?

    /// `path` is where a large body goes; the caller removes it.
    init(spoolPath path: String) {
        self.path = path
    }

    var isEmpty: Bool { bytes.isEmpty && !isSpooled }
    private(set) var isSpooled = false

    mutating func append(_ piece: UnsafeRawBufferPointer) throws(GitError) {
        if !isSpooled, bytes.count + piece.count <= Self.maxBytesInMemory {
            unsafe bytes.append(contentsOf: piece)
            return
        }
        if !isSpooled { try spool() }
        try unsafe file?.write(piece)
    }

    /// What the request carries.
    var content: HTTPBody { isSpooled ? .file(path: path) : .bytes(bytes) }

    private mutating func spool() throws(GitError) {
        let created = try SpoolFile(creating: path)
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(GitError) in
            try unsafe created.write(UnsafeRawBufferPointer(buffer))
        }
        file = consume created
        bytes = []
        isSpooled = true
    }
}
