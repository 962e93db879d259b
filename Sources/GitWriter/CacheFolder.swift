import CLibgit2
import FoundationEssentials

/// Where a repository's cache is; one folder for each URL.
struct CacheFolder: Sendable {
    private static let maxPacks = 200

    let path: String
    let lockPath: String

    /// Names the folder after a hash of the URL and makes the folder around it.
    init(for address: RemoteAddress, in directory: String) throws(GitError) {
        let key = try Self.key(of: address.url)
        path = "\(directory)/\(key).git"
        lockPath = "\(directory)/\(key).lock"
        try Self.create(directory)
    }

    /// Where requests and answers wait; emptied by `clearSpool`.
    var spoolPath: String { "\(path)/leastwise-spool" }

    /// Whether the cache was found damaged, or holds so many packs that a fresh one is cheaper.
    var isWorn: Bool {
        FileManager.default.fileExists(atPath: damagePath) || packCount > Self.maxPacks
    }

    private var damagePath: String { "\(path)/leastwise-damaged" }

    private var packCount: Int {
        // No folder, no packs.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/objects/pack")) ?? []
        return names.count { $0.hasSuffix(".pack") }
    }

    /// Remembers beyond this process that the cache has to be rebuilt.
    func markDamaged() {
        _ = FileManager.default.createFile(atPath: damagePath, contents: nil)
    }

    /// Removes the cache.
    func remove() throws(GitError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw Self.failure("remove", path, error)
        }
    }

    /// Makes an empty spool folder; what an earlier process left there goes.
    func clearSpool() throws(GitError) {
        do {
            if FileManager.default.fileExists(atPath: spoolPath) {
                try FileManager.default.removeItem(atPath: spoolPath)
            }
        } catch {
            throw Self.failure("remove", spoolPath, error)
        }
        try Self.create(spoolPath)
    }

    private static func create(_ path: String) throws(GitError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw failure("create", path, error)
        }
    }

    private static func failure(_ verb: String, _ path: String, _ error: any Error) -> GitError {
        GitError(
            code: .file,
            message: "cannot \(verb) \(path)",
            hint: "check the cache folder, its rights and the free space",
            underlying: error
        )
    }

    private static func key(of url: String) throws(GitError) -> String {
        try Library.start()
        var raw = git_oid()
        let code = unsafe git_odb_hash(&raw, url, url.utf8.count, GIT_OBJECT_BLOB)
        try GitError.check(code, "name the cache")
        return BlobID(raw).hex
    }
}
