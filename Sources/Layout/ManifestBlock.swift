import Yams

/// A block mapping and the lines that belong to it.
struct ManifestBlock {
    let manifest: ManifestText
    let mapping: Node.Mapping
    /// Where its lines end, exclusive; comments and blank lines before that may belong to what follows.
    let end: Int

    /// The mapping of a document.
    init(document number: Int, of manifest: ManifestText) throws(LayoutError) {
        let node = manifest.documents[number]
        guard let mapping = node.mapping, let place = Place(node), manifest.isBlock(node),
            !manifest.lines[place.line].isDocumentMarker
        else { throw manifest.uneditable("it is written as JSON or in flow style") }
        self.manifest = manifest
        self.mapping = mapping
        let lines = manifest.lines
        end = lines[place.line...].firstIndex { $0.isDocumentMarker } ?? manifest.contentCount
    }

    private init(_ manifest: ManifestText, _ mapping: Node.Mapping, end: Int) {
        self.manifest = manifest
        self.mapping = mapping
        self.end = end
    }

    /// The item of the list under a key.
    func item(_ number: Int, under key: String) throws(LayoutError) -> ManifestBlock {
        let list = try list(under: key)
        guard list.items.indices.contains(number), let mapping = list.items[number].node.mapping,
            manifest.isBlock(list.items[number].node)
        else { throw manifest.uneditable("an item of its list is written in flow style") }
        return ManifestBlock(manifest, mapping, end: list.items[number].end)
    }

    /// The lines of a key with its value: from the key's line up to that of the next key.
    func lines(of key: String) throws(LayoutError) -> Range<Int> {
        let places = mapping.map { Place($0.key) }
        guard let index = mapping.firstIndex(where: { $0.key.string == key }), let place = places[index] else {
            throw manifest.uneditable("it has no \(key)")
        }
        let next = index + 1 < places.count ? places[index + 1]?.line : end
        guard let next, next > place.line, next <= manifest.lines.count else {
            throw manifest.uneditable("\(key) shares its line with another key, or stands elsewhere")
        }
        return place.line..<next
    }

    /// The block list under a key.
    func list(under key: String) throws(LayoutError) -> ManifestList {
        let range = try lines(of: key)
        guard let entry = mapping.first(where: { $0.key.string == key }), let place = Place(entry.key),
            let colon = keyEnd(of: key, at: place), let sequence = entry.value.sequence,
            manifest.isBlock(entry.value), let first = Place(entry.value), range.contains(first.line),
            first.line > place.line
        else { throw manifest.uneditable("\(key) is no list with its items on lines of their own") }
        return try ManifestList(
            manifest, key: place.line, colon: colon, column: first.column, nodes: Array(sequence), end: range.upperBound
        )
    }

    /// The column after the key's colon, where nothing but a comment follows; nil otherwise.
    private func keyEnd(of key: String, at place: Place) -> Int? {
        let rest = manifest.lines[place.line].from(column: place.column)
        for written in [key, "\"\(key)\"", "'\(key)'"] where rest.hasPrefix(written + ":") {
            let after = rest.dropFirst(written.count + 1)
            let isEmpty = String(after).isBlankLine || after.first == " " && String(after).isCommentLine
            return isEmpty ? place.column + written.count + 1 : nil
        }
        return nil
    }
}
