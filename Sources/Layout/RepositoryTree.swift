/// The text files of a repository at one commit, as the layout sees them.
package struct RepositoryTree: Sendable {
    /// Path (with `/`, without a leading one) to content.
    package let files: [String: [UInt8]]

    package init(files: [String: [UInt8]]) {
        self.files = files
    }

    /// The file's text; nil if there is none or it is not UTF-8.
    package func text(_ path: String) -> String? {
        files[path].flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The tree with files written over it (nil deletes).
    package func applying(_ changes: [FileChange]) -> RepositoryTree {
        var files = files
        for change in changes { files[change.path] = change.contents }
        return RepositoryTree(files: files)
    }
}

/// One file to write or to delete.
package struct FileChange: Hashable, Sendable {
    package let path: String
    /// Nil deletes the file.
    package let contents: [UInt8]?

    package init(path: String, contents: [UInt8]?) {
        self.path = path
        self.contents = contents
    }
}

extension FileChange: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.path < right.path }
}
