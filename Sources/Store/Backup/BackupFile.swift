import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The file that a backup becomes, and the temporary one that it is until it is whole.
struct BackupFile {
    let path: String
    /// In the same folder, so that a rename is all it takes; made by this value, mode 0600.
    let temporary: String
    private let overwrite: Bool
    private let store: StoreLocation

    init(path: String, of store: StoreLocation, overwrite: Bool) throws {
        self.path = path
        self.store = store
        self.overwrite = overwrite
        try Self.refuse(path, of: store, overwrite: overwrite)
        var template = Array("\(path).partial-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw Self.cannotWrite(path) }
        // Before SQLite opens it: closing a descriptor drops a process' locks on a file.
        close(descriptor)
        temporary = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Waits until the disk has all of it.
    func flush() throws { try Self.flush(temporary, path, O_RDWR) }

    /// Gives the file its name, for good.
    func publish() throws {
        try Self.refuse(path, of: store, overwrite: overwrite)
        if !overwrite, try link() { return try settle() }
        guard rename(temporary, path) == 0 else { throw Self.cannotWrite(path) }
        try settle()
    }

    /// Removes the temporary file and what SQLite may have made beside it.
    func discard() {
        for suffix in ["", "-journal", "-wal", "-shm"] { unlink(temporary + suffix) }
    }

    /// Names the file unless there is one of that name by now, which a rename would replace. False where the file system
    /// has no links.
    private func link() throws -> Bool {
        if linkat(AT_FDCWD, temporary, AT_FDCWD, path, 0) == 0 {
            unlink(temporary)
            return true
        }
        guard errno != EEXIST else { throw Self.exists(path) }
        guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno) else { throw Self.cannotWrite(path) }
        return false
    }

    /// Waits until the disk has the name.
    private func settle() throws {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        try Self.flush(folder, path, O_RDONLY | O_DIRECTORY)
    }

    private static func flush(_ file: String, _ path: String, _ flags: Int32) throws {
        let descriptor = open(file, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw cannotWrite(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw cannotWrite(path) }
    }

    /// Throws for a path at which no backup may be put.
    private static func refuse(_ path: String, of store: StoreLocation, overwrite: Bool) throws {
        guard let present = FileIdentity(path) else { return try refuseCompanions(path) }
        guard !present.isFolder else {
            throw StoreError(
                code: .isDirectory, message: "backup \(path): this is a folder",
                hint: "Name a file in it, such as \(path)/leastwise-backup.db.")
        }
        let own = ["", "-wal", "-shm", "-journal"].compactMap { FileIdentity(store.path + $0) }
        guard !own.contains(present) else {
            throw StoreError(
                code: .fileExists, message: "backup \(path): this is the store itself", hint: "Name another path.")
        }
        guard overwrite, present.isRegular else { throw exists(path) }
        try refuseCompanions(path)
    }

    /// SQLite would replay a log that lies beside the file, whatever database it is of.
    private static func refuseCompanions(_ path: String) throws {
        for companion in [path + "-wal", path + "-journal"] where FileIdentity(companion) != nil {
            throw StoreError(
                code: .fileExists, message: "backup \(path): \(companion) belongs to a database that may be in use",
                hint: "Name another path, or remove that file if its database is gone.")
        }
    }

    private static func exists(_ path: String) -> StoreError {
        StoreError(
            code: .fileExists, message: "backup \(path): there is a file already",
            hint: "Name another path, or say --overwrite.")
    }

    private static func cannotWrite(_ path: String) -> StoreError {
        StoreError(
            code: errno == ENOSPC ? .diskFull : .cannotOpen,
            message: "backup \(path): \(String(cString: strerror(errno)))",
            hint: "Name a path in a folder that exists and that this user may write.")
    }
}

/// What tells one file from another, under whatever names.
private struct FileIdentity: Equatable {
    private let device: dev_t
    private let inode: ino_t
    private let mode: mode_t

    /// Nil if there is no such file. A symbolic link is followed, unless it leads nowhere.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 || lstat(path, &status) == 0 else { return nil }
        device = status.st_dev
        inode = status.st_ino
        mode = status.st_mode
    }

    var isFolder: Bool { mode & S_IFMT == S_IFDIR }
    var isRegular: Bool { mode & S_IFMT == S_IFREG }
}
