import Yams

extension ManifestText {
    /// Throws if the list's text is more than maps, lists and strings on lines of their own.
    func checkPlain(_ list: ManifestList) throws(LayoutError) {
        let range = list.key..<(list.items.last?.contentEnd ?? list.key + 1)
        guard !lines[range].contains(where: { $0.utf8.contains(9) }) else {
            throw uneditable("there are tabs in the list")
        }
        var last = Place(line: list.key, column: list.colon)
        for item in list.items { try checkPlain(item.node, within: item.dash..<item.end, after: &last) }
    }

    /// Text comes in the order of its nodes, but for what an alias stands for. Stops at the first that is not plain, so
    /// that aliases cannot multiply.
    private func checkPlain(_ node: Node, within lines: Range<Int>, after last: inout Place) throws(LayoutError) {
        guard let place = Place(node), lines.contains(place.line), place >= last else {
            throw uneditable("there is an alias in the list")
        }
        last = place
        if let start = scalar(at: node), "&*!".unicodeScalars.contains(start) {
            throw uneditable("there is an anchor, an alias or a tag in the list")
        }
        switch node {
        case .scalar(let scalar):
            guard scalar.style != .literal, scalar.style != .folded, !scalar.string.utf8.contains(10) else {
                throw uneditable("there is a string of several lines in the list")
            }
        case .sequence(let sequence):
            for item in sequence { try checkPlain(item, within: lines, after: &last) }
        case .mapping(let mapping):
            for (key, value) in mapping {
                guard key.scalar?.string != "<<" else { throw uneditable("there is a merge key in the list") }
                try checkPlain(key, within: lines, after: &last)
                try checkPlain(value, within: lines, after: &last)
            }
        case .alias: throw uneditable("there is an alias in the list")
        }
    }
}
