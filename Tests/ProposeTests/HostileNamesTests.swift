import Engine
import Foundation
import ScriptedServers
import Testing

/// Names come from records, which strangers may write: they are shown, and do nothing.
@Suite(.enabled(if: Programs.areThere, "git or python3 is not installed"))
struct HostileNamesTests {
    static let names = [
        "<img src=x onerror=alert(1)> @everyone", "a | b \\| c | d", "`` ` @ann `", "x\n\n# Big\n\n@everyone",
        "--> <b>",
        "[x](https://evil.example) fixes #1 !7", "{{scope}} {{{title}}} {{#policies}}", "*x* _y_ ~~z~~ **scope",
        "x\nLeastwise-Fingerprint: 0000000000000000", "\u{202e}desrever \u{200b}@\u{200b}ann", "</details>",
    ]

    private static let world = Result {
        try World.learned(
            [],
            audit: try names.flatMap { name in
                try (1...5).map { try World.request(by: name, at: "2026-11-1\($0 - 1)T09:00:00.000000Z") }
            })
    }

    @Test(arguments: ["namespace", "workload"])
    func `names in records cannot break the pull request's text`(grouping: String) async throws {
        let estate = try Estate()
        let results = try await estate.propose(
            Self.world, scope: nil, dryRun: true,
            with: ["proposals.groupBy": grouping, "proposals.kinds": "rbac"])
        let all = results.map { $0.title + "\n" + $0.body }.joined()
        // They are there at all.
        for word in ["onerror", "evil.example", "Big", "desrever"] { #expect(all.contains(word), "\(word)") }
        for result in results {
            #expect(MarkdownTables.brokenRows(result.body) == [])
            #expect(!result.title.contains("\n"))
            let lines = result.body.split(separator: "\n", maxSplits: 1)
            #expect(lines[0].wholeMatch(of: /<!-- leastwise scope=[a-z0-9._-]+ fingerprint=[0-9a-f-]+ -->/) != nil)
            for text in [result.title, String(lines[1])] {
                let bare = MarkdownSpans.withoutCode(text)
                for mark in [
                    "@", "<img", "<b>", "evil", "#1", "!7", "\u{202e}", "\u{200b}", "# Big", "{{", "~~", "_y_",
                ] {
                    #expect(!bare.contains(mark), "\(mark) in \(result.branch)")
                }
            }
            let tags = MarkdownSpans.withoutCode(String(lines[1])).matches(of: /<[^>]*>/).map { String($0.0) }
            let own: Set = ["<details>", "</details>", "<summary>", "</summary>", "<br>"]
            #expect(Set(tags).subtracting(own) == [])
            #expect(tags.filter { $0 == "<details>" }.count == tags.filter { $0 == "</details>" }.count)
        }
    }

    @Test func `names in records cannot pass for what a commit says of itself`() async throws {
        let estate = try Estate()
        let keys = ["proposals.groupBy": "workload", "forge.kind": "none", "proposals.kinds": "rbac"]
        let results = try await estate.propose(Self.world, scope: nil, with: keys)
        let messages = try results.filter { $0.body.contains("0000000000000000") }.map {
            try estate.git.git("show", "--no-patch", "--format=%(trailers:key=Leastwise-Fingerprint)", $0.branch)
        }
        #expect(messages.count == 1)
        #expect(messages.allSatisfy { !$0.contains("0000000000000000") && $0.contains("Leastwise-Fingerprint: ") })
        let before = try estate.state()
        _ = try await estate.propose(Self.world, scope: nil, with: keys)
        #expect(try estate.state() == before)
    }

    @Test func `the reader of code spans sees what is outside`() {
        #expect(MarkdownSpans.withoutCode("a `b` c ``d ` e`` f ` g") == "a  c  f ` g")
    }
}

/// Reads code spans as CommonMark does (0.31, 6.1), a line at a time, which is stricter.
enum MarkdownSpans {
    static func withoutCode(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(outside).joined(separator: "\n")
    }

    private static func outside(_ line: Substring) -> String {
        var rest = Array(line.unicodeScalars)[...]
        var kept = String.UnicodeScalarView()
        while let first = rest.first {
            let fence = rest.prefix { $0 == "`" }.count
            if fence == 0 {
                kept.append(first)
                rest = rest.dropFirst()
            } else if let end = closing(rest.dropFirst(fence), fence) {
                rest = end
            } else {
                kept.append(contentsOf: rest.prefix(fence))
                rest = rest.dropFirst(fence)
            }
        }
        return String(kept)
    }

    /// What follows the closing fence; nil where there is none.
    private static func closing(_ text: ArraySlice<Unicode.Scalar>, _ fence: Int) -> ArraySlice<Unicode.Scalar>? {
        var rest = text
        while let start = rest.firstIndex(of: "`") {
            let run = rest[start...].prefix { $0 == "`" }.count
            rest = rest[(start + run)...]
            if run == fence { return rest }
        }
        return nil
    }
}
