import Domain
import Yams

/// One list of a rule, such as its verbs, and its text.
struct RuleField {
    let key: String
    let place: Place
    let node: Yams.Node
    let scalars: [Yams.Node.Scalar]
    /// How each of its values is quoted.
    let styles: [String: Yams.Node.Scalar.Style]
    /// The first kind of quotes in it.
    let quotes: Yams.Node.Scalar.Style?
    let hasPlain: Bool
    /// From the key's line to the next key's, or to the end of the rule's own lines.
    let range: Range<Int>

    /// In the order in which Leastwise writes them where a rule has none yet.
    private static let keys = ["apiGroups", "resources", "resourceNames", "nonResourceURLs", "verbs"]

    /// The fields of a rule, in their order.
    static func fields(
        of mapping: Yams.Node.Mapping, _ item: ManifestList.Item, _ manifest: ManifestText
    ) throws(LayoutError) -> [RuleField] {
        let places = mapping.map { Place($0.key) }
        var fields: [RuleField] = []
        for (index, (key, value)) in mapping.enumerated() {
            guard let word = key.string, keys.contains(word), let place = places[index] else {
                throw manifest.uneditable("a rule has the unknown key '\(key.string ?? "")'")
            }
            let next = index + 1 < places.count ? places[index + 1]?.line ?? item.contentEnd : item.contentEnd
            guard next > place.line || !manifest.isBlock(item.node) else {
                throw manifest.uneditable("two keys of a rule share a line")
            }
            let strings = value.sequence?.compactMap { $0.tag == Tag(.str) ? $0.scalar : nil } ?? []
            guard value.null != nil || strings.count == value.sequence?.count else {
                throw manifest.uneditable("\(word) of a rule is no list of strings")
            }
            fields.append(
                RuleField(
                    key: word, place: place, node: value, scalars: strings,
                    styles: Dictionary(strings.map { ($0.string, $0.style) }) { first, _ in first },
                    quotes: strings.first { $0.style != .plain }?.style,
                    hasPlain: strings.contains { $0.style == .plain },
                    range: place.line..<max(next, place.line)))
        }
        return fields
    }

    /// The lists of the rule that are not empty: first those that it has, in its order of keys and of values, so that as
    /// little as possible changes; neither order means anything.
    static func wanted(_ rule: PolicyRule, like fields: [RuleField]) -> [(key: String, values: [String])] {
        let values: [String: [String]] = [
            "apiGroups": rule.apiGroups, "resources": rule.resources, "resourceNames": rule.resourceNames,
            "nonResourceURLs": rule.nonResourceURLs, "verbs": rule.verbs,
        ]
        let order = fields.map(\.key) + keys.filter { key in !fields.contains { $0.key == key } }
        return order.compactMap { key in
            guard let new = values[key], !new.isEmpty else { return nil }
            let old = fields.first { $0.key == key }?.scalars.map(\.string) ?? []
            let wanted = Set(new)
            var seen: Set<String> = []
            return (key, (old.filter(wanted.contains) + new).filter { seen.insert($0).inserted })
        }
    }

    /// The column of the dashes, or nil if it is no block list.
    func blockIndent(in manifest: ManifestText) -> Int? { manifest.isBlock(node) ? Place(node)?.column : nil }

    /// The lines of the field with these values, which are not empty; the key stands where it does.
    func lines(
        _ values: [String], in manifest: ManifestText, _ style: ScalarStyle, keepingComments: Bool
    ) throws(LayoutError) -> [String] {
        let isSame = values == scalars.map(\.string)
        if keepingComments, isSame { return Array(manifest.lines[range]) }
        if manifest.isBlock(node) { return try blockLines(values, manifest, style, keepingComments) }
        let line = manifest.lines[place.line]
        if let open = Place(node), open.line == place.line, let close = FlowText.end(in: line, from: open.column) {
            let isPadded = line.from(column: open.column + 1).hasPrefix(" ")
            let changed = line.before(column: open.column) + style.flow(values, of: self, isPadded: isPadded)
            guard keepingComments else { return [changed] }
            return [changed + line.from(column: close)] + manifest.lines[range].dropFirst()
        }
        let content = manifest.content(in: range)
        try manifest.checkNoComment(in: content)
        let indent = String(repeating: " ", count: place.column)
        return ["\(indent)\(style.key(key)): \(style.flow(values, of: self))"]
            + (keepingComments ? manifest.lines[content.upperBound..<range.upperBound] : [])
    }

    /// Values that stay keep their lines; new ones follow.
    private func blockLines(
        _ values: [String], _ manifest: ManifestText, _ style: ScalarStyle, _ keepingComments: Bool
    ) throws(LayoutError) -> [String] {
        let indent = Place(node)?.column ?? 0
        let dash = String(repeating: " ", count: indent) + "- "
        guard keepingComments else {
            return ["\(String(repeating: " ", count: place.column))\(style.key(key)):"]
                + values.map { dash + style.text($0, of: self) }
        }
        let list = try ManifestList(
            manifest, key: place.line, colon: 0, column: indent, nodes: Array(node.sequence ?? []),
            end: range.upperBound)
        var lines = [manifest.lines[place.line]]
        var next = place.line + 1
        var left = Set(values)
        for (item, scalar) in zip(list.items, scalars) {
            guard left.remove(scalar.string) == nil else {
                lines += manifest.lines[next..<item.tail]
                next = item.tail
                continue
            }
            lines += manifest.lines[next..<item.lead]
            next = item.tail
        }
        lines += values.filter(left.contains).map { dash + style.text($0, of: self) }
        return lines + manifest.lines[next..<range.upperBound]
    }
}
