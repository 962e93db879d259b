import Domain

@testable import Layout

/// A file of several roles and bindings in random styles, and what its lines are about.
struct RandomManifests {
    var generator: SeededGenerator
    private(set) var lines: [String] = []
    private(set) var objects: [Object] = []
    private(set) var lineEnd = "\n"
    private var hasFinalLineEnd = true

    struct Object {
        let kind: RBACManifest.Kind
        let document: Int
        let item: Int?
        var rules: [PolicyRule] = []
        var subjects: [Subject] = []
        /// The line of `rules:` or `subjects:`, and the lines of each item with the comments that are its own.
        var key = 0
        var itemLines: [Range<Int>] = []
        /// The lines of its list, up to the next key or document.
        var end = 0

        var place: RBACManifest {
            RBACManifest(
                path: "r.yaml", document: document, item: item, kind: kind, namespace: Namespace("shop"), name: "n")
        }
    }

    var text: String { lines.joined(separator: lineEnd) + (hasFinalLineEnd ? lineEnd : "") }

    init(seed: UInt64) {
        generator = SeededGenerator(state: seed)
        if one(in: 3) { lineEnd = "\r\n" }
        if one(in: 4) { lines.append("# a file of ours: { [ 'x") }
        if one(in: 3) { lines.append("---") }
        for document in 0..<Int.random(in: 1...3, using: &generator) {
            if document > 0 { lines.append(one(in: 3) ? "--- # next" : "---") }
            comment(0)
            if one(in: 4) { addList(document) } else { addObject(document, nil, pad: "", first: "") }
        }
        hasFinalLineEnd = !one(in: 4)
    }

    private mutating func addList(_ document: Int) {
        lines += ["apiVersion: v1", "kind: List", "items:"]
        let pad = one(in: 2) ? "" : "  "
        for item in 0..<Int.random(in: 1...2, using: &generator) {
            comment(pad.count)
            addObject(document, item, pad: pad + "  ", first: pad + "- ")
        }
        if one(in: 2) { lines.append("metadata: {}") }
    }

    private mutating func addObject(_ document: Int, _ item: Int?, pad: String, first: String) {
        var object = Object(kind: RBACManifest.Kind.allCases.pick(&generator), document: document, item: item)
        let start = lines.count
        lines += ["\(pad)apiVersion: rbac.authorization.k8s.io/v1", "\(pad)kind: \(object.kind.rawValue) # kind"]
        if !first.isEmpty { lines[start] = first + lines[start].dropFirst(first.count) }
        let metadata =
            one(in: 2) ? ["\(pad)metadata: {name: n, namespace: 'shop'}"] : ["\(pad)metadata:", "\(pad)  name: n"]
        let isLast = one(in: 2)
        if isLast { lines += metadata }
        object.key = lines.count
        let isRole = object.kind.listKey == "rules"
        lines.append("\(pad)\(object.kind.listKey):" + (one(in: 4) ? "  # the list" : ""))
        let dash = pad + (one(in: 2) ? "" : "  ")
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            if one(in: 4) { lines.append("") }
            let begin = lines.count
            comment(dash.count)
            if isRole { addRule(&object, dash) } else { addSubject(&object, dash) }
            object.itemLines.append(begin..<lines.count)
        }
        object.end = lines.count
        if !isLast { lines += metadata }
        objects.append(object)
    }

    private mutating func addSubject(_ object: inout Object, _ dash: String) {
        let number = object.subjects.count
        if one(in: 2) {
            object.subjects.append(Subject(kind: .user, name: "u\(number)"))
            lines.append("\(dash)- {kind: User, name: 'u\(number)', apiGroup: rbac.authorization.k8s.io} # who")
        } else {
            object.subjects.append(Subject(kind: .serviceAccount, namespace: Namespace("shop"), name: "s\(number)"))
            lines += [
                "\(dash)- kind: ServiceAccount", "\(dash)  name: \"s\(number)\" # it's", "\(dash)  namespace: shop",
            ]
        }
    }

    private mutating func addRule(_ object: inout Object, _ dash: String) {
        let rule = Self.rule(&generator)
        object.rules.append(rule)
        var fields = [("apiGroups", rule.apiGroups), ("resources", rule.resources), ("verbs", rule.verbs)]
        if !rule.resourceNames.isEmpty { fields.append(("resourceNames", rule.resourceNames)) }
        fields.shuffle(using: &generator)
        if one(in: 5) {
            let text = fields.map { "\($0): [\(flow($1))]" }.joined(separator: ", ")
            lines.append("\(dash)- {\(text)}" + (one(in: 2) ? " # {flow]" : ""))
            return
        }
        let gap = one(in: 4) ? "   " : " "
        let pad = dash + " " + gap
        for (index, (key, values)) in fields.enumerated() {
            let start = index == 0 ? dash + "-" + gap : pad
            if one(in: 2) {
                lines.append("\(start)\(key): [\(flow(values))]" + (one(in: 3) ? " # ] it's" : ""))
            } else if one(in: 4) {
                lines += ["\(start)\(key): [", "\(pad)  \(flow(values))", "\(pad)]"]
            } else {
                lines.append("\(start)\(key):")
                let indent = pad + (one(in: 2) ? "" : "  ")
                for value in values {
                    lines.append("\(indent)- \(scalar(value))" + (one(in: 4) ? " # '\(value)" : ""))
                }
            }
            // A comment in the middle is the rule's; one at its end further in than the dash as well.
            if one(in: 5) { lines.append("\(pad)# inner: [") }
        }
    }

    private mutating func flow(_ values: [String]) -> String {
        var texts: [String] = []
        for value in values { texts.append(scalar(value)) }
        return texts.joined(separator: one(in: 4) ? "," : ", ")
    }

    private mutating func scalar(_ value: String) -> String {
        let isWord = !value.isEmpty && value != "true" && value.allSatisfy { $0.isLetter || $0 == "/" }
        if isWord, one(in: 2) { return value }
        return one(in: 2) ? "\"\(value)\"" : "'\(value.replacing("'", with: "''"))'"
    }

    private mutating func comment(_ indent: Int) {
        if one(in: 4) { lines.append(String(repeating: " ", count: indent) + "# it's - a: comment") }
    }

    /// A rule of a few words, some of which need quotes.
    static func rule(_ generator: inout SeededGenerator) -> PolicyRule {
        func some(_ words: [String]) -> [String] {
            Array(words.shuffled(using: &generator).prefix(Int.random(in: 1...3, using: &generator)))
        }
        return PolicyRule(
            verbs: some(["get", "list", "*", "watch"]), apiGroups: some(["", "apps", "*"]),
            resources: some(["pods", "pods/log", "it's", "*", "true"]),
            resourceNames: Bool.random(using: &generator) ? [] : some(["a", "x: y", "12", "# no"]))
    }

    mutating func one(in number: Int) -> Bool { Int.random(in: 0..<number, using: &generator) == 0 }
}
