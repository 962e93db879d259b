import Domain
import Layout
import Proposals

/// Plans what goes from a repository, apart from what is added to it: people merge that at another time.
struct RemovalPlanner {
    let learned: LearnedCluster
    let judge: ClusterJudge
    let base: RepositoryObjects

    /// The removals of each scope, sorted: one for each namespace, and one for what is cluster-wide.
    static func scopes(of removals: [Removal]) -> [(scope: ProposalScope, removals: [Removal])] {
        Dictionary(grouping: removals) { ProposalScope.removals(of: $0.namespace) }
            .sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    /// Without removals there is nothing to change, so that an earlier proposal of the scope is retired.
    func plan(_ scope: ProposalScope, _ removals: [Removal]) -> ScopePlan {
        let edited = edit(removals)
        let changes = edited.files.filter { $0.value != base.tree.text($0.key) }.sorted { $0.key < $1.key }.map {
            FileChange(path: $0.key, contents: Array($0.value.utf8))
        }
        let proposed = base.applying(changes)
        // A scope's objects are of one namespace, or cluster-wide.
        let namespace = removals.first?.namespace ?? .clusterScope
        let before = judge.replay(of: base.grants, in: namespace)
        let after = judge.replay(of: proposed.grants, in: namespace)
        let known = Set(before.denied.map { ExactText($0.what) })
        let fingerprint = ContentFingerprint(of: changes, generated: [])
        let context = RemovalContext(
            scope: scope, cluster: learned.cluster, fingerprint: fingerprint?.rawValue ?? "",
            removals: edited.done.sorted { $0.title < $1.title }, first: learned.first, last: learned.last,
            recordedDays: learned.auditDays.sampledCount(
                DaySet(from: learned.first.day, through: learned.last.day)),
            before: before, after: after, notes: proposed.notes)
        return ScopePlan(
            scope: scope, items: [], changes: changes, refused: edited.refused, before: before, after: after,
            stopping: after.denied.filter { !known.contains(ExactText($0.what)) }, fingerprint: fingerprint,
            context: context)
    }

    private struct Edited {
        /// By path.
        var files: [String: String] = [:]
        var done: [Removal] = []
        /// Why a file was left alone.
        var refused: [String] = []
    }

    /// Edits each file once. Where that fails, the edits of the file are tried one by one, so that one object that cannot be
    /// edited leaves the others theirs.
    private func edit(_ removals: [Removal]) -> Edited {
        var edited = Edited()
        for (path, removals) in Dictionary(grouping: removals, by: \.manifest.path).sorted(by: { $0.key < $1.key }) {
            guard let text = base.tree.text(path) else { continue }
            if let all = try? RBACManifestEdit.edit(text, removals.map { ($0.manifest, $0.changes[0]) }) {
                edited.files[path] = all
                edited.done += removals
            } else {
                editSingly(removals, path, text, &edited)
            }
        }
        return edited
    }

    private func editSingly(_ removals: [Removal], _ path: String, _ text: String, _ edited: inout Edited) {
        var possible: [(place: RBACManifest, change: RBACManifestEdit.Change)] = []
        for removal in removals {
            do {
                let (change, result) = try removal.possibleChange(beside: possible, of: text)
                possible.append((removal.manifest, change))
                edited.files[path] = result
                edited.done.append(removal)
            } catch { edited.refused.append("\(removal.title): \(error)") }
        }
    }
}

extension ProposalScope {
    /// What goes from a namespace, or from the cluster's scope. The point is in no namespace's name (RFC 1123), nor
    /// `removals` in the name of a file of ours.
    static func removals(of namespace: Namespace) -> ProposalScope {
        namespace == .clusterScope
            ? ProposalScope(key: "_cluster.removals", description: "cluster-wide roles and bindings")
            : ProposalScope(
                key: GeneratedName.object("\(namespace).removals"),
                description: "roles and bindings of namespace \(namespace)")
    }
}
