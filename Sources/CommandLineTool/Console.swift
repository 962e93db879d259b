#if canImport(Glibc)
    import Glibc
#endif

/// Standard output for data, standard error for everything else.
struct Console {
    /// Writes data to standard output, all of it or an exit by SIGPIPE as is usual.
    static func print(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    /// Writes a message to standard error.
    static func note(_ text: String) {
        write(text + "\n", to: STDERR_FILENO)
    }

    /// Writes to standard error as it is, for what redraws a line.
    static func draw(_ text: String) {
        write(text, to: STDERR_FILENO)
    }

    /// True if a person sees standard error, so that progress may be drawn there.
    static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
    }
}
