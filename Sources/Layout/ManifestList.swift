import Yams

/// A block list's lines: its key's, and those of each item.
struct ManifestList {
    /// The line of the key that the list stands under, and the column after the colon there.
    let key: Int
    let colon: Int
    /// The column of the dashes.
    let column: Int
    let items: [Item]

    struct Item {
        let node: Node
        /// Where the comment begins that stands right above the dash and in line with it; else the dash's line.
        let lead: Int
        let dash: Int
        /// After the last line that is neither blank nor a comment.
        let contentEnd: Int
        /// After comments that follow, further in than the dash.
        let tail: Int
        /// Where the next item's dash is, or the list's end.
        let end: Int

        var own: Range<Int> { dash..<contentEnd }
    }

    /// Throws where the items' lines cannot be told.
    init(
        _ manifest: ManifestText, key: Int, colon: Int, column: Int, nodes: [Node], end: Int
    ) throws(LayoutError) {
        self.key = key
        self.colon = colon
        self.column = column
        var dashes: [Int] = []
        for node in nodes {
            // Between a dash and what follows it stand blank lines and comments alone.
            var line = Place(node)?.line ?? -1
            let previous = dashes.last ?? key
            guard line < end else { throw manifest.uneditable("an item stands outside of its list (an alias?)") }
            while line > previous, !manifest.lines[line].hasDash(at: column) { line -= 1 }
            guard line > previous else { throw manifest.uneditable("an item is not on lines of its own (an alias?)") }
            dashes.append(line)
        }
        var items: [Item] = []
        for (index, node) in nodes.enumerated() {
            let next = index + 1 < dashes.count ? dashes[index + 1] : end
            items.append(
                Self.item(node, manifest, column, dashes[index], next, after: items.last?.tail ?? key + 1))
        }
        self.items = items
    }

    private static func item(
        _ node: Node, _ manifest: ManifestText, _ column: Int, _ dash: Int, _ end: Int, after previous: Int
    ) -> Item {
        let lines = manifest.lines
        var lead = dash
        while lead > previous, lines[lead - 1].isCommentLine, lines[lead - 1].indent == column { lead -= 1 }
        let contentEnd = manifest.content(in: dash..<end).upperBound
        var tail = contentEnd
        while tail < end, lines[tail].isCommentLine, lines[tail].indent > column { tail += 1 }
        return Item(node: node, lead: lead, dash: dash, contentEnd: contentEnd, tail: tail, end: end)
    }
}
