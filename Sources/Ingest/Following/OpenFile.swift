import Glibc

/// Why a followed file cannot be read at the moment.
enum FileFault: Error {
    case unreadable(String, Int32)
    /// It was changed, or replaced, while it was looked at; the next pass sees what became of it.
    case changing(String)
}

/// Which file it is, as long as it exists (POSIX: `st_dev` and `st_ino`). Numbers of deleted files are used again.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
}

/// What the system says of a file without reading it. A rename changes none of it.
struct FileStatus: Hashable, Sendable {
    let identity: FileIdentity
    let size: Int
    /// Nanoseconds since 1970.
    let modified: Int64

    init(identity: FileIdentity, size: Int, modified: Int64) {
        self.identity = identity
        self.size = size
        self.modified = modified
    }

    /// Nil for what is no regular file.
    init?(_ status: stat) {
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(
            identity: FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)),
            size: Int(status.st_size),
            modified: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec))
    }
}

/// A file opened for reading at any place; closed when nobody holds it.
final class OpenFile {
    let path: String
    private let descriptor: Int32

    /// Opens that very file; throws a `FileFault` if another one has its name now.
    init(_ path: String, expecting identity: FileIdentity) throws {
        self.path = path
        // Without O_NONBLOCK, opening what turned into a FIFO would wait for a writer.
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? FileFault.changing(path) : FileFault.unreadable(path, errno)
        }
        guard try status().identity == identity else { throw FileFault.changing(path) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func status() throws -> FileStatus {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFault.unreadable(path, errno) }
        guard let regular = FileStatus(status) else { throw FileFault.changing(path) }
        return regular
    }

    /// Reads up to so many bytes; 0 at the end.
    func read(into target: UnsafeMutableRawBufferPointer, at position: Int) throws -> Int {
        while true {
            let count = pread(descriptor, target.baseAddress, target.count, off_t(position))
            if count >= 0 { return count }
            guard errno == EINTR else { throw FileFault.unreadable(path, errno) }
        }
    }

    /// Reads a range; less where the file ends.
    func bytes(_ range: Range<Int>) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            while count < range.count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                let more = try read(into: rest, at: range.lowerBound + count)
                if more == 0 { break }
                count += more
            }
        }
    }

    /// The bytes that a mark at that length hashes; nil where the file is shorter.
    func window(before length: Int) throws -> [UInt8]? {
        let range = max(0, length - ContentMark.window)..<length
        let window = try bytes(range)
        return window.count == range.count ? window : nil
    }

    /// The place behind the last line end at or before a length; 0 if there is none.
    func lineStart(before length: Int) throws -> Int {
        var end = length
        while end > 0 {
            let start = max(0, end - 64 << 10)
            let bytes = try bytes(start..<end)
            if let newline = bytes.lastIndex(of: UInt8(ascii: "\n")) { return start + newline + 1 }
            end = start
        }
        return 0
    }
}
