extension MalformedBody {
    /// Lines of 100 MB: one of blanks, texts and arrays that end or do not, and one in a list. Good lines stand around.
    static var hugeLines: [MalformedBody] {
        // The decoder has no part in most of them.
        [Source.audit].flatMap { source -> [MalformedBody] in
            let before = source.good(0) + "\n"
            let after = "\n" + source.good(1) + "\n"
            let list = listHead + source.good(0) + ","
            return [
                huge("a line of x", source, before, "x", after, good: 2, other: 1),
                huge("a text that does not end", source, before + "{\"a\":\"", "x", after, good: 2, other: 1),
                huge("a text that ends", source, before + "{\"a\":\"", "x", "\"}" + after, good: 2, other: 1),
                huge("an array of numbers", source, before + "{\"a\":[", "1,", "1]}" + after, good: 2, other: 1),
                huge("arrays that do not end", source, before + "{\"a\":", "[", after, good: 2, other: 1),
                huge("blanks in front", source, before, " ", source.good(2) + after, good: nil),
                huge("a list's element that does not end", source, list + "{\"a\":\"", "x", after, good: nil),
                huge(
                    "a list's element that ends", source, list + "{\"a\":\"", "x",
                    "\"}," + source.good(2) + "]}" + after, good: 3, other: 1),
                huge("a list's tail", source, list.dropLast() + "],\"a\":\"", "x", "\"}" + after, good: 2, other: 0),
                huge("a list's head", source, before + "{\"a\":\"", "x", "\",\"items\":[]}" + after, good: 2),
            ]
        }
    }

    private static func huge(
        _ name: String, _ source: Source, _ head: String, _ filler: String, _ tail: String, good: Int?,
        other: Int? = nil
    ) -> MalformedBody {
        MalformedBody(
            "100 MB: \(name)", source, encoding: nil, good: good, other: other, isHuge: true,
            pieces: {
                let piece = Array(String(repeating: filler, count: 100_000 / filler.utf8.count).utf8)
                return AnySequence(
                    (0...1001).lazy.map { $0 == 0 ? Array(head.utf8) : $0 <= 1000 ? piece : Array(tail.utf8) })
            })
    }
}
