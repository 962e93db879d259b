import Configuration
import Domain

/// What one scope is to propose.
struct ScopeEntry {
    let scope: ProposalScope
    let items: [ProposedItem]
}

/// The scopes of one run: what is mature enough.
struct ScopeList {
    let settings: Settings.Proposals
    let learned: LearnedCluster

    /// Sorted by scope.
    ///
    /// - Parameter only: the key of the only scope that is wanted; throws if there is none of that key.
    func entries(only: String?) throws -> [ScopeEntry] {
        let all = try learnedScopes()
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
            return isWantedKind && item.maturity >= settings.minimumMaturity
        }
        let grouping = ProposalScope.Grouping(rawValue: settings.groupBy.rawValue) ?? .namespace
        return ProposalScope.group(wanted, by: grouping).map { ScopeEntry(scope: $0.scope, items: $0.items) }
    }
}
