package import Domain

/// A Role's or ClusterRole's identity.
package struct RoleReference: Hashable, Sendable, CustomStringConvertible {
    /// The cluster scope for a ClusterRole.
    @Exact package private(set) var namespace: Namespace
    @Exact package private(set) var name: String

    package init(namespace: Namespace, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// `ClusterRole name` or `Role namespace/name`.
    package var description: String {
        namespace == .clusterScope ? "ClusterRole \(name)" : "Role \(namespace)/\(name)"
    }
}

/// Roles with their aggregation resolved, compiled when a binding first refers to them.
struct RoleTable {
    private let roles: [RoleReference: Role]
    private let clusterRoles: [Role]
    /// By name, the position in `clusterRoles`.
    private let numbers: [ExactText: Int]
    /// Who aggregates: a ClusterRole's labels -> numbers of the ClusterRoles whose selectors accept them.
    private let aggregators: SelectorIndex
    private var compiled: [RoleReference: CompiledRole] = [:]
    private lazy var contributors = findContributors()

    /// Of several roles with one name the last counts, as when they are applied in turn.
    init(_ list: [Role]) {
        let roles = Dictionary(list.map { (RoleReference(namespace: $0.namespace, name: $0.name), $0) }) { $1 }
        let clusterRoles = roles.values.filter(\.isClusterRole).sorted { ExactText($0.name) < ExactText($1.name) }
        self.roles = roles
        self.clusterRoles = clusterRoles
        numbers = Dictionary(clusterRoles.enumerated().map { (ExactText($1.name), $0) }) { $1 }
        aggregators = SelectorIndex(
            clusterRoles.enumerated().flatMap { number, role in role.aggregation.map { ($0, number) } })
    }

    /// The compiled role; nil if there is none of that name.
    mutating func role(_ reference: RoleReference) -> CompiledRole? {
        if let known = compiled[reference] { return known }
        guard let role = roles[reference] else { return nil }
        let sources = role.aggregation.isEmpty ? [role] : contributing(to: role)
        let result = CompiledRole(
            sources.map { (RoleReference(namespace: $0.namespace, name: $0.name), $0.rules) })
        compiled[reference] = result
        return result
    }

    /// The ClusterRoles whose rules the aggregation controller ends up copying: selected ones, the ones that these
    /// select, and so on; by name.
    ///
    /// What is written into an aggregating role counts nowhere, not even in a circle of such roles, where it depends on
    /// the controller's timing whether it survives (k8s.io/kubernetes, pkg/controller/clusterroleaggregation).
    private mutating func contributing(to role: Role) -> [Role] {
        guard let start = numbers[ExactText(role.name)] else { return [] }
        var reached: Set<Int> = [start]
        var pending = [start]
        while let next = pending.popLast() {
            for other in contributors[next] ?? [] where reached.insert(other).inserted { pending.append(other) }
        }
        return reached.sorted().map { clusterRoles[$0] }.filter(\.aggregation.isEmpty)
    }

    private func findContributors() -> [Int: [Int]] {
        clusterRoles.indices.reduce(into: [:]) { found, number in
            for aggregator in aggregators.matches(clusterRoles[number].labels) where aggregator != number {
                found[aggregator, default: []].append(number)
            }
        }
    }
}
