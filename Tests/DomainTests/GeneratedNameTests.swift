import Domain
import Testing

@Suite struct GeneratedNameTests {
    @Test(arguments: [
        (["leastwise", "deployment", "web"], "leastwise-deployment-web"), (["a.b", "c"], "a.b-c"), (["x"], "x"),
        ([String(repeating: "a", count: 63)], String(repeating: "a", count: 63)),
    ])
    func `joins what is a safe name already`(parts: [String], expected: String) {
        #expect(Self.object(parts) == expected)
    }

    @Test(arguments: [
        "", "-", "---", ".", "..", "...", "../../etc/passwd", "/etc/passwd", "a/b", "a\\b", "a\u{0}b", "a\nb", "-rf",
        "Web",
        "web-", "web.", ".git", ".GIT", "a..b", "a.-b", "a-.b", "über", "🦊", "\u{202e}abc", "system:node:n1",
        "alice@example.com", String(repeating: "a", count: 64),
        String(repeating: "a", count: 53) + ".b-" + "c.d.e.f.g.h.i",
        String(repeating: "-", count: 100), String(repeating: "a-", count: 100), String(repeating: "é", count: 10_000),
    ])
    func `makes a safe name of anything`(text: String) {
        for parts in [[text], ["leastwise", text], [text, "web"]] { Self.expectSafe(Self.object(parts)) }
    }

    @Test func `keeps names apart that look alike once they are safe`() {
        let long = String(repeating: "a", count: 80)
        let names = [
            "a/b", "a:b", "a b", "a\u{0}b", "A/b", "a_b", "a-b", long, long + "b", "", "-", "--", ".", "a-", "a.",
        ]
        #expect(Set(names.map { GeneratedName.object($0) }).count == names.count)
        #expect(GeneratedName.object("a/", "b") != GeneratedName.object("a", "/b"))
    }

    @Test(arguments: UInt64(1)...5)
    func `is safe and distinct for random parts`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        let letters: [Character] = ["a", "b", "-", ".", "/", "A", "é", "\u{0}", "9", "_"]
        var seen: [String: String] = [:]
        for _ in 0..<1000 {
            let length = Int.random(in: 0...80, using: &generator)
            let text = String((0..<length).map { _ in letters.pick(&generator) })
            let name = GeneratedName.object(text)
            Self.expectSafe(name)
            #expect(seen.updateValue(text, forKey: name) ?? text == text)
        }
    }

    @Test func `hashes the same everywhere`() {
        #expect(GeneratedName.shortHash("") == "4fd0bfc1")
        #expect(GeneratedName.shortHash("a").utf8.count == 8)
        #expect(GeneratedName.shortHash("a") != GeneratedName.shortHash("b"))
    }

    /// A DNS subdomain of at most 63 characters, each label with a letter or a digit at both ends (RFC 1123).
    private static func expectSafe(_ name: String) {
        #expect((1...63).contains(name.utf8.count))
        #expect(
            name.wholeMatch(of: /[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/) != nil, "\(name)")
    }

    private static func object(_ parts: [String]) -> String {
        switch parts.count {
        case 1: GeneratedName.object(parts[0])
        case 2: GeneratedName.object(parts[0], parts[1])
        default: GeneratedName.object(parts[0], parts[1], parts[2])
        }
    }
}
