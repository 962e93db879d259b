import Testing

@testable import Forge

@Suite struct MarkdownTruncationTests {
    @Test(arguments: ["", "short", "ä\u{1F600}"])
    func `leaves what fits alone`(body: String) {
        #expect(truncated(body: body, limit: body.utf16.count, notice: "cut") == body)
    }

    @Test(arguments: [
        ("one\ntwo\nthree", 12, "one\ntwo\n\ncut"),
        ("one\ntwo\nthree", 11, "one\n\ncut"),
        ("one\ntwo\nthree\nfour", 14, "one\ntwo\n\ncut"),
        ("<!-- id -->\nlong text here", 18, "<!-- id -->\n\ncut"),
        ("abcdefghijklmnop", 10, "abcde\n\ncut"),
        ("a\n```yaml\nx: 1\ny: 2\nz: 3\n```\nend", 26, "a\n```yaml\nx: 1\n```\n\ncut"),
        ("a\n~~~~\n```\nmore and more and more", 21, "a\n~~~~\n```\n~~~~\n\ncut"),
        ("a\n<details>\nx\ny and much more text\n</details>", 33, "a\n<details>\nx\n\n</details>\n\ncut"),
        ("a\n<!-- hidden\nlines\nlines\nlines\nlines -->\nb", 25, "a\n\ncut"),
    ])
    func `cuts at a boundary and closes what is open`(body: String, limit: Int, expected: String) {
        let result = truncated(body: body, limit: limit, notice: "cut")
        #expect(result == expected)
        #expect(result.utf16.count <= limit)
    }

    @Test func `never splits a character nor passes the limit`() {
        let pieces = [
            "\u{1F469}\u{200D}\u{1F4BB}", "```\n", "<details>", "</details>\n", "<!--", "-->", "\r\n", "e\u{301}", "x",
            "\n",
        ]
        var state: UInt64 = 42
        for _ in 0..<300 {
            var body = ""
            for _ in 0..<40 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                body += pieces[Int(state >> 33) % pieces.count]
            }
            for limit in [0, 1, 5, 17, 40, 90] {
                let result = truncated(body: body, limit: limit, notice: "cut")
                #expect(result.utf16.count <= limit || result == body)
                #expect(!result.unicodeScalars.contains("\u{FFFD}"))
            }
        }
    }

    @Test func `is quick on a very long line and on very many lines`() {
        let line = String(repeating: "word ", count: 200_000)
        let lines = String(repeating: "word\n", count: 200_000)
        for body in [line, lines] {
            #expect(truncated(body: body, limit: 58_000, notice: "cut").utf16.count > 57_000)
        }
    }
}
