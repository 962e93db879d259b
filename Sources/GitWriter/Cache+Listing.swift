import CLibgit2

/// The files found so far and the bounds, because a small hostile repository can name one subtree a billion times.
struct TreeListing {
    static let maxDepth = 100

    let maxEntries: Int
    private(set) var files: [TreeFile] = []
    private var entries = 0

    init(maxEntries: Int) {
        self.maxEntries = maxEntries
    }

    /// Counts a file or folder before it is read.
    mutating func count(depth: Int) throws(GitError) {
        entries += 1
        guard entries <= maxEntries, depth <= Self.maxDepth else {
            throw GitError(
                code: .tooLarge,
                message: "the tree has more than \(maxEntries) files and folders, or is deeper than \(Self.maxDepth)",
                hint: "configure a folder of the repository instead of its root"
            )
        }
    }

    mutating func add(_ file: TreeFile) {
        files.append(file)
    }
}

extension Cache {
    /// All files below a folder in git's order, which is that of the paths' bytes.
    func files(of commit: CommitID, under folder: String, maxEntries: Int) throws(GitError) -> [TreeFile] {
        let database = try unsafe ObjectDatabaseHandle("open the objects") {
            unsafe git_repository_odb(&$0, repository.pointer)
        }
        var listing = TreeListing(maxEntries: maxEntries)
        try withTree(of: commit) { (root) throws(GitError) in
            let path = folder.split(separator: "/").joined(separator: "/")
            guard !path.isEmpty else {
                return try collect(root, prefix: "", depth: 0, database, into: &listing)
            }
            guard let entry = try entry(path, in: root), entry.mode == GIT_FILEMODE_TREE else { return }
            try withTree(TreeID(entry.id)) { (tree) throws(GitError) in
                try collect(tree, prefix: "\(path)/", depth: 0, database, into: &listing)
            }
        }
        return listing.files
    }

    private func collect(
        _ tree: borrowing TreeHandle,
        prefix: String,
        depth: Int,
        _ database: borrowing ObjectDatabaseHandle,
        into listing: inout TreeListing
    ) throws(GitError) {
        for index in 0..<(unsafe git_tree_entrycount(tree.pointer)) {
            try listing.count(depth: depth)
            guard let item = tree.item(at: index) else { continue }
            let path = prefix + item.name
            if item.mode == GIT_FILEMODE_TREE {
                try withTree(TreeID(item.id)) { (child) throws(GitError) in
                    try collect(child, prefix: "\(path)/", depth: depth + 1, database, into: &listing)
                }
            } else if let mode = TreeFile.Mode(item.mode) {
                let size = mode == .submodule ? 0 : try database.size(of: item.id)
                guard let size else { throw Self.missing("file \(path)") }
                listing.add(TreeFile(path: path, mode: mode, blob: BlobID(item.id), size: size))
            }
        }
    }
}

extension Handle where Kind == TreeHandleKind {
    /// An entry by its place; nil for a name that is not UTF-8.
    fileprivate func item(at index: Int) -> (name: String, mode: git_filemode_t, id: git_oid)? {
        guard let entry = unsafe git_tree_entry_byindex(pointer, index),
            let bytes = unsafe git_tree_entry_name(entry), let name = unsafe String(validatingCString: bytes),
            let id = unsafe git_tree_entry_id(entry)
        else { return nil }
        return (name, unsafe git_tree_entry_filemode(entry), unsafe id.pointee)
    }
}
