/// One file to write or to delete.
package enum FileChange: Sendable, Hashable {
    /// Writes a file; one that is there keeps its executable bit.
    case write(path: String, contents: [UInt8])
    /// Deletes a file that is there.
    case delete(path: String)

    /// The file's path.
    package var path: String {
        switch self {
        case .write(let path, _), .delete(let path): path
        }
    }
}

/// What a commit came to.
package struct CommitResult: Sendable, Hashable {
    /// The new commit, or the parent where nothing changed.
    package let commit: CommitID
    /// The commit's tree.
    package let tree: TreeID
    /// Whether the tree equals the parent's, so that no commit was made.
    package let isUnchanged: Bool
}
