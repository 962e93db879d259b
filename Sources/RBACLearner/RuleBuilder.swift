import Domain

/// Turns the permissions of one scope into few rules that allow exactly these permissions.
///
/// A rule allows the product of its groups, resources, names and verbs. So only what is the same in all other respects
/// shares a rule: first names of a resource with equal verbs, then resources with equal verbs and names, then groups
/// with equal resources.
struct RuleBuilder {
    private struct Target: Hashable {
        let apiGroup: ExactText
        let resource: ExactText
    }

    /// Verbs on names; no names stand for any.
    private struct Shape: Hashable {
        let verbs: [ExactText]
        let names: [ExactText]
    }

    private struct GroupShape: Hashable {
        let apiGroup: ExactText
        let shape: Shape
    }

    private struct Wide: Hashable {
        let resources: [ExactText]
        let shape: Shape
    }

    /// By target and name (empty for any), the verbs.
    private var verbs: [Target: [ExactText: Set<ExactText>]] = [:]
    private var pathVerbs: [ExactText: Set<ExactText>] = [:]
    private var evidence: [AccessAction: [AccessEvidence]] = [:]

    mutating func add(_ permission: AccessAction, _ uses: [ExactText: [AccessEvidence]]) {
        let verb = ExactText(permission.verb)
        guard permission.isResourceRequest else {
            pathVerbs[ExactText(permission.path), default: []].insert(verb)
            evidence[permission.withoutScope] = uses[""] ?? []
            return
        }
        let target = Target(
            apiGroup: ExactText(permission.apiGroup), resource: ExactText(permission.resourceWithSubresource))
        for (name, found) in uses {
            verbs[target, default: [:]][name, default: []].insert(verb)
            evidence[permission.renamed(name.text).withoutScope] = found
        }
    }

    /// The rules in canonical order.
    func rules() -> [LearnedRule] {
        (resourceRules() + pathRules()).map { LearnedRule(rule: $0, evidence: evidence(for: $0)) }
    }

    private func resourceRules() -> [PolicyRule] {
        var byGroup: [GroupShape: [ExactText]] = [:]
        for (target, names) in verbs {
            for shape in Self.shapes(names) {
                byGroup[GroupShape(apiGroup: target.apiGroup, shape: shape), default: []].append(target.resource)
            }
        }
        var wide: [Wide: [ExactText]] = [:]
        for (key, resources) in byGroup {
            wide[Wide(resources: resources.sorted(), shape: key.shape), default: []].append(key.apiGroup)
        }
        let rules = wide.map { key, groups in
            PolicyRule(
                verbs: key.shape.verbs.map(\.text), apiGroups: groups.sorted().map(\.text),
                resources: key.resources.map(\.text), resourceNames: key.shape.names.map(\.text))
        }
        return rules.sorted { Self.precedes($0, $1) }
    }

    /// One shape for any name, and one for each set of names that have equal verbs.
    private static func shapes(_ names: [ExactText: Set<ExactText>]) -> [Shape] {
        var namesByVerbs: [[ExactText]: [ExactText]] = [:]
        var shapes: [Shape] = []
        for (name, verbs) in names {
            let sorted = verbs.sorted { VerbOrder.precedes($0.text, $1.text) }
            if name.text.isEmpty {
                shapes.append(Shape(verbs: sorted, names: []))
            } else {
                namesByVerbs[sorted, default: []].append(name)
            }
        }
        return shapes + namesByVerbs.map { Shape(verbs: $0.key, names: $0.value.sorted()) }
    }

    private func pathRules() -> [PolicyRule] {
        var byVerbs: [[ExactText]: [ExactText]] = [:]
        for (path, verbs) in pathVerbs {
            byVerbs[verbs.sorted { VerbOrder.precedes($0.text, $1.text) }, default: []].append(path)
        }
        let sorted = byVerbs.map { (verbs: $0.key, paths: $0.value.sorted()) }.sorted {
            $0.paths.lexicographicallyPrecedes($1.paths)
        }
        return sorted.map { PolicyRule(verbs: $0.verbs.map(\.text), nonResourceURLs: $0.paths.map(\.text)) }
    }

    private static func precedes(_ left: PolicyRule, _ right: PolicyRule) -> Bool {
        for list in [\PolicyRule.apiGroups, \.resources, \.resourceNames]
        where !left[keyPath: list].hasSameBytes(as: right[keyPath: list]) {
            return left[keyPath: list].lexicographicallyPrecedes(right[keyPath: list]) { ExactText($0) < ExactText($1) }
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
        (ranks[left] ?? ranks.count, ExactText(left)) < (ranks[right] ?? ranks.count, ExactText(right))
    }
}
