import Domain

/// The words of a rule, each of which may be used or not.
package struct RuleParts {
    private let rule: PolicyRule
    private let verbs: Set<String>
    private let groups: Set<String>
    private let resources: Set<String>
    private let names: Set<String>

    init(_ rule: PolicyRule) {
        self.rule = rule
        verbs = Set(rule.verbs)
        groups = Set(rule.apiGroups)
        resources = Set(rule.resources)
        names = Set(rule.resourceNames)
    }

    /// The words of a rule that allowed nothing, in the rule's order.
    package struct Unused: Hashable, Sendable {
        package var verbs: [String] = []
        package var apiGroups: [String] = []
        package var resources: [String] = []
        package var resourceNames: [String] = []
        package var nonResourceURLs: [String] = []

        package var isEmpty: Bool {
            verbs.isEmpty && apiGroups.isEmpty && resources.isEmpty && resourceNames.isEmpty && nonResourceURLs.isEmpty
        }
    }

    var hasWildcard: Bool {
        verbs.contains("*") || groups.contains("*") || resources.contains { $0 == "*" || $0.hasPrefix("*/") }
            || rule.nonResourceURLs.contains { $0.globPrefix != nil }
    }

    /// The words of the rule by which it covers none of the requests, all of which it covers.
    ///
    /// A wildcard counts as used where a request is covered by no plainer word.
    func unused(beside uses: [AccessAction: [UseKey: UseTally]]) -> Unused {
        var used = Unused()
        var (verbs, groups, resources, names, urls) = (
            Set<String>(), Set<String>(), Set<String>(), Set<String>(), Set<String>()
        )
        for (action, byName) in uses {
            verbs.insert(self.verbs.contains(action.verb) ? action.verb : "*")
            guard action.isResourceRequest else {
                urls.formUnion(rule.nonResourceURLs.filter { Self.covers($0, action.path) })
                continue
            }
            groups.insert(self.groups.contains(action.apiGroup) ? action.apiGroup : "*")
            resources.insert(word(for: action))
            names.formUnion(byName.keys.map(\.name))
        }
        used.verbs = rule.verbs.filter { !verbs.contains($0) }
        used.apiGroups = rule.apiGroups.filter { !groups.contains($0) }
        used.resources = rule.resources.filter { !resources.contains($0) }
        used.resourceNames = rule.resourceNames.filter { !names.contains($0) }
        used.nonResourceURLs = rule.nonResourceURLs.filter { !urls.contains($0) }
        return used
    }

    /// The word of `resources` that covers the action, the plainest if there are several.
    private func word(for action: AccessAction) -> String {
        if resources.contains(action.resourceWithSubresource) { return action.resourceWithSubresource }
        let ofAny = "*/" + action.subresource
        return !action.subresource.isEmpty && resources.contains(ofAny) ? ofAny : "*"
    }

    private static func covers(_ url: String, _ path: String) -> Bool {
        url == path || url.globPrefix.map { path.utf8.starts(with: $0.utf8) } ?? false
    }
}
