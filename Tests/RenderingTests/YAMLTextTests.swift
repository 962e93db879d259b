import Rendering
import Testing
import Yams

@Suite struct YAMLTextTests {
    private static let nasty: [String] = [
        "true", "True", "TRUE", "false", "yes", "Yes", "no", "NO", "on", "On", "off", "y", "Y", "n", "N", "null",
        "Null",
        "NULL", "", "~", " ", "  leading", "trailing ", "a: b", "a:b", ":", "a:", "- x", "-", "--", "---", "--- a",
        "...",
        "#", "# x", "a #b", "a#b", "1.10", "1", "-1", "+1", "1_000", "0x1f", "0o17", "017", "1e3", "1e", ".5", ".inf",
        "-.Inf", ".nan", ".NaN", "190:20:30", "2026-01-01", "2026-01-01T00:00:00Z", "=", "<<", "*a", "&a", "!a",
        "!!str a",
        "|", ">", "%a", "@a", "`a", "'", "\"", "'a'", "\"a\"", "a\"b", "a\\b", "\\", "\\n", "[", "]", "{", "}", "[]",
        "{}",
        "{{ .Values.x }}", "a,b", "? a", "?", "a\nb", "\n", "a\n", "\r", "a\r\nb", "\t", "a\tb", "\u{0}", "a\u{1}b",
        "\u{1b}[31m", "\u{7f}", "\u{85}", "\u{a0}", "\u{2028}", "\u{2029}", "a\u{feff}b", "\u{fffe}", "\u{ffff}",
        "\u{fffd}",
        "\u{e000}", "\u{10ffff}", "é", "e\u{301}", "\u{301}", "\u{301}a", "日本", "🦊", "👩‍👩‍👧", "\u{202e}abc",
        "*", "*.example.com", "10.0.0.0/8", "::1", "fe80::/10", "app.kubernetes.io/name", "a/b", "system:masters",
        String(repeating: "long ", count: 500), String(repeating: "x", count: 5000),
    ]

    @Test(arguments: nasty)
    func `reads a string back as the same string`(text: String) throws {
        let document = YAMLValue.fields(["value": .string(text), "list": .list([.string(text)])]).text
        let loaded = try #require(try Yams.load(yaml: document) as? [String: Any])
        #expect((loaded["value"] as? String).map(Self.scalars) == Self.scalars(text))
        #expect((loaded["list"] as? [String])?.first.map(Self.scalars) == Self.scalars(text))
    }

    @Test(arguments: nasty.filter { $0.utf8.count < 1000 })
    func `reads a key back as the same key`(text: String) throws {
        let document = try #require(YAMLValue.sorted([text: "x"])).text
        let loaded = try #require(try Yams.load(yaml: document) as? [String: Any])
        #expect(loaded.keys.map(Self.scalars) == [Self.scalars(text)])
    }

    @Test(arguments: ["web", "app.kubernetes.io/name", "a-b_c.d/e", "Ingress", "v1"])
    func `leaves plain words as they are`(text: String) {
        #expect(YAMLString.quotedIfNeeded(text) == text)
    }

    @Test(arguments: nasty)
    func `keeps a string on one line that shows what it holds`(text: String) {
        let written = YAMLString.quotedIfNeeded(text)
        let hidden = written.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
        #expect(hidden.isEmpty, "a reviewer could not see it")
    }

    @Test(arguments: UInt64(1)...200)
    func `reads any tree back as the same tree`(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        let tree = Tree.random(depth: 4, &generator)
        let loaded = try Yams.load(yaml: tree.value.text)
        #expect(Tree(loaded: loaded) == tree, "\(tree.value.text)")
    }

    @Test func `keeps the order of a map and writes the same bytes again`() {
        let value = YAMLValue.fields([
            "b": .string("1"),
            "a": .list([.integer(2), .fields(["x": .string("p"), "z": .list([.list([.string("q")])])])]),
            "none": nil, "empty": .list([]), "nothing": .fields([:]),
        ])
        #expect(
            value.text == """
                b: "1"
                a:
                - 2
                - x: p
                  z:
                  - - q
                empty: []
                nothing: {}

                """)
        #expect(value.text == value.text)
        #expect(YAMLValue.sorted([:]) == nil)
        #expect(YAMLValue.strings([]) == nil)
    }

    /// Equal strings may differ in their scalars (`é` in one or two).
    private static func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

    /// What a document holds, comparable whatever the parser made of it.
    private indirect enum Tree: Equatable {
        case text(String)
        case number(Int)
        case list([Tree])
        case map([String: Tree])
        case other(String)

        init(loaded: Any?) {
            switch loaded {
            case let text as String: self = .text(text)
            case let number as Int: self = .number(number)
            case let map as [String: Any]: self = .map(map.mapValues { Tree(loaded: $0) })
            case let list as [Any]: self = .list(list.map { Tree(loaded: $0) })
            default: self = .other(String(describing: loaded))
            }
        }

        var value: YAMLValue {
            switch self {
            case .text(let text): .string(text)
            case .number(let number): .integer(number)
            case .list(let items): .list(items.map(\.value))
            case .map(let entries):
                // One pair at a time: only literals make pairs of any number.
                entries.count == 1
                    ? .fields([entries.first?.key ?? "": entries.first?.value.value])
                    : .fields([
                        "a": entries["a"]?.value, "b: c": entries["b: c"]?.value, "- d": entries["- d"]?.value,
                        "null": entries["null"]?.value,
                    ])
            case .other: .string("")
            }
        }

        static func random(depth: Int, _ generator: inout SeededGenerator) -> Tree {
            let most = depth == 0 ? 1 : 3
            switch Int.random(in: 0...most, using: &generator) {
            case 0: return .text(YAMLTextTests.nasty.pick(&generator))
            case 1: return .number(Int.random(in: -5...70_000, using: &generator))
            case 2:
                return .list(
                    (0..<Int.random(in: 0...3, using: &generator)).map { _ in random(depth: depth - 1, &generator) })
            default:
                let keys = ["a", "b: c", "- d", "null"].filter { _ in Bool.random(using: &generator) }
                return .map(
                    Dictionary(uniqueKeysWithValues: keys.map { ($0, random(depth: depth - 1, &generator)) }))
            }
        }
    }
}
