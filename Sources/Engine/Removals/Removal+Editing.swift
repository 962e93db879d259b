import Layout
import RBACLearner

extension Removal {
    /// The file's text without what goes.
    ///
    /// A binding that nobody is left in goes with its document, and where that is all that its file holds, it stays without
    /// subjects, which grants nothing: what lists the file goes on finding it.
    func applied(to text: String) throws(LayoutError) -> String {
        switch edit {
        case .rules(_, let edits):
            return try RBACManifestEdit.edit(text, .rules(edits.map(RBACManifestEdit.RuleChange.init)), at: manifest)
        case .subjects(_, let gone, isWhole: true):
            if let shorter = try? RBACManifestEdit.edit(text, .removeDocument, at: manifest) { return shorter }
            return try RBACManifestEdit.edit(text, .removeSubjects(gone), at: manifest)
        case .subjects(_, let gone, isWhole: false):
            return try RBACManifestEdit.edit(text, .removeSubjects(gone), at: manifest)
        }
    }

    /// The order in which edits of one file are made: those that take out documents last and from its end, since the
    /// places of others count documents.
    static func isEditedBefore(_ left: Removal, _ right: Removal) -> Bool {
        let (first, second) = (left.editOrder, right.editOrder)
        return first == second ? left.title < right.title : first < second
    }

    private var editOrder: (Int, Int) {
        if case .subjects(_, _, isWhole: true) = edit { return (1, -manifest.document) }
        return (0, 0)
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
