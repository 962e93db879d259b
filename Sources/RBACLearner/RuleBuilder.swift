import Domain

/// Turns the permissions of one scope into few rules that allow exactly these permissions.
///
/// A rule allows the product of its groups, resources, names and verbs. So only what is the same in all other respects
/// shares a rule: first names of a resource with equal verbs, then resources with equal verbs and names, then groups
/// with equal resources.
struct RuleBuilder {
    private struct Target: Hashable {
        let apiGroup: String
        let resource: String
    }

    /// Verbs on names; no names stand for any.
    private struct Shape: Hashable {
        let verbs: [String]
        let names: [String]
    }

    private struct GroupShape: Hashable {
        let apiGroup: String
        let shape: Shape
    }

    private struct Wide: Hashable {
        let resources: [String]
        let shape: Shape
    }

    /// By target and name (empty for any), the verbs.
    private var verbs: [Target: [String: Set<String>]] = [:]
    private var pathVerbs: [String: Set<String>] = [:]
    private var evidence: [AccessAction: [AccessEvidence]] = [:]

    mutating func add(_ permission: AccessAction, _ uses: [String: [AccessEvidence]]) {
        guard permission.isResourceRequest else {
            pathVerbs[permission.path, default: []].insert(permission.verb)
            evidence[permission.withoutScope] = uses[""] ?? []
            return
        }
        let target = Target(apiGroup: permission.apiGroup, resource: permission.resourceWithSubresource)
        for (name, found) in uses {
            verbs[target, default: [:]][name, default: []].insert(permission.verb)
            evidence[permission.renamed(name).withoutScope] = found
        }
    }

    /// The rules in canonical order.
    func rules() -> [LearnedRule] {
        (resourceRules() + pathRules()).map { LearnedRule(rule: $0, evidence: evidence(for: $0)) }
    }

    private func resourceRules() -> [PolicyRule] {
        var byGroup: [GroupShape: [String]] = [:]
        for (target, names) in verbs {
            for shape in Self.shapes(names) {
                byGroup[GroupShape(apiGroup: target.apiGroup, shape: shape), default: []].append(target.resource)
            }
        }
        var wide: [Wide: [String]] = [:]
        for (key, resources) in byGroup {
            wide[Wide(resources: resources.sorted(), shape: key.shape), default: []].append(key.apiGroup)
        }
        let rules = wide.map { key, groups in
            PolicyRule(
                verbs: key.shape.verbs, apiGroups: groups.sorted(), resources: key.resources,
                resourceNames: key.shape.names)
        }
        return rules.sorted { Self.precedes($0, $1) }
    }

    /// One shape for any name, and one for each set of names that have equal verbs.
    private static func shapes(_ names: [String: Set<String>]) -> [Shape] {
        var namesByVerbs: [[String]: [String]] = [:]
        var shapes: [Shape] = []
        for (name, verbs) in names {
            let sorted = verbs.sorted { VerbOrder.precedes($0, $1) }
            if name.isEmpty {
                shapes.append(Shape(verbs: sorted, names: []))
            } else {
                namesByVerbs[sorted, default: []].append(name)
            }
        }
        return shapes + namesByVerbs.map { Shape(verbs: $0.key, names: $0.value.sorted()) }
    }

    private func pathRules() -> [PolicyRule] {
        var byVerbs: [[String]: [String]] = [:]
        for (path, verbs) in pathVerbs {
            byVerbs[verbs.sorted { VerbOrder.precedes($0, $1) }, default: []].append(path)
        }
        return byVerbs.map { PolicyRule(verbs: $0.key, nonResourceURLs: $0.value.sorted()) }
            .sorted { $0.nonResourceURLs.lexicographicallyPrecedes($1.nonResourceURLs) }
    }

    private static func precedes(_ left: PolicyRule, _ right: PolicyRule) -> Bool {
        for list in [\PolicyRule.apiGroups, \.resources, \.resourceNames]
        where left[keyPath: list] != right[keyPath: list] {
            return left[keyPath: list].lexicographicallyPrecedes(right[keyPath: list])
        }
        return left.verbs.lexicographicallyPrecedes(right.verbs, by: VerbOrder.precedes)
    }
}

extension RuleBuilder {
    private func evidence(for rule: PolicyRule) -> [AccessEvidence] {
        var found: [AccessEvidence] = []
        for verb in rule.verbs {
            for path in rule.nonResourceURLs { found += evidence[AccessAction(verb: verb, path: path)] ?? [] }
            for group in rule.apiGroups {
                for resource in rule.resources {
                    for name in rule.resourceNames.isEmpty ? [""] : rule.resourceNames {
                        found += evidence[Self.action(verb, group, resource, name)] ?? []
                    }
                }
            }
        }
        return found.sorted()
    }

    private static func action(_ verb: String, _ group: String, _ resource: String, _ name: String) -> AccessAction {
        let parts = resource.split(separator: "/", maxSplits: 1)
        return AccessAction(
            verb: verb, apiGroup: group, resource: String(parts.first ?? ""),
            subresource: parts.count == 2 ? String(parts[1]) : "", name: name)
    }
}

extension AccessAction {
    /// The same action as one of the whole cluster, or of any one namespace.
    fileprivate var withoutScope: AccessAction { isResourceRequest ? clusterWide : self }
}

/// The order of verbs in a rule: reading, then writing, then others by name.
enum VerbOrder {
    private static let ranks: [String: Int] = [
        "get": 0, "list": 1, "watch": 2, "create": 3, "update": 4, "patch": 5, "delete": 6, "deletecollection": 7,
    ]

    static func precedes(_ left: String, _ right: String) -> Bool {
        (ranks[left] ?? ranks.count, left) < (ranks[right] ?? ranks.count, right)
    }
}
