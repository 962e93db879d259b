/// The difference of two texts in the unified format that `diff -u` and `git diff` print.
package enum UnifiedDiff {
    private static let context = 3

    private enum Line {
        case same(Substring)
        case removed(Substring)
        case added(Substring)
    }

    /// The difference, with the path in its header; empty if the texts are equal. A nil text is a file that is not there.
    package static func between(_ old: String?, _ new: String?, path: String) -> String {
        guard old != new else { return "" }
        let lines = script(split(old ?? ""), split(new ?? ""))
        let header = "--- \(old == nil ? "/dev/null" : "a/\(path)")\n+++ \(new == nil ? "/dev/null" : "b/\(path)")\n"
        return header + hunks(lines).map { text(of: $0, in: lines) }.joined()
    }

    private static func split(_ text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func script(_ old: [Substring], _ new: [Substring]) -> [Line] {
        let difference = new.difference(from: old)
        let removed = Set(difference.removals.map(\.position))
        let added = Set(difference.insertions.map(\.position))
        var lines: [Line] = []
        var from = 0
        var to = 0
        while from < old.count || to < new.count {
            if removed.contains(from), from < old.count {
                lines.append(.removed(old[from]))
                from += 1
            } else if added.contains(to), to < new.count {
                lines.append(.added(new[to]))
                to += 1
            } else {
                lines.append(.same(old[from]))
                from += 1
                to += 1
            }
        }
        return lines
    }

    /// Ranges of lines around changes; ranges whose contexts touch are one.
    private static func hunks(_ lines: [Line]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for (number, line) in lines.enumerated() {
            if case .same = line { continue }
            let range = max(0, number - context)..<min(lines.count, number + context + 1)
            if let last = ranges.last, range.lowerBound <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
            } else {
                ranges.append(range)
            }
        }
        return ranges
    }

    private static func text(of range: Range<Int>, in lines: [Line]) -> String {
        let before = counts(lines[..<range.lowerBound])
        let inside = counts(lines[range])
        let body = lines[range].map { line in
            switch line {
            case .same(let text): " \(text)\n"
            case .removed(let text): "-\(text)\n"
            case .added(let text): "+\(text)\n"
            }
        }
        let from = inside.old == 0 ? before.old : before.old + 1
        let to = inside.new == 0 ? before.new : before.new + 1
        return "@@ -\(from),\(inside.old) +\(to),\(inside.new) @@\n" + body.joined()
    }

    private static func counts(_ lines: ArraySlice<Line>) -> (old: Int, new: Int) {
        lines.reduce(into: (0, 0)) { total, line in
            if case .added = line {} else { total.0 += 1 }
            if case .removed = line {} else { total.1 += 1 }
        }
    }
}

extension CollectionDifference.Change {
    fileprivate var position: Int {
        switch self {
        case .insert(let offset, _, _), .remove(let offset, _, _): offset
        }
    }
}
