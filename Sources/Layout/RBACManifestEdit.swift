package import Domain
import Yams

/// Edits of roles and bindings in people's YAML. Every byte that the edit is not about stays: comments, order, quotes,
/// line ends, other documents.
package enum RBACManifestEdit {
    /// What to change of one object.
    package enum Change: Hashable, Sendable {
        /// One entry for each rule of a Role or ClusterRole, in their order. With no rule left, `rules` is `[]`.
        case rules([RuleChange])
        /// Takes these out of a RoleBinding or ClusterRoleBinding. With nobody left, `subjects` is `[]`.
        case removeSubjects([Subject])
        /// Takes out the document, with the `---` before it.
        case removeDocument
    }

    /// What becomes of a rule.
    package enum RuleChange: Hashable, Sendable {
        /// Stays as it is, with its comments.
        case keep
        /// Goes, with the comment right above it.
        case remove
        /// Is narrowed in place. What a list keeps, keeps its text and place; further rules follow in the same style.
        case replace([PolicyRule])
    }

    /// The file's text after the change; see `edit(_:_:)`.
    package static func edit(
        _ text: String, _ change: Change, at place: RBACManifest
    ) throws(LayoutError) -> String {
        try edit(text, [(place, change)])
    }

    /// The file's text after the changes, of which each is about another object of the file. All places are those in the
    /// text as it is, before any change.
    ///
    /// The result is read again, and differs from the text by the changes and nothing else. Throws where an object is not
    /// the one that is named, or where its text cannot be edited that way: JSON and flow style, templates, anchors,
    /// aliases, tags, tabs and multi-line strings in the list, a document that holds the file or a List together.
    package static func edit(
        _ text: String, _ changes: [(place: RBACManifest, change: Change)]
    ) throws(LayoutError) -> String {
        guard let path = changes.first?.place.path else { return text }
        let manifest = try ManifestText(text, path: path)
        var edit = ManifestLineEdit(manifest)
        var wanted: [(RBACManifest, ManifestForm.Change)] = []
        var seen: Set<[Int]> = []
        for (place, change) in changes {
            try check(place, in: manifest)
            guard place.path == path, seen.insert([place.document, place.item ?? -1]).inserted else {
                throw changed(place, "it is in another file, or is changed twice at once")
            }
            switch change {
            case .rules(let changes):
                wanted.append((place, try edit.change(rules: changes, in: list(place, manifest), place)))
            case .removeSubjects(let subjects):
                wanted.append((place, try edit.remove(subjects: subjects, in: list(place, manifest), place)))
            case .removeDocument:
                try edit.removeDocument(place)
                wanted.append((place, .removal))
            }
        }
        let edited = edit.text
        try check(manifest, edited, wanted)
        return edited
    }

    private static func list(_ place: RBACManifest, _ manifest: ManifestText) throws(LayoutError) -> ManifestList {
        var block = try ManifestBlock(document: place.document, of: manifest)
        if let item = place.item { block = try block.item(item, under: "items") }
        let list = try block.list(under: place.kind.listKey)
        try manifest.checkPlain(list)
        return list
    }

    private static func check(_ place: RBACManifest, in manifest: ManifestText) throws(LayoutError) {
        let node = manifest.documents.indices.contains(place.document) ? manifest.documents[place.document] : nil
        var object = node?.mapping
        if let item = place.item {
            let items = object.flatMap { RBACManifest.isList($0) ? $0["items"]?.sequence : nil }
            object = items.flatMap { $0.indices.contains(item) ? $0[item].mapping : nil }
        }
        guard let object, RBACManifest.kind(of: object) == place.kind, RBACManifest.name(of: object) == place.name
        else { throw changed(place, "it is not where it was found") }
    }

    static func changed(_ place: RBACManifest, _ why: String) -> LayoutError {
        LayoutError(
            code: .changedManifest, message: "\(place.kind.rawValue) \(place.name) in \(place.path): \(why)",
            hint: "read the repository again")
    }

    /// Reads the edited text again: it has to differ by what is wanted and by nothing else.
    private static func check(
        _ manifest: ManifestText, _ edited: String, _ wanted: [(RBACManifest, ManifestForm.Change)]
    ) throws(LayoutError) {
        let after = try ManifestText(edited, path: manifest.path)
        var form = ManifestForm()
        let (before, result) = (form.documents(manifest.documents), form.documents(after.documents))
        guard let before, let result, ManifestForm.applying(wanted, to: before) == result else {
            throw manifest.uneditable("the edit did not hold")
        }
    }
}
