import Domain

/// Reads those of Calico's selector expressions that a `LabelSelector` can hold: requirements joined by `&&`.
struct CalicoSelectorReader {
    private var rest: Substring.UnicodeScalarView

    /// Pods by their own labels; an empty expression is every pod.
    static func pods(_ text: String) throws(Malformed) -> LabelSelector {
        try read(text) { (key) throws(Malformed) in
            guard !["projectcalico.org/", "pcns.", "pcsa."].contains(where: { key.hasPrefix($0) }) else {
                throw Malformed("a selector selects by more than a pod's labels")
            }
            return key
        }
    }

    /// Namespaces by their labels.
    static func namespaces(_ text: String) throws(Malformed) -> LabelSelector {
        let selector = try read(text) { (key) throws(Malformed) in
            if key == "projectcalico.org/name" { return GeneratedName.namespaceLabel }
            guard !key.hasPrefix("projectcalico.org/") else {
                throw Malformed("a selector selects by more than a namespace's labels")
            }
            return key
        }
        guard selector.isEmpty else { return selector }
        // Endpoints without a namespace are not meant.
        return LabelSelector(matchExpressions: [.init(key: GeneratedName.namespaceLabel, operator: .exists)])
    }

    private static func read(
        _ text: String, _ label: (String) throws(Malformed) -> String
    ) throws(Malformed) -> LabelSelector {
        var reader = CalicoSelectorReader(rest: Substring(text).unicodeScalars)
        var selector = LabelSelector()
        reader.skipBlanks()
        if reader.rest.isEmpty { return selector }
        repeat {
            if reader.take("all()") { continue }
            var requirement = try reader.requirement()
            requirement.key = try label(requirement.key)
            let isPair = requirement.operator == .in && requirement.values.count == 1
            if isPair, selector.matchLabels[requirement.key] == nil {
                selector.matchLabels[requirement.key] = requirement.values[0]
            } else {
                selector.matchExpressions.append(requirement)
            }
        } while reader.take("&&")
        guard reader.rest.isEmpty else { throw unreadable }
        return selector
    }

    private static let unreadable = Malformed("a selector is more than requirements that all have to match")

    /// `k == 'v'`, `k != 'v'`, `k in {..}`, `k not in {..}`, `has(k)` or `!has(k)`.
    private mutating func requirement() throws(Malformed) -> LabelSelector.Requirement {
        if take("has(") { return .init(key: try closedKey(), operator: .exists) }
        if take("!") {
            guard take("has(") else { throw Self.unreadable }
            return .init(key: try closedKey(), operator: .doesNotExist)
        }
        let key = try key()
        if take("==") { return .init(key: key, operator: .in, values: [try literal()]) }
        if take("!=") { return .init(key: key, operator: .notIn, values: [try literal()]) }
        if take("not") {
            guard take("in") else { throw Self.unreadable }
            return .init(key: key, operator: .notIn, values: try set())
        }
        guard take("in") else { throw Self.unreadable }
        return .init(key: key, operator: .in, values: try set())
    }

    private mutating func set() throws(Malformed) -> [String] {
        guard take("{") else { throw Self.unreadable }
        var values: [String] = []
        repeat { values.append(try literal()) } while take(",")
        guard take("}") else { throw Self.unreadable }
        return values
    }

    private mutating func closedKey() throws(Malformed) -> String {
        let key = try key()
        guard take(")") else { throw Self.unreadable }
        return key
    }

    private mutating func key() throws(Malformed) -> String {
        let scalars = rest.prefix {
            $0.isASCII && ($0.properties.isAlphabetic || "0123456789-_./".unicodeScalars.contains($0))
        }
        let key = String(String.UnicodeScalarView(scalars))
        rest = rest.dropFirst(scalars.count)
        skipBlanks()
        guard ObjectName.isLabelKey(key) else { throw Self.unreadable }
        return key
    }

    /// Text in single or double quotes, without escapes.
    private mutating func literal() throws(Malformed) -> String {
        guard let quote = rest.first, quote == "'" || quote == "\"" else { throw Self.unreadable }
        let scalars = rest.dropFirst().prefix { $0 != quote }
        let text = String(String.UnicodeScalarView(scalars))
        guard rest.count >= scalars.count + 2, ObjectName.isLabelValue(text) else { throw Self.unreadable }
        rest = rest.dropFirst(scalars.count + 2)
        skipBlanks()
        return text
    }

    private mutating func take(_ word: String) -> Bool {
        guard rest.starts(with: word.unicodeScalars) else { return false }
        rest = rest.dropFirst(word.unicodeScalars.count)
        skipBlanks()
        return true
    }

    private mutating func skipBlanks() { rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\n" } }
}
