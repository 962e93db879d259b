import Domain

/// A rule prepared for judging; matching as in `rbac.RuleAllows` (k8s.io/kubernetes, plugin/pkg/auth/authorizer/rbac).
struct CompiledAccessRule: Sendable {
    private let verbs: Set<ExactText>
    private let apiGroups: Set<ExactText>
    private let resourceNames: Set<ExactText>
    private let paths: Set<ExactText>
    /// What a path may begin with: URLs ending in `*`, without all their trailing `*` (`strings.TrimRight`).
    private let pathPrefixes: [String]

    init(_ rule: PolicyRule) {
        verbs = Set(rule.verbs.map { ExactText($0) })
        apiGroups = Set(rule.apiGroups.map { ExactText($0) })
        resourceNames = Set(rule.resourceNames.map { ExactText($0) })
        paths = Set(rule.nonResourceURLs.map { ExactText($0) })
        pathPrefixes = rule.nonResourceURLs.filter { $0.utf8.last == UInt8(ascii: "*") }.map { url in
            String(decoding: url.utf8.reversed().drop { $0 == UInt8(ascii: "*") }.reversed(), as: UTF8.self)
        }
    }

    /// True if the rule allows a request for a resource that one of its `resources` has been found to name.
    func allows(resourceRequest action: AccessAction) -> Bool {
        allows(verb: action.verb) && (apiGroups.contains(ExactText(action.apiGroup)) || apiGroups.contains("*"))
            && (resourceNames.isEmpty || resourceNames.contains(ExactText(action.name)))
    }

    /// True if the rule allows a request for a path.
    func allows(pathRequest action: AccessAction) -> Bool {
        allows(verb: action.verb)
            && (paths.contains(ExactText(action.path))
                || pathPrefixes.contains { action.path.utf8.starts(with: $0.utf8) })
    }

    private func allows(verb: String) -> Bool { verbs.contains(ExactText(verb)) || verbs.contains("*") }
}
