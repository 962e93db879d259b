#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Owns a C stream: a body that is read or a sink that is written.
// @safe: the stream is open from init to deinit; libcurl borrows it during a transfer.
@safe
struct OpenFile: ~Copyable {
    #if canImport(Darwin)
        let stream: UnsafeMutablePointer<FILE>
    #else
        let stream: UnsafeMutablePointer<_IO_FILE>
    #endif

    /// Opens a file to read it.
    init(readingFrom path: String) throws(HTTPError) {
        guard let stream = unsafe fopen(path, "rb") else { throw Self.failure("read", path) }
        unsafe self.stream = unsafe stream
    }

    /// Opens a file that only its owner may read; replaces what is there.
    init(writingTo path: String) throws(HTTPError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("write", path) }
        guard let stream = unsafe fdopen(descriptor, "wb") else {
            close(descriptor)
            throw Self.failure("write", path)
        }
        unsafe self.stream = unsafe stream
    }

    deinit {
        unsafe fclose(stream)
    }

    /// The size in bytes; throws for what is not a regular file.
    func size(of path: String) throws(HTTPError) -> Int {
        var status = stat()
        guard unsafe fstat(fileno(stream), &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Self.failure("read", path)
        }
        return Int(status.st_size)
    }

    /// Whether all bytes were taken.
    func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let address = bytes.baseAddress else { return true }
        return unsafe fwrite(address, 1, bytes.count, stream) == bytes.count
    }

    /// Whether everything buffered reached the file.
    func flush() -> Bool {
        unsafe fflush(stream) == 0
    }

    private static func failure(_ verb: String, _ path: String) -> HTTPError {
        let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "unknown reason"
        return HTTPError(
            code: .file,
            message: "cannot \(verb) \(path): \(reason)",
            hint: "check the path, its rights and the free space"
        )
    }
}
