/// The smallest piece of a PolicyRule: one verb on one target.
struct GrantCell: Hashable, Sendable {
    let verb: String
    let target: Target

    enum Target: Hashable, Sendable {
        /// `name` is nil for every one.
        case resource(group: String, pattern: ResourcePattern, name: String?)
        case path(PathPattern)
    }

    /// The cells of a rule; nil if they are more than that.
    static func cells(of rule: PolicyRule, atMost limit: Int) -> [GrantCell]? {
        let names: [String?] = rule.resourceNames.isEmpty ? [nil] : rule.resourceNames
        let counts = [rule.apiGroups.count, rule.resources.count, names.count, rule.verbs.count]
        // Each is limited first, so that their product stays a number.
        let isSmall = counts.allSatisfy { $0 <= limit } && rule.verbs.count * rule.nonResourceURLs.count <= limit
        guard isSmall, counts.reduce(1, { min($0, limit + 1) * $1 }) <= limit else { return nil }
        let onResources = rule.apiGroups.flatMap { group in
            rule.resources.flatMap { resource in
                names.map { Target.resource(group: group, pattern: ResourcePattern(resource), name: $0) }
            }
        }
        let targets = onResources + rule.nonResourceURLs.map { .path(PathPattern($0)) }
        return targets.flatMap { target in rule.verbs.map { GrantCell(verb: $0, target: target) } }
    }

    func requests(in namespace: Namespace?) -> AuditedRequests {
        switch target {
        case .path(let path): AuditedRequests(verb: verb, target: .path(path))
        case .resource(let group, let pattern, let name):
            AuditedRequests(
                verb: verb, target: .resource(group: group, pattern: pattern, namespace: namespace, name: name))
        }
    }

    /// True if the cell, or a wider one, is among these.
    func isCovered(by cells: Set<GrantCell>) -> Bool { cells.contains(self) || isRedundant(in: cells) }

    private func isRedundant(in cells: Set<GrantCell>) -> Bool {
        Set([verb, "*"]).contains { verb in
            target.widenings.contains { target in
                let wider = GrantCell(verb: verb, target: target)
                return wider != self && cells.contains(wider)
            }
        }
    }

    /// The rules that grant these cells, joined where they differ in one list, in one order whatever theirs.
    static func rules(_ cells: Set<GrantCell>) -> [PolicyRule] {
        var onPaths: [String: Set<String>] = [:]
        var onResources: [ResourceKey: Set<String>] = [:]
        for cell in cells where !cell.isRedundant(in: cells) {
            switch cell.target {
            case .path(let path): onPaths[path.pattern, default: []].insert(cell.verb)
            case .resource(let group, let pattern, let name):
                onResources[ResourceKey(group: group, resource: pattern.text, name: name), default: []].insert(
                    cell.verb)
            }
        }
        var paths: [Set<String>: [String]] = [:]
        for (path, verbs) in onPaths { paths[verbs, default: []].append(path) }
        let pathRules = paths.map { PolicyRule(verbs: $0.sorted(), nonResourceURLs: $1.sorted()) }
        return rules(onResources)
            + pathRules.sorted { $0.nonResourceURLs.lexicographicallyPrecedes($1.nonResourceURLs) }
    }

    private struct ResourceKey: Hashable {
        let group: String
        let resource: String
        let name: String?
    }

    private struct NameKey: Hashable {
        let group: String
        let name: String?
        let verbs: Set<String>
    }

    private struct RuleKey: Hashable {
        let rule: PolicyRule
        let isNamed: Bool
    }

    private static func rules(_ verbs: [ResourceKey: Set<String>]) -> [PolicyRule] {
        var resources: [NameKey: Set<String>] = [:]
        for (key, verbs) in verbs {
            resources[NameKey(group: key.group, name: key.name, verbs: verbs), default: []].insert(key.resource)
        }
        var names: [RuleKey: Set<String>] = [:]
        for (key, resources) in resources {
            let rule = PolicyRule(verbs: key.verbs.sorted(), apiGroups: [key.group], resources: resources.sorted())
            // A rule for every name has none, and must not join those for some.
            names[RuleKey(rule: rule, isNamed: key.name != nil), default: []].formUnion(key.name.map { [$0] } ?? [])
        }
        let rules = names.map { key, names in
            var rule = key.rule
            rule.resourceNames = names.sorted()
            return rule
        }
        return rules.sorted { $0.sortKey.lexicographicallyPrecedes($1.sortKey) }
    }
}

extension GrantCell.Target {
    /// The target itself and those that RBAC takes it to be in (`ResourceMatches`, k8s.io/kubernetes,
    /// pkg/apis/rbac/v1/evaluation_helpers.go). A path's wider patterns are not looked for.
    fileprivate var widenings: [GrantCell.Target] {
        guard case .resource(let group, let pattern, let name) = self else { return [self] }
        var patterns = [pattern, ResourcePattern("*")]
        if let subresource = pattern.subresource, !subresource.isEmpty {
            patterns.append(ResourcePattern("*/\(subresource)"))
        }
        return Set([group, "*"]).flatMap { group in
            patterns.flatMap { pattern in
                Set([name, nil]).map { .resource(group: group, pattern: pattern, name: $0) }
            }
        }
    }
}

extension PolicyRule {
    /// Words of which the order is that of the rules.
    fileprivate var sortKey: [String] { apiGroups + [""] + resources + [""] + resourceNames + [""] + verbs }
}
