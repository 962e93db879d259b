import AppConfiguration
import Domain

/// What one scope is to propose, or why it cannot yet.
struct ScopeEntry {
    let scope: ProposalScope
    let items: [ProposedItem]
    /// What is to go; nil where something is to be added.
    var removals: [Removal]?
    /// What is in the way; empty where the items are proposed.
    var obstacles: [String] = []
}

/// The scopes of one run: what is mature enough, and the default-deny of namespaces where it is wanted.
struct ScopeList {
    let settings: Settings.Proposals
    let learned: LearnedCluster
    let base: RepositoryObjects
    /// What may be taken away; nil where no removal is wanted, or nothing can be said about what is unused.
    let removal: RemovalList?
    /// True if the scope was proposed earlier and is not merged.
    let isProposed: (ProposalScope) throws -> Bool

    /// Sorted by scope.
    ///
    /// - Parameter only: the key of the only scope that is wanted; throws if there is none of that key.
    func entries(only: String?) throws -> [ScopeEntry] {
        let all = try learnedScopes() + closingScopes() + removingScopes()
        let entries = all.filter { only == nil || $0.scope.key == only }.sorted { $0.scope < $1.scope }
        if let only, entries.isEmpty {
            throw EngineError(
                code: .notFound, message: "nothing is ready to be proposed for scope '\(only)'",
                hint: "`leastwise preview` shows maturities; proposals.minimumMaturity is "
                    + settings.minimumMaturity.rawValue)
        }
        return entries
    }

    private func learnedScopes() throws -> [ScopeEntry] {
        let wanted = try ItemList.all(learned).filter { item in
            let isWantedKind = item.kind == .network ? settings.proposesNetwork : settings.proposesAccess
            // What has a role of its own gets no second one: that role is narrowed where it stands.
            return isWantedKind && item.maturity >= settings.minimumMaturity
                && removal?.hasOwnRoles(item) != true
        }
        let grouping = ProposalScope.Grouping(rawValue: settings.groupBy.rawValue) ?? .namespace
        return ProposalScope.group(wanted, by: grouping).map { ScopeEntry(scope: $0.scope, items: $0.items) }
    }

    /// Apart from what was learned, however that is grouped: people merge it at another time.
    private func closingScopes() -> [ScopeEntry] {
        guard settings.namespaceDefaultDeny, settings.proposesNetwork else { return [] }
        return DefaultDeny(learned, base: base, minimumMaturity: settings.minimumMaturity).outcomes().map {
            ScopeEntry(
                scope: .defaultDeny(of: $0.namespace), items: $0.item.map { [$0] } ?? [], obstacles: $0.obstacles)
        }
    }

    /// Scopes of which something goes, and those of which something was proposed to go earlier and is used by now.
    private func removingScopes() throws -> [ScopeEntry] {
        let wanted = Dictionary(
            RemovalPlanner.scopes(of: removal?.removals() ?? []).map { ($0.scope, $0.removals) }
        ) { first, _ in first }
        // Whose roles have left the repository since may still be in the cluster.
        let grants = base.grants + learned.inventory.grants
        let namespaces = Set(grants.roles.map(\.namespace) + grants.bindings.map(\.namespace) + [.clusterScope])
        let earlier = try namespaces.map(ProposalScope.removals).filter { try wanted[$0] == nil && isProposed($0) }
        return wanted.map { ScopeEntry(scope: $0.key, items: [], removals: $0.value) }
            + earlier.map { ScopeEntry(scope: $0, items: [], removals: []) }
    }
}
