import Layout
import RBACLearner

extension Removal {
    /// What to change of the object, the best way first.
    ///
    /// A binding that nobody is left in goes with its document, and where that is all that is left in its file, it stays
    /// without subjects, which grants nothing: what lists the file goes on finding it.
    var changes: [RBACManifestEdit.Change] {
        switch edit {
        case .rules(_, let edits): [.rules(edits.map(RBACManifestEdit.RuleChange.init))]
        case .subjects(_, let gone, isWhole: true): [.removeDocument, .removeSubjects(gone)]
        case .subjects(_, let gone, isWhole: false): [.removeSubjects(gone)]
        }
    }

    /// The first change that can be made beside others of the same file, with the file's text after all of them.
    func possibleChange(
        beside others: [(place: RBACManifest, change: RBACManifestEdit.Change)], of text: String
    ) throws(LayoutError) -> (change: RBACManifestEdit.Change, text: String) {
        let changes = changes
        for change in changes.dropLast() {
            if let text = try? RBACManifestEdit.edit(text, others + [(manifest, change)]) { return (change, text) }
        }
        let last = changes[changes.count - 1]
        return (last, try RBACManifestEdit.edit(text, others + [(manifest, last)]))
    }
}

extension RBACManifestEdit.RuleChange {
    fileprivate init(_ edit: RuleEdit) {
        switch edit {
        case .keep: self = .keep
        case .remove: self = .remove
        case .replace(let rules): self = .replace(rules)
        }
    }
}
