import Domain
import Yams

/// A YAML file's lines beside what they say, for edits that leave all other lines as they are.
struct ManifestText {
    let path: String
    /// Without their LF, and with the CR where there is one. The last one is empty where the file ends with a line's end.
    let lines: [String]
    let documents: [Yams.Node]

    private static let byteOrderMark: Unicode.Scalar = "\u{feff}"

    /// Throws if the file is not one that can be edited line by line.
    init(_ text: String, path: String) throws(LayoutError) {
        self.path = path
        // Scalars, since CR and LF together are one `Character`.
        lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        documents = try Self.documents(of: text, path)
        guard GeneratedFile.origin(of: text) == .foreign else {
            throw Self.uneditable(path, "Leastwise wrote it", "what it writes is replaced as a whole")
        }
        guard !text.contains("{{") else {
            throw Self.uneditable(path, "it is a template", "edit the template or its values by hand")
        }
        // Line ends to YAML 1.1, so that its parser and this would count lines apart.
        let breaks: Set<Unicode.Scalar> = ["\u{85}", "\u{2028}", "\u{2029}"]
        let isPlain = lines.allSatisfy { line in
            line.unicodeScalars.dropLast().allSatisfy { $0 != "\r" && !breaks.contains($0) }
                && !(line.unicodeScalars.last.map(breaks.contains) ?? false)
        }
        guard isPlain, lines.last?.unicodeScalars.last != "\r", text.unicodeScalars.first != Self.byteOrderMark else {
            throw Self.uneditable(
                path, "it has a byte order mark, or lines that end otherwise than with LF or CR LF",
                "save it as UTF-8 with one kind of line ends")
        }
    }

    private static func documents(of text: String, _ path: String) throws(LayoutError) -> [Yams.Node] {
        guard !YAMLKeys.areOfAliases(text) else {
            throw uneditable(path, "it has aliases as keys", "write them out")
        }
        do {
            let parser = try Parser(yaml: text)
            var documents: [Yams.Node] = []
            while let node = try parser.nextRoot() { documents.append(node) }
            return documents
        } catch {
            let why: String
            if case .duplicatedKeysInMapping(let keys, _)? = error as? YamlError {
                why = "a key stands twice in one map (\(keys.joined(separator: ", ")))"
            } else {
                why = "it is not YAML"
            }
            throw uneditable(path, why, "mend the file, and look at it with kubectl apply --dry-run=server -f")
        }
    }

    static func uneditable(_ path: String, _ why: String, _ hint: String) -> LayoutError {
        LayoutError(code: .uneditableManifest, message: "\(path) cannot be edited: \(why)", hint: hint)
    }

    func uneditable(_ why: String) -> LayoutError {
        Self.uneditable(path, why, "write that part in block style, one key a line, or edit it by hand")
    }

    /// The number of lines that hold anything: all but an empty last one.
    var contentCount: Int { lines.last == "" ? lines.count - 1 : lines.count }

    /// The range up to its last line that is neither blank nor a comment; its first line is taken to be neither.
    func content(in range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound + 1, lines[end - 1].isBlankLine || lines[end - 1].isCommentLine { end -= 1 }
        return range.lowerBound..<end
    }

    /// True if what stands at the node's mark is none of `[`, `{`, `&`, `*` and `!`. What Yams calls the node's style is not
    /// to be relied on: it is read from the event that ends the collection.
    func isBlock(_ node: Yams.Node) -> Bool {
        guard node.scalar == nil, let start = scalar(at: node) else { return false }
        return !"[{&*!".unicodeScalars.contains(start)
    }

    /// What stands at a node's mark; nil at a line's end.
    func scalar(at node: Yams.Node) -> Unicode.Scalar? {
        guard let place = Place(node), lines.indices.contains(place.line) else { return nil }
        return lines[place.line].unicodeScalars.dropFirst(place.column).first
    }
}

/// A node's line and column from 0; columns count Unicode scalars.
struct Place: Comparable {
    let line: Int
    let column: Int

    init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Nil for a node that no text stands for.
    init?(_ node: Yams.Node) {
        guard let mark = node.mark, mark.line > 0, mark.column > 0 else { return nil }
        line = mark.line - 1
        column = mark.column - 1
    }

    static func < (left: Place, right: Place) -> Bool { (left.line, left.column) < (right.line, right.column) }
}

extension String {
    /// The number of blanks that it begins with.
    var indent: Int { utf8.prefix { $0 == UInt8(ascii: " ") }.count }

    private var afterIndent: Substring.UTF8View { utf8.dropFirst(indent) }

    /// True for a line of blanks.
    var isBlankLine: Bool { utf8.allSatisfy { $0 == UInt8(ascii: " ") || $0 == 13 || $0 == 9 } }

    /// True for a line that holds nothing but a comment.
    var isCommentLine: Bool { afterIndent.first == UInt8(ascii: "#") }

    /// True for `---` and `...`, which end a document wherever they stand at a line's beginning (YAML 1.2, 9.1.2).
    var isDocumentMarker: Bool {
        guard hasPrefix("---") || hasPrefix("...") else { return false }
        return utf8.dropFirst(3).first.map { [32, 9, 13].contains($0) } ?? true
    }

    /// True if a list item's dash stands at the column, after blanks alone.
    func hasDash(at column: Int) -> Bool {
        guard indent == column, afterIndent.first == UInt8(ascii: "-") else { return false }
        return afterIndent.dropFirst().first.map { $0 == 32 || $0 == 13 } ?? true
    }

    /// What stands from a column on, counted in Unicode scalars.
    func from(column: Int) -> String { String(unicodeScalars.dropFirst(column)) }

    func before(column: Int) -> String { String(unicodeScalars.prefix(column)) }
}
