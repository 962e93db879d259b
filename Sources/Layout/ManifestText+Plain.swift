import Yams

extension ManifestText {
    /// Throws if the list's text is more than maps, lists and strings on lines of their own.
    func checkPlain(_ list: ManifestList) throws(LayoutError) {
        let range = list.key..<(list.items.last?.contentEnd ?? list.key + 1)
        guard !lines[range].contains(where: { $0.utf8.contains(9) }) else {
            throw uneditable("there are tabs in the list")
        }
        var walk = PlainTextWalk(manifest: self, line: list.key)
        for item in list.items { try walk.visit(item.node, within: item.dash..<item.end) }
    }
}

/// Follows a list's nodes through its text, which comes in their order, but for what an alias stands for.
///
/// It stops at the first that is not plain, so that aliases cannot multiply, and reads each line once.
private struct PlainTextWalk {
    let manifest: ManifestText
    private var place: Place
    private var rest: Substring.UnicodeScalarView

    init(manifest: ManifestText, line: Int) {
        self.manifest = manifest
        place = Place(line: line, column: 0)
        rest = manifest.lines[line][...].unicodeScalars
    }

    mutating func visit(_ node: Yams.Node, within lines: Range<Int>) throws(LayoutError) {
        guard let next = Place(node), lines.contains(next.line), next >= place else {
            throw manifest.uneditable("there is an alias in the list")
        }
        if let start = advance(to: next), "&*!".unicodeScalars.contains(start) {
            throw manifest.uneditable("there is an anchor, an alias or a tag in the list")
        }
        switch node {
        case .scalar(let scalar):
            guard scalar.style != .literal, scalar.style != .folded, !scalar.string.utf8.contains(10) else {
                throw manifest.uneditable("there is a string of several lines in the list")
            }
        case .sequence(let sequence):
            for item in sequence { try visit(item, within: lines) }
        case .mapping(let mapping):
            for (key, value) in mapping {
                guard key.scalar?.string != "<<" else { throw manifest.uneditable("there is a merge key in the list") }
                try visit(key, within: lines)
                try visit(value, within: lines)
            }
        case .alias: throw manifest.uneditable("there is an alias in the list")
        }
    }

    /// What stands at a later place; nil at a line's end.
    private mutating func advance(to next: Place) -> Unicode.Scalar? {
        if next.line > place.line { rest = manifest.lines[next.line][...].unicodeScalars }
        rest = rest.dropFirst(next.column - (next.line > place.line ? 0 : place.column))
        place = next
        return rest.first
    }
}
