import Rendering
import Testing

@Suite struct SafeTextTests {
    private static let hostile = [
        "", " ", "plain", "\u{1b}[31mred\u{1b}[0m", "\u{1b}]0;title\u{7}", "\u{9b}31m", "a\nb", "a\r\nb", "a\rb",
        "\u{85}",
        "\u{2028}", "\u{2029}", "\u{b}", "\u{c}", "\u{202e}gnp.exe", "\u{2066}x\u{2069}", "\u{200b}\u{200d}\u{feff}",
        "\u{0}", "\u{7f}", "\u{e0041}", "\u{f0000}", "\u{ad}", "`", "``", "a`b", "`a`", "```\ncode", "a``b`c```d",
        "`` ` ``",
        "|", "a|b", "a\\|b", "a\\\\|b", "\\", "a\\", "|||", "\\|@admin", "@everyone", "#1", "GH-1", "owner/repo#1",
        "https://evil.example/", "<img src=x onerror=alert(1)>", "<!-- -->", "[x](javascript:1)", "![x](y)", "**b**",
        "{{secret}}", "{{{secret}}}", "$(id)", "日本", "👩‍👩‍👧", "\u{301}`", "`\u{301}", "`\u{301}`", "|\u{301}",
    ]

    @Test(arguments: hostile)
    func `leaves nothing in terminal text that moves, hides or turns`(text: String) {
        let line = TerminalText.oneLine(text)
        for scalar in line.unicodeScalars {
            let category = scalar.properties.generalCategory
            #expect(![.control, .format, .lineSeparator, .paragraphSeparator, .privateUse].contains(category))
        }
        #expect(TerminalText.oneLine(line) == line)
    }

    @Test(arguments: ["plain", "é", "日本", "a|b", "`x`", "a\\b", "e\u{301}"])
    func `leaves harmless text as it is`(text: String) {
        #expect(TerminalText.oneLine(text) == text)
    }

    @Test(arguments: hostile)
    func `shuts Markdown into one code span`(text: String) throws {
        let span = MarkdownText.code(text)
        let bytes = Array(span.utf8)
        let fence = bytes.prefix { $0 == UInt8(ascii: "`") }.count
        try #require(fence > 0 && bytes.count > 2 * fence, "without content it is no code span")
        // CommonMark, 6.1: a code span ends at the next run of as many backticks as opened it.
        let runs = Self.backtickRuns(bytes)
        #expect(runs.first == 0..<fence)
        #expect(runs.last == (bytes.count - fence)..<bytes.count)
        #expect(runs.dropFirst().dropLast().allSatisfy { $0.count != fence })
        #expect(!bytes.contains { $0 == 10 || $0 == 13 })
    }

    @Test(arguments: hostile)
    func `never ends a table's cell`(text: String) {
        let bytes = Array(MarkdownText.code(text).utf8)
        for index in bytes.indices where bytes[index] == UInt8(ascii: "|") {
            // Whether a parser takes backslashes in pairs or one by one, an odd number of them escapes the pipe.
            let slashes = bytes[..<index].reversed().prefix { $0 == UInt8(ascii: "\\") }.count
            #expect(slashes == 1)
        }
    }

    @Test(arguments: [
        ("web", "`web`"), ("a`b", "`` a`b ``"), ("a``b", "``` a``b ```"), ("a|b", "`a\\|b`"), ("@x #1", "`@x #1`"),
    ])
    func `shows ordinary text as it is`(text: String, span: String) {
        #expect(MarkdownText.code(text) == span)
    }

    private static func backtickRuns(_ bytes: [UInt8]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for index in bytes.indices where bytes[index] == UInt8(ascii: "`") {
            if let last = runs.last, last.upperBound == index {
                runs[runs.count - 1] = last.lowerBound..<(index + 1)
            } else {
                runs.append(index..<(index + 1))
            }
        }
        return runs
    }
}
