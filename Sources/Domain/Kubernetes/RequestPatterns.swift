/// A resource with its subresource as RBAC and audit policies write it.
struct ResourcePattern: Hashable, Sendable {
    let text: String
    /// Nil for every resource.
    let resource: String?
    /// Nil for every subresource and none; empty for none.
    let subresource: String?

    /// Reads `*`, `pods`, `pods/log`, `*/scale` or `pods/*`.
    init(_ text: String) {
        self.text = text
        guard text != "*" else {
            (resource, subresource) = (nil, nil)
            return
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        resource = parts[0] == "*" ? nil : parts[0]
        subresource = parts.count < 2 ? "" : parts[1] == "*" ? nil : parts[1]
    }

    /// How far a pattern of an audit policy takes in what this one stands for (`ruleMatchesResource`, checker.go).
    func match(in other: ResourcePattern) -> AuditMatch {
        // No subresource is called `*`, and none has an empty name, so that `*/*`, `*/` and `pods/` match nothing there.
        if other.text == "*/*" || other.text.utf8.last == UInt8(ascii: "/") { return .never }
        return min(
            Self.match(resource, in: other.resource), Self.match(subresource, in: other.subresource))
    }

    private static func match(_ own: String?, in other: String?) -> AuditMatch {
        guard let other else { return .always }
        return own == nil ? .maybe : own == other ? .always : .never
    }

    /// What is in both, in RBAC's words; this pattern itself where RBAC has no words for it (`pods/*`). Nil for nothing.
    func intersection(with other: ResourcePattern) -> String? {
        switch match(in: other) {
        case .never: return nil
        case .always: return text
        case .maybe:
            guard let resource = resource ?? other.resource else { return other.text }
            guard let subresource = subresource ?? other.subresource else { return text }
            return subresource.isEmpty ? resource : "\(resource)/\(subresource)"
        }
    }
}

/// A path, or the beginning of paths, as RBAC and audit policies write it.
struct PathPattern: Hashable, Sendable {
    /// Without the `*` at its end.
    let text: String
    let isPrefix: Bool

    /// Reads `/version`, `/healthz*` or `*`; all `*` at the end are one (`strings.TrimRight` in both).
    init(_ pattern: String) {
        isPrefix = pattern.utf8.last == UInt8(ascii: "*")
        text = String(decoding: pattern.utf8.reversed().drop { $0 == UInt8(ascii: "*") }.reversed(), as: UTF8.self)
    }

    private init(text: String, isPrefix: Bool) {
        self.text = text
        self.isPrefix = isPrefix
    }

    var pattern: String { isPrefix ? text + "*" : text }

    /// How far a pattern of an audit policy takes in what this one stands for (`pathMatches`, checker.go).
    func match(in other: PathPattern) -> AuditMatch {
        if other.isPrefix, text.utf8.starts(with: other.text.utf8) { return .always }
        if !other.isPrefix, !isPrefix { return text.utf8.elementsEqual(other.text.utf8) ? .always : .never }
        return isPrefix && other.text.utf8.starts(with: text.utf8) ? .maybe : .never
    }

    /// What is in both; nil for nothing.
    func intersection(with other: PathPattern) -> PathPattern? {
        switch match(in: other) {
        case .never: nil
        case .always: self
        case .maybe: other
        }
    }
}
