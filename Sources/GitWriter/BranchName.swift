import CLibgit2

/// A branch's name that git allows.
struct BranchName: Hashable, Sendable {
    static let remotePrefix = "refs/heads/"
    static let trackingPrefix = "refs/remotes/origin/"

    let name: String

    init(_ name: String) throws(GitError) {
        try Library.start()
        var isValid: Int32 = 0
        let hasNull = name.utf8.contains(0)
        let code = unsafe hasNull ? 0 : git_branch_name_is_valid(&isValid, name)
        // Refspecs give a meaning to what stands here besides git's own rules.
        guard code == 0, isValid == 1, !name.contains("*"), !name.hasPrefix("refs/") else {
            throw GitError(
                code: .invalidValue,
                message: "not a branch name: \(name.prefix(200).debugDescription)",
                hint: "choose a name that `git check-ref-format --branch` accepts"
            )
        }
        self.name = name
    }

    /// The reference in the remote repository.
    var reference: String { Self.remotePrefix + name }

    /// The reference in the cache that remembers the remote one.
    var tracking: String { Self.trackingPrefix + name }
}
