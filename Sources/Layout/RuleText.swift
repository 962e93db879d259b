import Domain
import Yams

/// The text of one rule in a manifest, and of rules that take its place in its style.
struct RuleText {
    private let manifest: ManifestText
    private let item: ManifestList.Item
    private let fields: [RuleField]
    private let style: ScalarStyle
    /// The column of the dashes, and of the keys.
    private let dash: Int
    private let column: Int
    private let carriageReturn: String

    /// Throws if the rule has other keys than a PolicyRule, or values that are no lists of strings.
    init(_ manifest: ManifestText, _ list: ManifestList, _ item: ManifestList.Item) throws(LayoutError) {
        guard let mapping = item.node.mapping, let place = Place(item.node), place.column >= list.column + 2 else {
            throw manifest.uneditable("a rule is no map")
        }
        self.manifest = manifest
        self.item = item
        dash = list.column
        column = manifest.isBlock(item.node) ? place.column : list.column + 2
        carriageReturn = manifest.lines[list.key].utf8.last == 13 ? "\r" : ""
        fields = try RuleField.fields(of: mapping, item, manifest)
        style = ScalarStyle(keys: mapping.keys.compactMap(\.scalar), fields: fields)
    }

    /// The lines of the rules, and what they say: the lists of each, in the order in which they are written.
    func replaced(by rules: [PolicyRule]) throws(LayoutError) -> (lines: [String], rules: [[String: [String]]]) {
        var lines: [String] = []
        var said: [[String: [String]]] = []
        for (index, rule) in rules.enumerated() {
            let wanted = RuleField.wanted(rule, like: fields)
            guard !wanted.isEmpty else { throw manifest.uneditable("a rule without content would be left") }
            said.append(Dictionary(uniqueKeysWithValues: wanted.map { ($0.key, $0.values) }))
            lines +=
                manifest.isBlock(item.node)
                ? try block(wanted, isFirst: index == 0)
                : [
                    try flow(wanted, isFirst: index == 0)
                ]
        }
        // The file's last line may be without a line's end, and be no longer the last.
        return (lines.map { $0.utf8.last == 13 ? $0 : $0 + carriageReturn }, said)
    }

    /// The first rule keeps the comments and whatever lists stay the same.
    private func block(_ wanted: [(key: String, values: [String])], isFirst: Bool) throws(LayoutError) -> [String] {
        let pad = String(repeating: " ", count: column)
        let start = pad.before(column: dash) + "-" + pad.from(column: dash + 1)
        var lines: [String] = []
        for (key, values) in wanted {
            var own: [String]
            if let field = fields.first(where: { $0.key == key }) {
                own = try field.lines(values, in: manifest, style, keepingComments: isFirst)
                // What stands before the key is blank, or the dash and blanks.
                own[0] = pad + own[0].from(column: column)
            } else {
                own = newField(key, values).map { pad + $0 }
            }
            if lines.isEmpty { own[0] = start + own[0].from(column: column) }
            lines += own
        }
        return lines
    }

    /// A list that the rule did not have, in the style of its first one.
    private func newField(_ key: String, _ values: [String]) -> [String] {
        let key = style.key(key) + ":"
        guard let indent = fields.lazy.compactMap({ $0.blockIndent(in: manifest) }).first else {
            return ["\(key) \(style.flow(values, of: nil))"]
        }
        let pad = String(repeating: " ", count: max(0, indent - column))
        return [key] + values.map { "\(pad)- \(style.text($0, of: nil))" }
    }

    /// A rule between braces, on one line.
    private func flow(_ wanted: [(key: String, values: [String])], isFirst: Bool) throws(LayoutError) -> String {
        guard let place = Place(item.node), manifest.scalar(at: item.node) == "{" else {
            throw manifest.uneditable("a rule is no map")
        }
        let line = manifest.lines[place.line]
        let close = FlowText.end(in: line, from: place.column)
        if close == nil { try manifest.checkNoComment(in: item.own) }
        let text = wanted.map { key, values in
            let field = fields.first { $0.key == key }
            return "\(style.key(key)): \(style.flow(values, of: field))"
        }.joined(separator: ", ")
        let inner = line.from(column: place.column + 1).hasPrefix(" ") ? " \(text) " : text
        let before = String(repeating: " ", count: dash) + "- {"
        return before + inner + "}" + (isFirst ? close.map { line.from(column: $0) } ?? "" : "")
    }
}

extension ManifestText {
    /// Throws where a comment inside brackets of several lines would be lost.
    func checkNoComment(in range: Range<Int>) throws(LayoutError) {
        guard !lines[range].contains(where: { $0.isCommentLine || $0.contains(" #") }) else {
            throw uneditable("a list of several lines between brackets has comments")
        }
    }
}
