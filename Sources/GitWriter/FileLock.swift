#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Holds an advisory lock on a file until it goes; the kernel releases it when the process ends, however it ends.
struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock or throws at once.
    init(path: String) throws(GitError) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw GitError(file: path, "create")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isTaken = errno == EWOULDBLOCK
            close(descriptor)
            guard isTaken else { throw GitError(file: path, "lock") }
            throw GitError(
                code: .locked,
                message: "the repository's cache is in use: \(path)",
                hint: "wait for the other run to end, or give each process a cache folder of its own"
            )
        }
        self.descriptor = descriptor
    }

    deinit {
        // Said aloud, because a child process that is just being started still has the descriptor.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}

extension GitError {
    /// Makes an error of `errno`.
    init(file path: String, _ verb: String) {
        let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "unknown reason"
        self.init(
            code: .file,
            message: "cannot \(verb) \(path): \(reason)",
            hint: "check the cache folder, its rights and the free space"
        )
    }
}
