/// Strings as YAML scalars that every parser reads back as the same string (YAML 1.1 and 1.2).
package enum YAMLString {
    /// The string itself if it is plain-safe, otherwise in double quotes.
    package static func quotedIfNeeded(_ text: String) -> String {
        isPlainSafe(text) ? text : quoted(text)
    }

    /// Words that YAML 1.1 reads as booleans or null.
    private static let reserved: Set<String> = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"]

    /// True for text that starts with a letter, holds only letters, digits and `-_./`, and is no reserved word.
    private static func isPlainSafe(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        guard text.utf8.allSatisfy({ isLetter($0) || (48...57).contains($0) || "-_./".utf8.contains($0) }) else {
            return false
        }
        return !reserved.contains(text.lowercased())
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

    private static func quoted(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "\"") { $0 += escaped($1) } + "\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\t": return "\\t"
        default:
            guard isHidden(scalar) else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            let width = digits.count > 4 ? 8 : 4
            return (width == 4 ? "\\u" : "\\U") + String(repeating: "0", count: width - digits.count) + digits
        }
    }

    /// True for what YAML does not allow as it is (YAML 1.2, 5.1) and for what a reviewer would not see.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: true
        default: false
        }
    }
}
