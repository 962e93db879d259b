#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Owns the descriptor of a temporary file for a request's or an answer's bytes.
struct SpoolFile: ~Copyable {
    private let descriptor: Int32
    private let path: String

    /// Creates an empty file that only its owner may read.
    init(creating path: String) throws(GitError) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw GitError(file: path, "create") }
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a file to read it; it stays readable here when its name is removed.
    init(reading path: String) throws(GitError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw GitError(file: path, "read") }
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        close(descriptor)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(GitError) {
        var rest = unsafe bytes[...]
        while unsafe !rest.isEmpty {
            let count = unsafe Self.write(descriptor, UnsafeRawBufferPointer(rebasing: rest))
            guard count > 0 else { throw GitError(file: path, "write") }
            unsafe rest = unsafe rest.dropFirst(count)
        }
    }

    /// Reads what fits; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(GitError) -> Int {
        let count = unsafe Self.read(descriptor, buffer)
        guard count >= 0 else { throw GitError(file: path, "read") }
        return count
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
            unsafe Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    private static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
            unsafe Musl.read(descriptor, buffer.baseAddress, buffer.count)
        #else
            unsafe Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }
}
