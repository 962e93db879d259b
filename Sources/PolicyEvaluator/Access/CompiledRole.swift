import Domain

/// A role's rules, own and aggregated, indexed by what they grant.
///
/// A class, so that many bindings share one.
final class CompiledRole: Sendable {
    struct Entry: Sendable {
        let origin: RoleReference
        /// The rule's position in the role that it comes from.
        let index: Int
        let rule: CompiledAccessRule
    }

    private let entries: [Entry]
    /// By the text in `resources`: `pods`, `pods/log`, `*` or `*/scale`.
    private let byResource: [ExactText: [Int]]
    private let withPaths: [Int]

    init(_ sources: [(origin: RoleReference, rules: [PolicyRule])]) {
        var entries: [Entry] = []
        var byResource: [ExactText: [Int]] = [:]
        var withPaths: [Int] = []
        for (origin, rules) in sources {
            for (index, rule) in rules.enumerated() {
                for resource in Set(rule.resources.map { ExactText($0) }) {
                    byResource[resource, default: []].append(entries.count)
                }
                if !rule.nonResourceURLs.isEmpty { withPaths.append(entries.count) }
                entries.append(Entry(origin: origin, index: index, rule: CompiledAccessRule(rule)))
            }
        }
        self.entries = entries
        self.byResource = byResource
        self.withPaths = withPaths
    }

    /// The first rule that allows the action, in the order of the roles and their rules.
    func allowing(_ action: AccessAction) -> Entry? {
        guard action.isResourceRequest else {
            return withPaths.first { entries[$0].rule.allows(pathRequest: action) }.map { entries[$0] }
        }
        // `*/scale` stands for that subresource of every resource, `pods/*` for nothing (rbac.ResourceMatches).
        let texts =
            [action.resourceWithSubresource, "*"] + (action.subresource.isEmpty ? [] : ["*/" + action.subresource])
        let first = texts.compactMap { text in
            byResource[ExactText(text)]?.first { entries[$0].rule.allows(resourceRequest: action) }
        }
        return first.min().map { entries[$0] }
    }
}
