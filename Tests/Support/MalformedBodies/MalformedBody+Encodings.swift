extension MalformedBody {
    /// Bytes that are no UTF-8 (RFC 3629, 3 and 4), or no text.
    private static let badBytes: [(name: String, bytes: [UInt8])] = [
        ("a lone continuation", [0x80]), ("two continuations", [0xbf, 0xbf]), ("an overlong slash", [0xc0, 0xaf]),
        ("an overlong NUL", [0xc0, 0x80]), ("an overlong pair", [0xc1, 0xbf]),
        ("an overlong triple", [0xe0, 0x80, 0xaf]), ("an overlong quadruple", [0xf0, 0x80, 0x80, 0xaf]),
        ("a high surrogate", [0xed, 0xa0, 0x80]), ("a low surrogate", [0xed, 0xbf, 0xbf]),
        ("CESU-8", [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]), ("beyond U+10FFFF", [0xf4, 0x90, 0x80, 0x80]),
        ("five bytes", [0xf8, 0x88, 0x80, 0x80, 0x80]), ("six bytes", [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80]),
        ("0xFE", [0xfe]), ("0xFF", [0xff]), ("a pair cut", [0xc3]), ("a triple cut", [0xe2, 0x82]),
        ("a quadruple cut", [0xf0, 0x9f, 0x98]), ("Latin-1", [0x63, 0x61, 0x66, 0xe9]), ("NUL", [0]),
        ("0x01", [1]), ("tab", [9]), ("escape", [0x1b]), ("0x1F", [0x1f]), ("DEL", [0x7f]),
        ("U+2028", [0xe2, 0x80, 0xa8]), ("a noncharacter", [0xef, 0xbf, 0xbf]), ("a mark", [0xef, 0xbb, 0xbf]),
        ("carriage return", [13]), ("form feed", [12]),
    ]

    static var encodings: [MalformedBody] {
        Source.allCases.flatMap { source in badBytes.flatMap { bad in places(source, bad) } + wholes(source) }
    }

    private static func places(_ source: Source, _ bad: (name: String, bytes: [UInt8])) -> [MalformedBody] {
        let text = source.victim.text
        let read = source == .hubble ? "web-7d9c-abcde" : "dana"
        let spots: [(String, String)] = [
            ("a field that is read", text.replacing(read, with: "\(read)@", maxReplacements: 1)),
            ("a field that nobody reads", #"{"ignored":"@","# + text.dropFirst()),
            ("a key", text.replacing(#""verdict""#, with: #""ver@dict""#).replacing(#""verb""#, with: #""ve@rb""#)),
            (
                "front of a value",
                text.replacing(#""time":"#, with: #""time":@"#).replacing(#""stage":"#, with: #""stage":@"#)
            ),
            ("front of the record", "@" + text), ("the record's back", text + "@"), ("a line alone", "@"),
        ]
        return spots.flatMap { place, text in
            let bytes = put(bad.bytes, for: "@", in: text)
            let isBlank = bytes.allSatisfy { $0 == 9 || $0 == 13 }
            let body = line("\(bad.name) in \(place)", source, bytes, other: isBlank ? 0 : 1)
            guard place == "a field that is read" || place == "a key" else { return [body] }
            let elements = [source.good(0), "#", source.good(1)]
            let list = put(bytes, for: "#", in: Self.list(elements))
            return [
                body,
                MalformedBody(
                    "\(bad.name) in \(place) of an element", source, list, good: 2, other: 1, type: "application/json"),
            ]
        }
    }

    private static func put(_ bytes: [UInt8], for mark: Character, in text: String) -> [UInt8] {
        text.utf8.flatMap { byte -> [UInt8] in byte == mark.asciiValue ? bytes : [byte] }
    }

    /// Whole bodies in another encoding, and marks and line ends that may stand in a good one.
    private static func wholes(_ source: Source) -> [MalformedBody] {
        let lines = source.good(0..<3)
        let text = lines.joined(separator: "\n")
        let little = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        let wide = text.unicodeScalars.flatMap { scalar -> [UInt8] in [UInt8(scalar.value), 0, 0, 0] }
        let mark = "\u{feff}"
        return [
            MalformedBody("UTF-16, little end first", source, [0xff, 0xfe] + little, good: 0),
            MalformedBody("UTF-16, big end first", source, [0xfe, 0xff] + big, good: 0),
            MalformedBody("UTF-16 without a mark", source, little, good: 0),
            MalformedBody("UTF-32", source, [0xff, 0xfe, 0, 0] + wide, good: 0),
            MalformedBody("a mark in front", source, Array((mark + text).utf8), good: 3, other: 0),
            MalformedBody("two marks in front", source, Array((mark + mark + text).utf8), good: 2, other: 1),
            MalformedBody(
                "a mark in front of each line", source, Array(lines.map { mark + $0 }.joined(separator: "\n").utf8),
                good: 1, other: 2),
            MalformedBody("a mark alone", source, Array(mark.utf8), good: 0, other: 0),
            MalformedBody("half a mark", source, [0xef, 0xbb], good: 0, other: 1),
            MalformedBody("CRLF", source, Array(lines.joined(separator: "\r\n").utf8), good: 3, other: 0),
            MalformedBody("LFCR", source, Array(lines.joined(separator: "\n\r").utf8), good: 3, other: 0),
            MalformedBody("CR alone", source, Array(lines.joined(separator: "\r").utf8), good: 0, other: 1),
            MalformedBody("U+2028 between records", source, Array(lines.joined(separator: "\u{2028}").utf8), good: 0),
            MalformedBody(
                "a NUL behind each line", source, lines.flatMap { Array($0.utf8) + [0, 10] }, good: 0, other: 3),
            MalformedBody("NULs alone", source, [UInt8](repeating: 0, count: 100_000), good: 0, other: 1),
            MalformedBody("0xFF alone", source, [UInt8](repeating: 0xff, count: 100_000), good: 0, other: 1),
        ]
    }

    /// Escapes that are none (RFC 8259, 7), or halves of one.
    static var escapes: [MalformedBody] {
        let all = [
            #"\ud800"#, #"\udc00"#, #"\udc00\ud800"#, #"\ud800\u0041"#, #"\ud800x"#, #"\u12"#, #"\uZZZZ"#, #"\x41"#,
            #"\'"#, #"\0"#, #"\u0000"#, #"\"#, #"\\\"#, #"\u"#, #"\U0041"#, #"\ud83d\ude0"#, #"\/\b\f\n\r\t"#, "\\\t",
        ]
        return Source.allCases.flatMap { source in
            let text = source.victim.text
            return all.flatMap { escape -> [MalformedBody] in
                let read = text.replacing(
                    source == .hubble ? "10.1.0.1" : "/shop/", with: "10.1\(escape)", maxReplacements: 1)
                let stage = text.replacing(#":"dana""#, with: #":"\#(escape)""#).replacing(
                    #":"prod/n1""#, with: #":"\#(escape)""#)
                return [
                    line("\(escape) in a field that is read", source, read),
                    line("\(escape) as a name", source, stage),
                    line("\(escape) in a field that nobody reads", source, #"{"x":"\#(escape)","# + text.dropFirst()),
                ]
            }
        }
    }
}
