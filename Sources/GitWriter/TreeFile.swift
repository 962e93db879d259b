import CLibgit2

/// A file of a commit's tree.
package struct TreeFile: Sendable, Hashable {
    /// What an entry is.
    package enum Mode: Sendable, Hashable {
        /// A plain file.
        case file
        /// A file with the executable bit.
        case executable
        /// A symbolic link; its contents are the target.
        case symbolicLink
        /// A commit of another repository; there are no contents here.
        case submodule

        init?(_ mode: git_filemode_t) {
            switch mode {
            case GIT_FILEMODE_BLOB: self = .file
            case GIT_FILEMODE_BLOB_EXECUTABLE: self = .executable
            case GIT_FILEMODE_LINK: self = .symbolicLink
            case GIT_FILEMODE_COMMIT: self = .submodule
            default: return nil
            }
        }

        var raw: git_filemode_t {
            switch self {
            case .file: GIT_FILEMODE_BLOB
            case .executable: GIT_FILEMODE_BLOB_EXECUTABLE
            case .symbolicLink: GIT_FILEMODE_LINK
            case .submodule: GIT_FILEMODE_COMMIT
            }
        }
    }

    /// The path from the repository's root, with `/` between the parts.
    package let path: String
    /// What it is.
    package let mode: Mode
    /// Its contents.
    package let blob: BlobID
    /// The size in bytes; 0 for a submodule.
    package let size: Int
}
