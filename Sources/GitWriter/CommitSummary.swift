/// What a commit says of itself.
package struct CommitSummary: Sendable, Hashable {
    /// The commit.
    package let id: CommitID
    /// Its parents, the first one first.
    package let parents: [CommitID]
    /// Its tree.
    package let tree: TreeID
    /// Who wrote the change.
    package let author: GitIdentity
    /// Who made the commit; another one than the author after a rebase, or when a forge made it.
    package let committer: GitIdentity
    /// When it was made.
    package let time: GitTime
    /// The whole message; bytes that are not UTF-8 are replaced.
    package let message: String
}
