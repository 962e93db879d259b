import Rendering
import Yams

/// How strings are quoted in a rule, so that new ones look alike.
struct ScalarStyle {
    private let key: Node.Scalar.Style
    private let value: Node.Scalar.Style

    init(keys: [Node.Scalar], fields: [RuleField]) {
        key = keys.first?.style ?? .plain
        let styles = fields.flatMap(\.scalars).map(\.style)
        // One list may have "" or "*", which need quotes, and the next words that do not.
        value = styles.first { $0 != .plain } ?? .plain
    }

    func key(_ word: String) -> String {
        switch key {
        case .doubleQuoted: "\"\(word)\""
        case .singleQuoted: "'\(word)'"
        default: word
        }
    }

    /// The values between brackets on one line.
    func flow(_ values: [String], of field: RuleField?, isPadded: Bool = false) -> String {
        let text = values.map { self.text($0, of: field) }.joined(separator: ", ")
        return isPadded ? "[ \(text) ]" : "[\(text)]"
    }

    /// A value as it is written in the field, or as others there are.
    func text(_ value: String, of field: RuleField?) -> String {
        if let old = field?.styles[value] { return old == .plain ? value : quoted(value, old) }
        let bare = YAMLString.quotedIfNeeded(value)
        // A list that has bare words gets bare words, where they can be.
        guard bare != value || !(field?.hasPlain ?? false) else { return value }
        let style = field?.quotes ?? self.value
        return style == .plain ? bare : quoted(value, style)
    }

    private func quoted(_ value: String, _ style: Node.Scalar.Style) -> String {
        let isPrintable = value.utf8.allSatisfy { (32...126).contains($0) }
        if isPrintable, style == .singleQuoted { return "'\(value.replacing("'", with: "''"))'" }
        if isPrintable, !value.contains("\""), !value.contains("\\") { return "\"\(value)\"" }
        return YAMLString.quotedIfNeeded(value)
    }
}

/// YAML between brackets.
enum FlowText {
    /// The column after the bracket that closes the one at `start`; nil if it does not close on that line.
    static func end(in line: String, from start: Int) -> Int? {
        var depth = 0
        var quote: Unicode.Scalar?
        var isEscaped = false
        // A quote begins a string only where a value can begin: `it's` has none.
        var canBegin = true
        for (column, scalar) in line.unicodeScalars.enumerated().dropFirst(start) {
            if let open = quote {
                // Two single quotes stand for one, and are read here as the end of a string and the beginning of another.
                if isEscaped {
                    isEscaped = false
                } else if scalar == "\\", open == "\"" {
                    isEscaped = true
                } else if scalar == open {
                    quote = nil
                }
                canBegin = quote == nil && open == "'"
                continue
            }
            switch scalar {
            case "[", "{":
                depth += 1
                canBegin = true
            case "]", "}":
                depth -= 1
                if depth == 0 { return column + 1 }
                canBegin = false
            case ",", ":": canBegin = true
            case "\"", "'":
                if canBegin { quote = scalar }
            case "#": return nil
            case " ": break
            default: canBegin = false
            }
        }
        return nil
    }
}
