import Domain

/// Turns a grantee's permissions into roles: one for the cluster, one for each namespace or each set of namespaces that
/// need exactly the same.
struct RoleBuilder {
    private var scopes: [Namespace: RuleBuilder] = [:]

    init(_ table: PermissionTable) {
        for permission in table.cells.keys {
            scopes[permission.namespace, default: RuleBuilder()].add(permission, table.evidence(permission))
        }
    }

    /// The cluster's role first, then by namespace.
    func roles() -> [LearnedRole] {
        let rules = scopes.mapValues { $0.rules() }
        var namespaces: [[PolicyRule]: [Namespace]] = [:]
        for (namespace, rules) in rules where namespace != .clusterScope {
            namespaces[rules.map(\.rule), default: []].append(namespace)
        }
        let cluster = rules[.clusterScope].map { LearnedRole(scope: .cluster, rules: $0) }
        let sorted = namespaces.values.map { $0.sorted() }.sorted { $0.lexicographicallyPrecedes($1) }
        return [cluster].compactMap { $0 }
            + sorted.map { group in
                LearnedRole(scope: .namespaces(group), rules: Self.joined(group.compactMap { rules[$0] }))
            }
    }

    /// Equal rules as one list, with the evidence of all.
    private static func joined(_ lists: [[LearnedRule]]) -> [LearnedRule] {
        guard let first = lists.first, lists.count > 1 else { return lists.first ?? [] }
        return first.indices.map { index in
            LearnedRule(rule: first[index].rule, evidence: lists.flatMap { $0[index].evidence }.sorted())
        }
    }
}
