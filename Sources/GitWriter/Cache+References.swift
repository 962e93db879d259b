import CLibgit2

extension Cache {
    /// The names of all references.
    func references() throws(GitError) -> [String] {
        var array = unsafe git_strarray()
        try GitError.check(unsafe git_reference_list(&array, repository.pointer), "list the references")
        defer { unsafe git_strarray_dispose(&array) }
        return unsafe (0..<array.count).compactMap { index in
            unsafe array.strings[index].flatMap { unsafe String(validatingCString: $0) }
        }
    }

    /// Points a reference to a commit; nil removes it, whether or not it is there.
    func setReference(_ name: String, to commit: CommitID?) throws(GitError) {
        guard let commit else {
            let code = unsafe git_reference_remove(repository.pointer, name)
            guard code != GIT_ENOTFOUND.rawValue else { return }
            return try GitError.check(code, "remove \(name)")
        }
        var raw = commit.raw
        _ = try unsafe ReferenceHandle("write \(name)") {
            unsafe git_reference_create(&$0, repository.pointer, name, &raw, 1, nil)
        }
    }
}
