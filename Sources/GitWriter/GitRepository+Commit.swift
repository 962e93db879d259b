import CLibgit2

extension GitRepository {
    /// Makes a commit of some changes on a parent, in the cache only; no branch moves until `push`.
    ///
    /// The same changes, parent, author, message and time make the same commit, on any machine. No commit is made where
    /// the tree stays the parent's. A parent folder that is a file or a link is refused, as are links and submodules.
    package func commit(
        _ changes: [FileChange],
        on parent: CommitID,
        message: String,
        author: GitIdentity,
        time: GitTime
    ) throws(GitError) -> CommitResult {
        try ChangeRules.check(changes)
        let text = try Self.cleaned(message)
        return try withCache { (cache) throws(GitError) in
            let signature = try SignatureHandle(author, time)
            return try cache.withTree(of: parent) { (tree) throws(GitError) in
                let updated = try cache.tree(tree, with: changes)
                let before = try cache.withCommit(parent) { TreeID($0.treeID) }
                guard updated != before else {
                    return CommitResult(commit: parent, tree: before, isUnchanged: true)
                }
                let commit = try cache.writeCommit(of: updated, on: parent, text, signature)
                return CommitResult(commit: commit, tree: updated, isUnchanged: false)
            }
        }
    }

    /// A message that git tools show well: no null, one line end at the end.
    private static func cleaned(_ message: String) throws(GitError) -> String {
        guard !message.utf8.contains(0), message.contains(where: { !$0.isWhitespace }) else {
            throw GitError(
                code: .invalidValue,
                message: "the commit's message is empty or holds a null character",
                hint: "correct the template of the message"
            )
        }
        return String(message.reversed().drop { $0.isNewline }.reversed()) + "\n"
    }
}

/// What changes may be made together; pure.
enum ChangeRules {
    /// Throws for a path that must not be written and for changes that contradict each other.
    static func check(_ changes: [FileChange]) throws(GitError) {
        for change in changes {
            try RepositoryPath.check(change.path)
        }
        // Byte order with `/` lowest, so that what lies below a path follows it at once.
        let paths = changes.map { $0.path.split(separator: "/") }.sorted { $0.lexicographicallyPrecedes($1) }
        for (one, next) in zip(paths, paths.dropFirst()) {
            if one == next { throw conflict("\(next.joined(separator: "/")) is changed twice") }
            if next.starts(with: one) {
                let (file, inside) = (one.joined(separator: "/"), next.joined(separator: "/"))
                throw conflict("\(inside) lies below \(file), which is a file")
            }
        }
    }

    static func conflict(_ message: String) -> GitError {
        GitError(
            code: .conflictingChanges,
            message: "the changes contradict each other or the repository: \(message)",
            hint: "choose another path in the layout, or move what is there out of the way"
        )
    }
}
