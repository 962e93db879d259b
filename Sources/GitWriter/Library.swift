import CLibgit2

/// Brings libgit2 up once for the process and never down again.
enum Library {
    private static let cacheBytes = 64 << 20
    private static let result: Int32 = {
        let code = git_libgit2_init()
        guard code >= 0 else { return code }
        // The machine's and the user's git configuration must not change what the program does.
        for level in [
            GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
        ] {
            let code = unsafe git_shim_set_search_path(level.rawValue, "")
            guard code == 0 else { return code }
        }
        // Ownership guards hooks and configured programs; libgit2 runs neither, and volumes often have another owner.
        _ = git_shim_set_owner_validation(0)
        return git_shim_set_cache_max_size(cacheBytes)
    }()

    /// Throws when libgit2 cannot be used.
    static func start() throws(GitError) {
        guard result >= 0 else { throw GitError(libgit2: result, "start libgit2") }
    }
}
