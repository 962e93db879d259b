import CLibgit2

/// Owns a bare repository that mirrors a part of a remote one, and the lock on it.
struct Cache: ~Copyable {
    let folder: CacheFolder
    private let lock: FileLock
    private(set) var repository: RepositoryHandle

    /// Opens the cache, or makes it; one that does not open is replaced.
    init(_ folder: CacheFolder) throws(GitError) {
        try Library.start()
        let lock = try FileLock(path: folder.lockPath)
        let repository = try Self.openOrCreate(folder)
        try folder.clearSpool()
        self.folder = folder
        self.lock = lock
        self.repository = repository
    }

    /// Replaces the cache by an empty one.
    mutating func rebuild() throws(GitError) {
        try folder.remove()
        repository = try Self.create(folder)
        try folder.clearSpool()
    }

    private static func openOrCreate(_ folder: CacheFolder) throws(GitError) -> RepositoryHandle {
        guard !folder.isWorn else {
            try folder.remove()
            return try create(folder)
        }
        do throws(GitError) {
            return try unsafe RepositoryHandle("open the cache") { unsafe git_repository_open_bare(&$0, folder.path) }
        } catch {
            // Nothing there yet, or nothing that libgit2 takes for a repository.
            try folder.remove()
            return try create(folder)
        }
    }

    private static func create(_ folder: CacheFolder) throws(GitError) -> RepositoryHandle {
        try unsafe RepositoryHandle("create the cache") { unsafe git_repository_init(&$0, folder.path, 1) }
    }
}
