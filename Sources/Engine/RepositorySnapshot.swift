import Domain
import GitWriter
import Layout

/// The base branch of the repository, as fetched.
struct RepositorySnapshot {
    let head: CommitID
    let tree: RepositoryTree

    /// Files beyond this size are no manifests that people wrote.
    private static let largestFile = 1 << 20
    private static let endings = [".yaml", ".yml", ".json"]

    /// Fetches the base and the branches of earlier proposals, and reads the files that may matter to the layout.
    static func fetch(_ repository: GitRepository, base: String, branchPrefix: String) throws -> RepositorySnapshot {
        _ = try repository.fetch(branches: [base], prefixes: [branchPrefix])
        guard let head = try repository.head(of: base) else {
            throw EngineError(
                code: .missingSetting, message: "the repository has no branch '\(base)'",
                hint: "set repository.base to the branch that pull requests go to")
        }
        return RepositorySnapshot(head: head, tree: try tree(of: head, in: repository))
    }

    /// The files as they were at an earlier time; the first ones where the history is shorter.
    func earlier(_ time: Timestamp, in repository: GitRepository) throws -> RepositoryTree {
        try Self.tree(of: repository.commit(on: head, at: time.rawValue / 1_000_000_000), in: repository)
    }

    /// The files of a commit that may matter to the layout.
    static func tree(of commit: CommitID, in repository: GitRepository) throws -> RepositoryTree {
        var files: [String: [UInt8]] = [:]
        for file in try repository.files(at: commit) where isOfInterest(file) {
            files[file.path] = try repository.contents(of: file.blob)
        }
        return RepositoryTree(files: files)
    }

    private static func isOfInterest(_ file: TreeFile) -> Bool {
        guard file.mode == .file || file.mode == .executable, file.size <= largestFile else { return false }
        return endings.contains { file.path.hasSuffix($0) } || file.path.hasSuffix("Kustomization")
    }
}
