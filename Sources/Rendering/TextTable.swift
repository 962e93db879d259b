/// A table for a terminal: columns as wide as their widest cell, two spaces between them.
package struct TextTable: Sendable {
    private let header: [String]
    private var rows: [[String]] = []
    private let rightAligned: Set<Int>

    /// A table with those column titles; numbers in the given columns stand flush right.
    package init(_ header: [String], rightAligned: Set<Int> = []) {
        self.header = header
        self.rightAligned = rightAligned
    }

    /// Adds a row of as many cells as there are columns; missing ones are empty.
    package mutating func add(_ cells: [String]) {
        rows.append(header.indices.map { $0 < cells.count ? TerminalText.oneLine(cells[$0]) : "" })
    }

    package var isEmpty: Bool { rows.isEmpty }

    /// The lines, each ended by a line feed, without blanks at their ends.
    package var text: String {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = row.indices.map { pad(row[$0], to: widths[$0], right: rightAligned.contains($0)) }
            return String(cells.joined(separator: "  ").trimmingSpacesAtEnd) + "\n"
        }.joined()
    }

    private func pad(_ text: String, to width: Int, right: Bool) -> String {
        let blanks = String(repeating: " ", count: max(0, width - text.count))
        return right ? blanks + text : text + blanks
    }
}

extension String {
    fileprivate var trimmingSpacesAtEnd: Substring {
        var end = endIndex
        while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
        return self[..<end]
    }
}

/// Text from records, made safe for a terminal.
package enum TerminalText {
    /// The text in one line, with control and direction-changing characters written as `\u{..}`.
    package static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        return text.unicodeScalars.map { isUnsafe($0) ? "\\u{\(String($0.value, radix: 16))}" : String($0) }.joined()
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
        default: false
        }
    }
}
