import Domain
import GitWriter
import Layout

/// A removal that people have changed on its branch, or that a later run would not propose: Leastwise leaves the branch
/// alone, and says what merging it would deny by now.
struct EditedRemoval {
    let judge: ClusterJudge
    let base: RepositoryObjects
    let snapshot: RepositorySnapshot
    let repository: GitRepository

    /// At most so many requests are named.
    private static let shown = 20

    /// What the branch would deny, each in words; empty where it denies nothing, or is not there.
    func warnings(_ branch: String) throws -> [String] {
        guard let head = try repository.head(of: branch),
            let common = try repository.mergeBase(snapshot.head, head)
        else { return [] }
        let (old, new) = (
            try RepositorySnapshot.tree(of: common, in: repository),
            try RepositorySnapshot.tree(of: head, in: repository)
        )
        let changes = Set(old.files.keys).union(new.files.keys).sorted()
            .filter { old.files[$0] != new.files[$0] }
            .map { FileChange(path: $0, contents: new.files[$0]) }
        let known = Set(judge.replay(of: base.grants, in: .clusterScope).denied.map { ExactText($0.what) })
        let denied = judge.replay(of: base.applying(changes).grants, in: .clusterScope).denied.map(\.what)
            .filter { !known.contains(ExactText($0)) }
        let more = denied.count > Self.shown ? ["and \(denied.count - Self.shown) more"] : []
        return denied.isEmpty
            ? [] : ["do not merge \(branch): it would deny what is used by now"] + denied.prefix(Self.shown) + more
    }
}
