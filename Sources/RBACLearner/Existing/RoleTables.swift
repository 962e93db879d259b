import Domain

/// Roles with their aggregation resolved, indexed when a binding first refers to them.
struct RoleTables {
    private let roles: [RoleKey: Role]
    private let clusterRoles: [Role]
    private var tables: [RoleKey: RuleTable] = [:]
    private lazy var contributors = findContributors()
    private let aggregators: [LabelSelector]

    /// Of several roles with one name the last counts, as when they are applied in turn.
    init(_ list: [Role]) {
        let roles = Dictionary(list.map { (RoleKey($0), $0) }) { $1 }
        let clusterRoles = roles.values.filter(\.isClusterRole).sorted { $0.name < $1.name }
        self.roles = roles
        self.clusterRoles = clusterRoles
        aggregators = clusterRoles.flatMap(\.aggregation)
    }

    func role(_ key: RoleKey) -> Role? { roles[key] }

    /// All of them, sorted.
    var all: [Role] { roles.values.sorted { RoleKey($0) < RoleKey($1) } }

    /// The role's rules; nil if there is no such role.
    mutating func rules(of key: RoleKey) -> RuleTable? {
        if let known = tables[key] { return known }
        guard let role = roles[key] else { return nil }
        let table = RuleTable(sources(of: role))
        tables[key] = table
        return table
    }

    /// True if the role has a label by which others are known to aggregate it (such as
    /// `rbac.authorization.k8s.io/aggregate-to-edit`), and no role here goes by that label.
    func isPartOfUnknown(_ role: Role) -> Bool {
        role.isClusterRole
            && role.labels.contains { key, value in
                key.hasPrefix(Self.aggregationLabel) && value == "true"
                    && !aggregators.contains { $0.isSatisfied(by: [key: value]) }
            }
    }

    private static let aggregationLabel = "rbac.authorization.k8s.io/aggregate-to-"

    /// The role's own rules, and those that the aggregation controller copies into it from others.
    ///
    /// In a live cluster the copies stand in the aggregating role already: they are told by the roles that they come from.
    private mutating func sources(of role: Role) -> [RuleTable.Source] {
        guard !role.aggregation.isEmpty else { return RuleTable.Source.all(of: role) }
        let others = contributing(to: role).flatMap(RuleTable.Source.all)
        let copied = Set(others.map(\.rule))
        return RuleTable.Source.all(of: role).filter { !copied.contains($0.rule) } + others
    }

    private mutating func contributing(to role: Role) -> [Role] {
        guard let start = clusterRoles.firstIndex(where: { $0.name == role.name }) else { return [] }
        var reached: Set<Int> = [start]
        var pending = [start]
        while let next = pending.popLast() {
            for other in contributors[next] ?? [] where reached.insert(other).inserted { pending.append(other) }
        }
        // A role between that aggregates as well holds nothing but copies.
        return reached.subtracting([start]).sorted().map { clusterRoles[$0] }.filter(\.aggregation.isEmpty)
    }

    /// By the number of an aggregating ClusterRole, those that its selectors accept. Few roles aggregate.
    private func findContributors() -> [Int: [Int]] {
        let labelled = clusterRoles.indices.filter { !clusterRoles[$0].labels.isEmpty }
        return clusterRoles.indices.reduce(into: [:]) { found, aggregator in
            let selectors = clusterRoles[aggregator].aggregation
            guard !selectors.isEmpty else { return }
            found[aggregator] = labelled.filter { number in
                number != aggregator && selectors.contains { $0.isSatisfied(by: clusterRoles[number].labels) }
            }
        }
    }
}
