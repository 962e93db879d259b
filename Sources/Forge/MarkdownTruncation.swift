/// Cuts a Markdown text to a forge's limit, in UTF-16 units, with a notice at its end.
///
/// What stands at the top stays, so hidden markers belong there. The cut falls between lines and outside HTML comments;
/// a code fence or `<details>` that is open there is closed. Only where no line fits is one cut between characters.
package func truncated(body: String, limit: Int, notice: String) -> String {
    guard body.utf16.count > limit else { return body }
    let ending = "\n\n" + notice
    let room = limit - ending.utf16.count
    guard room > 0 else { return prefix(of: body, length: limit) }
    var structure = MarkdownStructure()
    var length = 0
    var best: (end: String.Index, closing: String)?
    var start = body.startIndex
    while start < body.endIndex, length <= room {
        let end = body.utf8[start...].firstIndex(of: UInt8(ascii: "\n")) ?? body.endIndex
        structure.read(body[start..<end])
        length += body[start..<end].utf16.count
        if structure.mayEnd, length + structure.closing.utf16.count <= room {
            best = (end, structure.closing)
        }
        guard end < body.endIndex else { break }
        length += 1
        start = body.utf8.index(after: end)
    }
    guard let best, best.end > body.startIndex else { return prefix(of: body, length: room) + ending }
    return body[..<best.end] + best.closing + ending
}

/// The longest beginning of whole characters.
private func prefix(of text: String, length: Int) -> String {
    var end = text.startIndex
    var used = 0
    while end < text.endIndex {
        used += text[end].utf16.count
        guard used <= length else { break }
        end = text.index(after: end)
    }
    return String(text[..<end])
}

/// What is open after some lines of Markdown.
private struct MarkdownStructure {
    private var fence: String?
    private var openDetails = 0
    private var isInComment = false

    /// Whether the text may stop here.
    var mayEnd: Bool { !isInComment }

    /// What closes all that is open.
    var closing: String {
        let details = String(repeating: "\n</details>", count: openDetails)
        return (fence.map { "\n" + $0 } ?? "") + (details.isEmpty ? "" : "\n" + details)
    }

    mutating func read(_ line: Substring) {
        let text = line.drop { $0 == " " }
        if let open = fence {
            if text.hasPrefix(open), text.drop(while: { $0 == open.first }).allSatisfy(\.isWhitespace) { fence = nil }
            return
        }
        if !isInComment, let mark = Self.fence(of: text) {
            fence = mark
            return
        }
        readTags(line)
    }

    /// Three or more backticks or tildes (CommonMark 0.31, 4.5); backticks may not come again behind them.
    private static func fence(of text: Substring) -> String? {
        guard let first = text.first, first == "`" || first == "~" else { return nil }
        let mark = text.prefix { $0 == first }
        guard mark.count >= 3, first == "~" || !text.dropFirst(mark.count).contains("`") else { return nil }
        return String(mark)
    }

    private mutating func readTags(_ line: Substring) {
        var rest = line.utf8[...]
        while let first = rest.first {
            if isInComment {
                if rest.starts(with: "-->".utf8) { isInComment = false }
            } else if first == UInt8(ascii: "<") {
                if rest.starts(with: "<!--".utf8) { isInComment = true }
                if rest.starts(with: "<details".utf8) { openDetails += 1 }
                if rest.starts(with: "</details".utf8) { openDetails = max(0, openDetails - 1) }
            }
            rest = rest.dropFirst()
        }
    }
}
