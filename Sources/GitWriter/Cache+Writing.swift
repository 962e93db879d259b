import CLibgit2

extension Cache {
    /// Writes the tree that results from some changes; the changes obey `ChangeRules`.
    func tree(_ base: borrowing TreeHandle, with changes: [FileChange]) throws(GitError) -> TreeID {
        var updates: [(path: String, action: git_tree_update_t, mode: git_filemode_t, id: git_oid)] = []
        for change in changes {
            switch change {
            case .write(let path, let contents):
                let mode = try mode(toWrite: path, in: base)
                updates.append((path, GIT_TREE_UPDATE_UPSERT, mode, try writeBlob(contents)))
            case .delete(let path):
                updates.append((path, GIT_TREE_UPDATE_REMOVE, try mode(toDelete: path, in: base), git_oid()))
            }
        }
        let paths = CStrings(updates.map(\.path))
        let raw = unsafe zip(updates, paths.pointers).map { update, path in
            unsafe git_tree_update(action: update.action, id: update.id, filemode: update.mode, path: path)
        }
        var result = git_oid()
        let code = unsafe git_tree_create_updated(&result, repository.pointer, base.pointer, raw.count, raw)
        try GitError.check(code, "write the tree")
        return withExtendedLifetime(paths) { TreeID(result) }
    }

    func writeCommit(
        of tree: TreeID,
        on parent: CommitID,
        _ message: String,
        _ signature: borrowing SignatureHandle
    ) throws(GitError) -> CommitID {
        var result = git_oid()
        try withTree(tree) { (tree) throws(GitError) in
            try withCommit(parent) { (parent) throws(GitError) in
                var parents: [OpaquePointer?] = unsafe [parent.pointer]
                let code = unsafe git_commit_create(
                    &result, repository.pointer, nil, signature.pointer, signature.pointer, "UTF-8", message,
                    tree.pointer, parents.count, &parents
                )
                try GitError.check(code, "write the commit")
            }
        }
        return CommitID(result)
    }

    private func writeBlob(_ contents: [UInt8]) throws(GitError) -> git_oid {
        var id = git_oid()
        let code = unsafe git_blob_create_from_buffer(&id, repository.pointer, contents, contents.count)
        try GitError.check(code, "write a file's contents")
        return id
    }

    /// The mode that a written file gets; throws where something else than a file stands in the way.
    private func mode(toWrite path: String, in tree: borrowing TreeHandle) throws(GitError) -> git_filemode_t {
        try checkParents(of: path, in: tree)
        guard let entry = try entry(path, in: tree) else { return GIT_FILEMODE_BLOB }
        switch entry.mode {
        case GIT_FILEMODE_BLOB, GIT_FILEMODE_BLOB_EXECUTABLE: return entry.mode
        case GIT_FILEMODE_TREE: throw ChangeRules.conflict("\(path) is a folder")
        case GIT_FILEMODE_LINK: throw ChangeRules.conflict("\(path) is a symbolic link")
        default: throw ChangeRules.conflict("\(path) is a submodule")
        }
    }

    private func mode(toDelete path: String, in tree: borrowing TreeHandle) throws(GitError) -> git_filemode_t {
        guard let entry = try entry(path, in: tree) else {
            throw GitError(
                code: .notFound,
                message: "cannot delete \(path): it is not there",
                hint: "list the files at the same commit first"
            )
        }
        guard TreeFile.Mode(entry.mode) != nil else { throw ChangeRules.conflict("\(path) is a folder") }
        return entry.mode
    }

    private func checkParents(of path: String, in tree: borrowing TreeHandle) throws(GitError) {
        let components = path.split(separator: "/")
        for count in 1..<max(1, components.count) {
            let parent = components.prefix(count).joined(separator: "/")
            guard let entry = try entry(parent, in: tree) else { return }
            guard entry.mode == GIT_FILEMODE_TREE else {
                throw ChangeRules.conflict("\(parent), above \(path), is no folder")
            }
        }
    }
}
