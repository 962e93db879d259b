/// Reads Markdown's tables as GitHub does: rows follow one another, and an unescaped pipe ends a cell.
enum MarkdownTables {
    /// The number of tables.
    static func count(_ text: String) -> Int { tables(text).count }

    /// The rows with another number of cells than their table's head.
    static func brokenRows(_ text: String) -> [Substring] {
        tables(text).flatMap { rows in rows.filter { cells($0) != cells(rows[0]) } }
    }

    private static func tables(_ text: String) -> [[Substring]] {
        var tables: [[Substring]] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let isRow = line.hasPrefix("|")
            if isRow, isInside { tables[tables.count - 1].append(line) } else if isRow { tables.append([line]) }
            isInside = isRow
        }
        return tables
    }

    private static func cells(_ row: Substring) -> Int {
        var previous: Character = " "
        var pipes = 0
        for character in row {
            if character == "|" && previous != "\\" { pipes += 1 }
            previous = character
        }
        return pipes
    }
}
