extension MalformedBody {
    /// Lists of events broken at each level. Behind most of them a good line follows.
    static var lists: [MalformedBody] {
        Source.allCases.flatMap { source in heads(source) + insides(source) + tails(source) }
    }

    private static func body(
        _ name: String, _ source: Source, _ text: String, good: Int?, other: Int? = nil
    ) -> MalformedBody {
        MalformedBody("a list: \(name)", source, Array(text.utf8), good: good, other: other, type: "application/json")
    }

    private static func heads(_ source: Source) -> [MalformedBody] {
        let items = "[" + source.good(0..<2).joined(separator: ",") + "]"
        let tail = "\n" + source.good(2)
        return [
            body("without a kind", source, "{\"items\":\(items)}\(tail)", good: 3, other: 0),
            body("of another kind", source, "{\"kind\":7,\"items\":\(items)}\(tail)", good: 3, other: 0),
            body(
                "the kind behind the items", source, "{\"items\":\(items),\"kind\":\"EventList\"}\(tail)", good: 3,
                other: 0),
            body("items that stand twice", source, "{\"items\":\(items),\"items\":\(items)}\(tail)", good: nil),
            body("items first null", source, "{\"items\":null,\"items\":\(items)}\(tail)", good: 3, other: 0),
            body("a colon missing", source, "{\"kind\":\"EventList\",\"items\" \(items)}\(tail)", good: nil),
            body("a quote missing", source, "{\"kind\":\"EventList,\"items\":\(items)}\(tail)", good: 1),
            body("an escaped key", source, "{\"\\u0069tems\":\(items)}\(tail)", good: 1),
            body("a list in an object", source, "{\"list\":{\"items\":\(items)}}\(tail)", good: 1, other: 1),
            body(
                "a list in a list", source, "{\"items\":[{\"items\":\(items)},\(source.good(3))]}\(tail)", good: 2,
                other: 1),
            body(
                "a large head", source,
                "{\"metadata\":\"\(String(repeating: "x", count: 300_000))\",\"items\":\(items)}\(tail)", good: 3,
                other: 0),
            body(
                "a head with a control character", source, "{\"metadata\":\"\u{1}\",\"items\":\(items)}\(tail)", good: 3
            ),
        ]
            + ["null", "{}", "\"x\"", "7", "true", "[]"].map {
                body("items are \($0)", source, "{\"kind\":\"EventList\",\"items\":\($0)}\(tail)", good: 1)
            }
    }

    private static func insides(_ source: Source) -> [MalformedBody] {
        let bad = [
            "null", "7", "\"x\"", "[]", "{}", "true", "[[{}]]", "{\"a\":}", "{\"a\" 1}", "{\"a\":\"\u{1}\"}",
            "{\"a\":\"\u{0}\"}",
            "{\"a\":\"\t\"}", "tru", "-", "{'a':1}",
        ]
        let single = bad.map { junk in element("\(junk.prefix(20))", source, junk) }
        let records = source.good(0..<3)
        let tail = "\n" + source.good(3)
        return single + [
            body("a stray brace", source, listHead + records.joined(separator: "},") + "]}" + tail, good: 4, other: 2),
            body("a stray bracket", source, listHead + records[0] + "]," + records[1] + "]}" + tail, good: nil),
            body("a stray colon", source, listHead + records.joined(separator: ":") + "]}" + tail, good: nil),
            body("commas missing", source, listHead + records.joined() + "]}" + tail, good: 4, other: 0),
            body(
                "commas twice", source, listHead + ",," + records.joined(separator: ",,") + ",,]}" + tail, good: 4,
                other: 0),
            body("an element that never ends", source, listHead + records[0] + ",{\"a\":{" + tail, good: 2),
            body("a text that never ends", source, listHead + records[0] + ",{\"a\":\"x" + tail, good: 2, other: 1),
            body("nothing behind the bracket", source, listHead, good: 0),
            body("a line end in a text", source, listHead + records[0] + ",{\"a\":\"\n\"}" + tail, good: 2),
        ]
    }

    private static func tails(_ source: Source) -> [MalformedBody] {
        let inside = listHead + source.good(0..<2).joined(separator: ",")
        let tail = "\n" + source.good(2)
        return [
            body("not closed", source, inside + tail, good: 3),
            body("the bracket missing", source, inside + "}" + tail, good: 3),
            body("the brace missing", source, inside + "]" + tail, good: 3),
            body("the brace missing at the end", source, inside + "]", good: 2),
            body("cut behind a comma", source, inside + "]," + tail, good: 3),
            body("cut in a further member", source, inside + "],\"metadata\":{\"a\":" + tail, good: 3),
            body("cut in a further text", source, inside + "],\"metadata\":{\"a\":\"" + tail, good: 3),
            body("closed twice", source, inside + "]}}" + tail, good: 3, other: 1),
            body("junk behind it", source, inside + "]} junk" + tail, good: 3, other: 1),
            body(
                "another list at once", source, inside + "]}" + list(source.good(3..<5)) + source.good(2), good: 5,
                other: 0),
            body("a deep tail", source, inside + "],\"a\":" + String(repeating: "[", count: 100_000) + tail, good: 3),
            body(
                "a long tail", source, inside + "],\"a\":\"" + String(repeating: "x", count: 2_000_000) + "\"}" + tail,
                good: 3, other: 0),
        ]
    }
}
