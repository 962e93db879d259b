import CLibgit2

extension Cache {
    /// What a tree says of one path.
    struct Entry {
        let mode: git_filemode_t
        let id: git_oid
    }

    /// The error for an object that another one names and that is not there.
    static func missing(_ what: String) -> GitError {
        GitError(
            code: .corruptCache,
            message: "the cache lacks \(what)",
            hint: "fetch again: the cache is rebuilt then; check the disk if it happens often"
        )
    }

    func withCommit<Value>(
        _ id: CommitID,
        _ body: (borrowing CommitHandle) throws(GitError) -> Value
    ) throws(GitError) -> Value {
        var raw = id.raw
        let commit = try unsafe CommitHandle("read commit \(id)") {
            unsafe git_commit_lookup(&$0, repository.pointer, &raw)
        }
        return try body(commit)
    }

    func withTree<Value>(
        _ id: TreeID,
        _ body: (borrowing TreeHandle) throws(GitError) -> Value
    ) throws(GitError) -> Value {
        var raw = id.raw
        var code: Int32 = 0
        do throws(GitError) {
            let tree = try unsafe TreeHandle("read tree \(id)") {
                code = unsafe git_tree_lookup(&$0, repository.pointer, &raw)
                return code
            }
            code = 0
            return try body(tree)
        } catch {
            throw code == GIT_ENOTFOUND.rawValue ? Self.missing("tree \(id)") : error
        }
    }

    func withTree<Value>(
        of commit: CommitID,
        _ body: (borrowing TreeHandle) throws(GitError) -> Value
    ) throws(GitError) -> Value {
        let tree = try withCommit(commit) { TreeID($0.treeID) }
        return try withTree(tree, body)
    }

    /// What stands at a path; nil for nothing.
    func entry(_ path: String, in tree: borrowing TreeHandle) throws(GitError) -> Entry? {
        var code: Int32 = 0
        do throws(GitError) {
            let entry = try unsafe TreeEntryHandle("read \(path)") {
                code = unsafe git_tree_entry_bypath(&$0, tree.pointer, path)
                return code
            }
            guard let id = unsafe git_tree_entry_id(entry.pointer) else { return nil }
            return Entry(mode: unsafe git_tree_entry_filemode(entry.pointer), id: unsafe id.pointee)
        } catch {
            if code == GIT_ENOTFOUND.rawValue { return nil }
            throw error
        }
    }

    /// A file's size from its header; nil where it is absent.
    func size(of blob: BlobID) throws(GitError) -> Int? {
        let database = try unsafe ObjectDatabaseHandle("open the objects") {
            unsafe git_repository_odb(&$0, repository.pointer)
        }
        return try database.size(of: blob.raw)
    }

    func contents(of id: BlobID) throws(GitError) -> [UInt8] {
        var raw = id.raw
        let blob = try unsafe BlobHandle("read file \(id)") { unsafe git_blob_lookup(&$0, repository.pointer, &raw) }
        let size = Int(unsafe git_blob_rawsize(blob.pointer))
        guard size > 0, let start = unsafe git_blob_rawcontent(blob.pointer) else { return [] }
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: size))
    }
}

extension Handle where Kind == ObjectDatabaseHandleKind {
    /// An object's size; nil where it is absent.
    func size(of id: git_oid) throws(GitError) -> Int? {
        var id = id
        var size = 0
        var type = GIT_OBJECT_ANY
        let code = unsafe git_odb_read_header(&size, &type, pointer, &id)
        if code == GIT_ENOTFOUND.rawValue { return nil }
        try GitError.check(code, "read the size of \(BlobID(id))")
        return size
    }
}

extension Handle where Kind == CommitHandleKind {
    /// The commit's tree, whether or not it is there.
    var treeID: git_oid {
        // libgit2 answers null for a null commit only.
        unsafe git_commit_tree_id(pointer)?.pointee ?? git_oid()
    }
}
