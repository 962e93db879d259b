import AppConfiguration
import Domain
import Layout
import RBACLearner

@testable import Engine

/// A repository as removals leave it: people merge one scope's pull request after the other.
struct MergedRemovals {
    let after: RepositoryTree
    /// What the pull requests say, in the order in which they were merged.
    private(set) var report = ""
    /// What would be denied by one of them, and files that could not be edited.
    private(set) var faults: [String] = []

    init(_ before: RepositoryTree, _ observed: ObservedCluster) throws {
        let settings = observed.settings
        var base = RepositoryObjects(before, cluster: settings.cluster)
        let learned = try observed.session.learn(base.declarations)
        let judge = ClusterJudge(learned)
        var isDone = false
        var runs = 0
        while !isDone {
            runs += 1
            guard runs < 20 else { throw NoEnd() }
            let all = try RemovalList(learned, base: base, settings: settings)?.removals() ?? []
            isDone = true
            for (scope, removals) in RemovalPlanner.scopes(of: all) {
                let plan = RemovalPlanner(learned: learned, judge: judge, base: base).plan(scope, removals)
                faults += plan.stopping.map(\.what) + plan.refused
                guard !plan.changes.isEmpty else { continue }
                report += "\(scope.description):\n" + removals.map(\.text).joined()
                base = base.applying(plan.changes)
                // The other scopes' edits are found anew, as the next run does.
                isDone = false
                break
            }
        }
        after = base.tree
    }

    struct NoEnd: Error {}

    /// `removals.txt`, and the repository under `removals/`.
    var tree: [String: String] {
        let files = after.files.keys.compactMap { path in after.text(path).map { ("removals/" + path, $0) } }
        return Dictionary(files) { first, _ in first }.merging(["removals.txt": report]) { first, _ in first }
    }
}

extension Removal {
    fileprivate var text: String {
        let lost = lines.flatMap { line in
            ["  \(line.what)"] + line.left.map { "    left: \($0)" } + ["    because: \(line.evidence)"]
        }
        return (["\(title) in \(manifest.path)"] + lost + warnings.map { "  note: \($0)" }).map { "\($0)\n" }.joined()
    }
}
