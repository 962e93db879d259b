extension MalformedBody {
    /// Lines that are no record, whole bodies that hold none, and records that run into each other.
    static var structures: [MalformedBody] {
        Source.allCases.flatMap { source in junkLines(source) + junkBodies(source) + together(source) }
    }

    private static func junkLines(_ source: Source) -> [MalformedBody] {
        let text = source.victim.text
        let lines = [
            "{", "}", "[", "]", "{}", "[]", "[{]", "[}", "{]", ",", ":", "\"", "\"a", "{\"", "{\"a", "{\"a\"",
            "{\"a\":", "{,",
            "{{", "{[", "[[", "[[]]", "[[[[", "]]]]", "}}}}", "{\"a\":1,}", "{\"a\":1,,\"b\":2}", "{a:1}", "{'a':1}",
            "{\"a\" 1}", "{\"a\":}", "{:1}", "{\"a\":1 \"b\":2}", "{1:2}", "{null:1}", "[1,2", "[1 2]", "[,]", "[1,]",
            "null",
            "true", "false", "0", "-", "1e400", "-0", "00", ".5", "\"text\"", "// comment", "/* comment */",
            "# comment",
            "---", "...", "<html><body>502 Bad Gateway</body></html>", "a,b,c", "key: value", "kind: Event",
            "--boundary",
            "{\"flow\":{}}", "{\"flow\":[]}", "{\"flow\":null}", "{\"items\":[}", "{\"items\":", "{\"items\":[",
            "{\"items\":[{", "{\"kind\":\"EventList\",\"items\":{}}", "{\"kind\":\"EventList\",\"items\":null}",
            "{\"kind\":\"EventList\"}", "{\"kind\":\"EventList\",\"items\":7}", "data: \(text)", "\(text),", "\(text);",
            "\(text)}", "\(text)]", "}\(text)", ",\(text)", "\(text) x", "(\(text))", "\(text)\(text)",
            "\(text) \(text)",
            "\(text),\(text)", "[\(text)", "\(text.dropLast())", "\(text.dropFirst())", "{\(text)}", "\"\(text)\"",
        ]
        let keeps = ["{}", "[]"]
        return lines.enumerated().map { number, junk in
            // Which of these open something that the next lines could belong to is not for this table to say.
            let opens = junk.hasPrefix("[") || junk.hasPrefix("{\"items\":") || junk.hasSuffix(",")
            let body = line("the line \(junk.prefix(40)), \(number)", source, junk)
            guard opens || keeps.contains(junk) else { return body }
            return MalformedBody(body.name, source, body.bytes, good: 4)
        }
    }

    private static func junkBodies(_ source: Source) -> [MalformedBody] {
        let empty = ["", "\n", "\r\n\r\n", " \t ", "[]", "[ ]", "\n\n[\n]\n", #"{"kind":"EventList","items":[]}"#]
        var random = SeededNumbers(seed: 3)
        let noise = (0..<20).map { number in
            let bytes = (0..<(200 << (number / 2))).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            return MalformedBody("noise \(number)", source, bytes, good: 0, type: "application/octet-stream")
        }
        let other = [
            "<?xml version=\"1.0\"?><a/>", "apiVersion: v1\nkind: List\nitems: []\n", "a=1&b=2",
            "GET / HTTP/1.1\r\n\r\n",
            "\u{7f}ELF", "%PDF-1.7", "PK\u{3}\u{4}", "\u{89}PNG\r\n\u{1a}\n", "SQLite format 3\0", "k8s\0\n\u{a}\u{b}",
        ]
        return empty.map { MalformedBody("an empty body \($0)", source, Array($0.utf8), good: 0, other: 0) }
            + other.map { MalformedBody("another format \($0.prefix(12))", source, Array($0.utf8), good: 0) } + noise
            + damagedAtRandom(source)
    }

    /// Good lines in which a few bytes were changed: what is hit is not foreseen, but nothing may be invented.
    private static func damagedAtRandom(_ source: Source) -> [MalformedBody] {
        var random = SeededNumbers(seed: source == .hubble ? 5 : 6)
        return (0..<60).map { number in
            var bytes = Array(
                ((0..<6).map { _ in source.victim.text } + [list(Array(repeating: source.victim.text, count: 3))])
                    .joined(separator: "\n").utf8)
            for _ in 0..<Int(1 + random.next() % 12) {
                let at = Int(random.next() % UInt64(bytes.count))
                let characters = Array(#"{}[]",:\ x"#.utf8) + [10, 0, 255]
                bytes[at] = characters[Int(random.next() % UInt64(characters.count))]
            }
            let damaged = bytes
            return MalformedBody("bytes changed at random, \(number)", source, damaged, good: 0)
        }
    }

    /// Records with nothing or the wrong thing between them.
    private static func together(_ source: Source) -> [MalformedBody] {
        let records = source.good(0..<3)
        let tail = "\n" + source.good(3)
        let pretty = source.good(0).replacing(",\"", with: ",\n \"").replacing("{\"", with: "{\n \"")
        let cut = String(pretty.dropLast(pretty.count / 2))
        let json = "application/json"
        return [
            MalformedBody(
                "objects without a line end", source, Array((records.joined() + tail).utf8), good: 1, other: 1),
            MalformedBody(
                "an array in an array", source, Array(("[[" + records.joined(separator: ",") + "]]" + tail).utf8),
                good: 1, type: json),
            MalformedBody(
                "an array that lacks commas", source, Array(("[" + records.joined(separator: " ") + "]" + tail).utf8),
                good: 4, other: 0, type: json),
            MalformedBody(
                "an array with commas twice", source, Array(("[" + records.joined(separator: ",,") + ",]" + tail).utf8),
                good: 4, other: 0, type: json),
            MalformedBody(
                "an array that is never closed", source, Array(("[" + records.joined(separator: ",") + tail).utf8),
                good: 4, type: json),
            MalformedBody(
                "an array closed twice", source, Array(("[" + records.joined(separator: ",") + "]]" + tail).utf8),
                good: 4, other: 1, type: json),
            MalformedBody(
                "an array closed by a brace", source, Array(("[" + records.joined(separator: ",") + "}" + tail).utf8),
                good: 4, type: json),
            MalformedBody(
                "an array with scalars between", source,
                Array(("[" + records.joined(separator: ",7,\"x\",null,") + "]" + tail).utf8), good: 4, other: 6,
                type: json),
            MalformedBody(
                "an array by lines with junk between", source,
                Array(("[\n" + records.joined(separator: ",\njunk,\n") + "\n]" + tail).utf8), good: 4, type: json),
            MalformedBody(
                "an array by lines with a text that does not end", source,
                Array(("[\n" + records.joined(separator: ",\n{\"a\":\"x},\n") + "\n]" + tail).utf8), good: 4, other: 2,
                type: json),
            MalformedBody(
                "an array by lines with an object that does not end", source,
                Array(("[\n" + records.joined(separator: ",\n{\"a\":{\"b\":1},\n") + "\n]" + tail).utf8), good: 4,
                type: json),
            MalformedBody(
                "documents over several lines, the first cut", source, Array((cut + "\n" + pretty + tail).utf8),
                good: nil),
            MalformedBody(
                "a document over several lines without its end", source, Array((pretty.dropLast(2) + tail).utf8),
                good: 1),
            MalformedBody(
                "lines of a document in between", source,
                Array((records[0] + "\n" + pretty + "\n" + records[1] + tail).utf8), good: 4, other: 0),
            MalformedBody(
                "lines and an array in turns", source,
                Array((records[0] + "\n[" + records[1] + "\n" + records[2] + tail).utf8), good: 4),
        ]
    }
}

/// Numbers that look random and are the same in each run (SplitMix64).
struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
