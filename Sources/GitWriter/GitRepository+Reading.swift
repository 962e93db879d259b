import CLibgit2

extension GitRepository {
    /// A remote branch's commit as of the last fetch or push; nil where that branch was not there or not asked for.
    package func head(of branch: String) throws(GitError) -> CommitID? {
        let name = try BranchName(branch)
        return try withCache { (cache) throws(GitError) in
            var raw = git_oid()
            let code = unsafe git_reference_name_to_id(&raw, cache.repository.pointer, name.tracking)
            if code == GIT_ENOTFOUND.rawValue { return nil }
            try GitError.check(code, "read branch \(branch)")
            return CommitID(raw)
        }
    }

    /// A commit's tree.
    package func treeID(of commit: CommitID) throws(GitError) -> TreeID {
        try withCache { (cache) throws(GitError) in
            try cache.withCommit(commit) { TreeID($0.treeID) }
        }
    }

    /// All files below a folder, sorted by path; the empty path is the root, an absent folder has no files.
    ///
    /// Names that are not UTF-8 are left out. Throws `tooLarge` beyond `maxFiles` files or folders.
    package func files(
        at commit: CommitID,
        under folder: String = "",
        maxFiles: Int = 200_000
    ) throws(GitError) -> [TreeFile] {
        try withCache { (cache) throws(GitError) in
            try cache.files(of: commit, under: folder, maxEntries: maxFiles)
        }
    }

    /// A file's bytes; throws `tooLarge` beyond `maxBytes`.
    package func contents(of blob: BlobID, maxBytes: Int = 16 << 20) throws(GitError) -> [UInt8] {
        try withCache { (cache) throws(GitError) in
            guard let size = try cache.size(of: blob) else { throw Cache.missing("file \(blob)") }
            guard size <= maxBytes else {
                throw GitError(
                    code: .tooLarge,
                    message: "file \(blob) has \(size) bytes, more than \(maxBytes)",
                    hint: "leave the file out of the configured folders"
                )
            }
            return try cache.contents(of: blob)
        }
    }

    /// A file's entry; nil where there is none at that path.
    package func file(at commit: CommitID, path: String) throws(GitError) -> TreeFile? {
        try withCache { (cache) throws(GitError) in
            try cache.withTree(of: commit) { (tree) throws(GitError) in
                guard let entry = try cache.entry(path, in: tree), let mode = TreeFile.Mode(entry.mode) else {
                    return nil
                }
                let blob = BlobID(entry.id)
                let size = mode == .submodule ? 0 : try cache.size(of: blob) ?? 0
                return TreeFile(path: path, mode: mode, blob: blob, size: size)
            }
        }
    }
}
