/// One branch of the remote repository.
package struct RemoteBranch: Sendable, Hashable {
    /// The name without `refs/heads/`.
    package let name: String
    /// Where it points.
    package let commit: CommitID
}

/// The branches of the remote repository at one moment, whether or not their commits were fetched.
package struct RemoteHeads: Sendable, Hashable {
    /// The branch that `HEAD` stands for; nil where the server does not say.
    package let defaultBranch: String?
    /// All branches, sorted by name.
    package let branches: [RemoteBranch]

    init(defaultBranch: String?, branches: [RemoteBranch]) {
        self.defaultBranch = defaultBranch
        self.branches = branches.sorted { $0.name < $1.name }
    }

    /// A branch's commit; nil where there is no such branch.
    package func commit(of branch: String) -> CommitID? {
        branches.first { $0.name == branch }?.commit
    }

    /// The branch whose name excludes another one: with `x` there can be no `x/y`, nor the other way round.
    package func conflict(with branch: String) -> String? {
        branches.first { $0.name.hasPrefix("\(branch)/") || branch.hasPrefix("\($0.name)/") }?.name
    }
}
