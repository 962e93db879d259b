import Domain
import FoundationEssentials

/// Labels as one text, the same for equal labels: a JSON object with sorted keys and no spaces.
enum LabelText {
    /// The text of some labels.
    static func encode(_ labels: Labels) -> String {
        guard !labels.isEmpty else { return "{}" }
        let members = labels.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
        return "{\(members.joined(separator: ","))}"
    }

    /// The labels of a text, or nil if it is no object of strings.
    static func decode(_ text: String) -> Labels? {
        // JSONDecoder costs some ten microseconds; nearly no label needs an escape.
        if !text.utf8.contains(UInt8(ascii: "\\")) { return decodePlain(text) }
        return try? JSONDecoder().decode(Labels.self, from: Data(text.utf8))
    }

    /// Reads what `encode` writes where nothing is escaped: every second piece between quotes is a key or a value.
    private static func decodePlain(_ text: String) -> Labels? {
        if text == "{}" { return [:] }
        let pieces = text.utf8.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
        guard pieces.count % 4 == 1, pieces.count > 4, String(pieces[0]) == "{", String(pieces[pieces.count - 1]) == "}"
        else { return nil }
        var labels = Labels(minimumCapacity: pieces.count / 4)
        for index in stride(from: 1, to: pieces.count - 1, by: 4) {
            guard let key = String(pieces[index]), let value = String(pieces[index + 2]) else { return nil }
            labels[key] = value
        }
        return labels
    }

    private static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 32 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            return "\"\(text)\""
        }
        return "\"" + text.unicodeScalars.map(escaped).joined() + "\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"", "\\": return "\\\(scalar)"
        case "\0"..<" ":
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: return String(scalar)
        }
    }
}
