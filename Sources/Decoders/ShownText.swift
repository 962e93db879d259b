extension String {
    /// Text that a terminal, a log or a page can show: control characters escaped, at most `limit` characters.
    package init(shown text: String, limit: Int) {
        if text.utf8.count <= limit, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) {
            self = text
            return
        }
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            let piece = Self.shown(scalar)
            count += piece.unicodeScalars.count
            guard count <= limit else { break }
            result.unicodeScalars.append(contentsOf: piece.unicodeScalars)
        }
        self = result
    }

    private static func shown(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            return "\\u{\(String(scalar.value, radix: 16))}"
        default:
            return String(scalar)
        }
    }
}
