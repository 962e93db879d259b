extension MalformedBody {
    /// Bodies that would cost far more than their size where anything is looked at twice.
    static var costly: [MalformedBody] {
        Source.allCases.flatMap { source in openings(source) + longFields(source) } + uris
    }

    /// Twice as much takes twice as long, or four times: at this size the difference is one of seconds.
    private static let size = 64 << 10

    private static func openings(_ source: Source) -> [MalformedBody] {
        let good = "\n" + source.good(0) + "\n"
        let pieces: [(String, String)] = [
            ("{", "{\n"), ("[", "[\n"), ("{,", "{,\n"), ("{[", "{[\n"), ("{ and a control character", "{ \"\u{1}{\n"),
            ("an open text", "{ \"a\": [\n"), ("list heads", "{\"items\":[\n"),
            ("list heads without an end", "{\"items\":["),
            ("closers", "]}\n"), ("braces in an array", "}"), ("empty objects", "{}\n"), ("empty arrays", "[]\n"),
            ("line ends", "\n"), ("commas", ",\n"), ("blanks", "    "), ("quotes", "\"\n"),
            ("nested keys", "{\"items\":{\n"),
            ("documents not closed, and empty objects", "{\n{}\n"), ("elements not closed", "{\"a\":{\n"),
        ]
        return pieces.flatMap { name, piece in
            let bytes = Array(String(repeating: piece, count: size / piece.utf8.count).utf8)
            let inArray = [UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ",")] + bytes
            return [
                MalformedBody("much of \(name)", source, bytes, good: 0),
                MalformedBody("a good line behind much of \(name)", source, bytes + Array(good.utf8), good: nil),
                MalformedBody("much of \(name) in an array", source, inArray, good: 0),
            ]
        }
    }

    private static func longFields(_ source: Source) -> [MalformedBody] {
        let victim = source.victim
        let long = "\"" + String(repeating: "x", count: 70_000) + "\""
        let fields = victim.paths.map { path in
            line(
                "\(victim.name(of: path[...])) has 70,000 characters", source,
                victim.replacing(path[...]) { _ in .raw(long) }.text)
        }
        let keys = (0..<60_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        let spaced = victim.text.replacing(":", with: ": " + String(repeating: " ", count: 2000))
        return fields + [
            line("sixty thousand members", source, "{\(keys)," + victim.text.dropFirst()),
            line(
                "a key of a megabyte", source,
                "{\"\(String(repeating: "k", count: 1 << 20))\":1," + victim.text.dropFirst()),
            line("a megabyte of blanks", source, spaced + String(repeating: " ", count: 1 << 20)),
        ]
    }

    /// What is looked for in a request's path and query.
    private static var uris: [MalformedBody] {
        let queries = [
            ("encoded commas", "fieldSelector=" + String(repeating: "%2c", count: 400_000)),
            ("commas", "fieldSelector=" + String(repeating: ",", count: 1 << 20)),
            ("escapes", "fieldSelector=" + String(repeating: "%20", count: 400_000)),
            ("equals", "fieldSelector=metadata.name" + String(repeating: "=", count: 1 << 20)),
            ("names", "fieldSelector=" + String(repeating: "metadata.name%3D%2C", count: 60_000)),
            ("parameters", String(repeating: "fieldSelector&dryRun&", count: 60_000)),
            ("parameters in parameters", String(repeating: "fieldSelectordryRun", count: 60_000)),
            ("question marks", String(repeating: "?", count: 1 << 20)),
            ("slashes", String(repeating: "/", count: 1 << 20)),
        ]
        return queries.map { name, query in
            let text = Source.audit.victim.text.replacing("?timeout=5s", with: "?\(query)")
                .replacing(#""verb":"get""#, with: #""verb":"list""#).replacing(#""name":"lost","#, with: "")
            return line("a megabyte of \(name) in the query", .audit, text)
        }
    }
}
