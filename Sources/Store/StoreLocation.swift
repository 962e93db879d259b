import FoundationEssentials
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a store's file lies.
package struct StoreLocation: Hashable, Sendable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    enum Content {
        case nothing
        case emptyFile
        case file
    }

    /// What is there now. Throws for a folder.
    func content() throws -> Content {
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return .nothing }
        guard !isDirectory else {
            throw StoreError(
                code: .isDirectory, message: "database \(path): this is a folder",
                hint: "Name a file with --database, such as \(path)/leastwise.db.")
        }
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64
        return size == 0 ? .emptyFile : .file
    }

    /// The bytes that are free for this user on the file's disk; nil where the system does not tell.
    var freeDiskBytes: Int64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int64(clamping: status.f_bavail) &* Int64(clamping: status.f_frsize)
    }

    /// Creates the folders (0700) and an empty file (0600) where they are missing.
    ///
    /// SQLite gives its journal files the permissions of the database, so that nobody else reads what was observed.
    func create() throws {
        try Self.creation.withLock { _ in
            guard try content() == .nothing else { return }
            try createFolder()
            try createFile()
        }
    }

    /// Closing any descriptor of a file drops all of this process' POSIX locks on it, SQLite's too: nobody here may
    /// have opened the database before `createFile` has closed it.
    private static let creation = Mutex(())

    private func createFolder() throws {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        do {
            if !folder.isEmpty {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
        } catch {
            throw cannotCreate("its folder cannot be created", underlying: error)
        }
    }

    private func createFile() throws {
        let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw cannotCreate(String(cString: strerror(errno)), underlying: nil)
        }
    }

    private func cannotCreate(_ problem: String, underlying: (any Error)?) -> StoreError {
        StoreError(
            code: .cannotOpen, message: "database \(path): \(problem)",
            hint: "Name a path that this user may write with --database.", underlying: underlying)
    }
}
