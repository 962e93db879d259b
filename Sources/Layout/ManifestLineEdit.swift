import Domain
import Yams

/// Ranges of lines with what stands in their place.
struct ManifestLineEdit {
    private let manifest: ManifestText
    private var replacements: [(lines: Range<Int>, new: [String])] = []
    /// The documents that stay and hold anything.
    private var filled: Set<Int>

    init(_ manifest: ManifestText) {
        self.manifest = manifest
        filled = Set(manifest.documents.indices.filter { manifest.documents[$0].null == nil })
    }

    /// The text with all replacements made.
    var text: String {
        var lines: [String] = []
        var next = 0
        for (range, new) in replacements.sorted(by: { $0.lines.lowerBound < $1.lines.lowerBound }) {
            lines += manifest.lines[next..<range.lowerBound] + new
            next = range.upperBound
        }
        lines += manifest.lines[next...]
        // No line feed follows the last line, so that a carriage return would stand alone.
        if let last = lines.last, last.unicodeScalars.last == "\r" {
            lines[lines.count - 1] = String(String.UnicodeScalarView(last.unicodeScalars.dropLast()))
        }
        return lines.joined(separator: "\n")
    }

    /// Changes the rules of a role; what is wanted is said for the check.
    mutating func change(
        rules changes: [RBACManifestEdit.RuleChange], in list: ManifestList, _ place: RBACManifest
    ) throws(LayoutError) -> ManifestForm.Change {
        guard place.kind.listKey == "rules", changes.count == list.items.count else {
            throw RBACManifestEdit.changed(place, "it has \(list.items.count) rules, not \(changes.count)")
        }
        var wanted: [ManifestForm.Change.Item] = []
        var removed: Set<Int> = []
        for (index, change) in changes.enumerated() {
            switch change {
            case .keep: wanted.append(.kept(index))
            case .remove, .replace([]): removed.insert(index)
            case .replace(let rules):
                let text = try RuleText(manifest, list, list.items[index])
                let new = try text.replaced(by: rules)
                replacements.append((list.items[index].own, new.lines))
                wanted += new.rules.map { .new($0) }
            }
        }
        remove(removed, of: list)
        return .list(wanted)
    }

    /// Removes subjects of a binding, each of which has to be there.
    mutating func remove(
        subjects: [Subject], in list: ManifestList, _ place: RBACManifest
    ) throws(LayoutError) -> ManifestForm.Change {
        guard place.kind.listKey == "subjects" else { throw RBACManifestEdit.changed(place, "it has no subjects") }
        let present = list.items.map { Self.subject($0.node, in: place.namespace) }
        let unwanted = Set(subjects)
        for subject in subjects where !present.contains(subject) {
            throw RBACManifestEdit.changed(place, "\(subject) is none of its subjects")
        }
        let removed = present.indices.filter { present[$0].map(unwanted.contains) ?? false }
        remove(Set(removed), of: list)
        return .list(present.indices.filter { !removed.contains($0) }.map { .kept($0) })
    }

    /// A ServiceAccount without a namespace is one of the binding's (rbac.appliesToUser, as `Inventory` reads it).
    private static func subject(_ node: Yams.Node, in namespace: Namespace) -> Subject? {
        guard let item = node.mapping, let name = item["name"]?.scalar?.string,
            let kind = item["kind"]?.scalar.flatMap({ Subject.Kind(rawValue: $0.string) })
        else { return nil }
        guard kind == .serviceAccount else { return Subject(kind: kind, name: name) }
        let home = item["namespace"]?.scalar.map { Namespace($0.string) } ?? namespace
        return Subject(kind: kind, namespace: home, name: name)
    }
}

extension ManifestLineEdit {
    /// Removes items with the comments that are theirs; an empty list is written out as one.
    private mutating func remove(_ removed: Set<Int>, of list: ManifestList) {
        guard !removed.isEmpty else { return }
        let lines = manifest.lines
        var hasKept = false
        for (index, item) in list.items.enumerated() {
            guard removed.contains(index) else {
                hasKept = true
                continue
            }
            var range = item.lead..<item.tail
            // One of the two runs of blank lines around it goes too, so that they do not add up.
            if hasKept {
                while lines[range.lowerBound - 1].isBlankLine { range = (range.lowerBound - 1)..<range.upperBound }
            } else if index + 1 < list.items.count {
                while range.upperBound < list.items[index + 1].lead, lines[range.upperBound].isBlankLine {
                    range = range.lowerBound..<(range.upperBound + 1)
                }
            }
            replacements.append((range, []))
        }
        guard removed.count == list.items.count else { return }
        let key = lines[list.key]
        replacements.append(
            (list.key..<(list.key + 1), [key.before(column: list.colon) + " []" + key.from(column: list.colon)]))
    }

    /// Removes the lines of a document, from the marker before it to the next one.
    mutating func removeDocument(_ place: RBACManifest) throws(LayoutError) {
        if place.item == nil { filled.remove(place.document) }
        guard place.item == nil, !filled.isEmpty else {
            let why = place.item == nil ? "nothing else is in the file" : "it is an item of a List"
            throw LayoutError(
                code: .onlyDocument,
                message: "\(place.kind.rawValue) \(place.name) cannot be taken out of \(place.path): \(why)",
                hint: "empty its list instead, or delete it by hand with what refers to it")
        }
        let lines = manifest.lines
        guard let root = Place(manifest.documents[place.document])?.line, !lines[root].isDocumentMarker,
            !lines.contains(where: { $0.hasPrefix("%") })
        else { throw manifest.uneditable("the document begins on its marker's line, or the file has directives") }
        var end = lines[root...].firstIndex { $0.isDocumentMarker } ?? manifest.contentCount
        if end < lines.count, lines[end].hasPrefix("...") { end += 1 }
        replacements.append((start(ofDocumentAt: root)..<end, []))
    }

    private func start(ofDocumentAt root: Int) -> Int {
        let lines = manifest.lines
        if let marker = lines[..<root].lastIndex(where: { $0.isDocumentMarker }) {
            return lines[marker].hasPrefix("---") ? marker : marker + 1
        }
        // Comments at the top that a blank line sets apart are the file's.
        return lines[..<root].lastIndex { $0.isBlankLine }.map { $0 + 1 } ?? 0
    }
}
