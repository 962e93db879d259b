import Domain

/// Finds service accounts that are no workload's own.
struct AccountReviewer {
    private let observations: AccessObservations

    init(_ observations: AccessObservations) {
        self.observations = observations
    }

    /// Accounts of several workloads, and default ones that have grants; sorted.
    ///
    /// Only those that a binding names: an account without rights of its own shares none.
    func accounts(bindings: [RoleBinding]) -> [ReviewedAccount] {
        var named: [Subject: Set<BindingKey>] = [:]
        for binding in bindings where !DefaultGrants.isDefault(binding.labels) {
            for subject in binding.resolvedSubjects {
                let account = Subject(userName: subject.userName)
                guard subject.kind != .group, account.kind == .serviceAccount else { continue }
                named[account, default: []].insert(BindingKey(binding))
            }
        }
        let workloads = Dictionary(grouping: observations.inventory.workloads, by: \.account)
        let callers = callers(of: Set(named.keys))
        return named.keys.sorted().compactMap { account in
            let declared = (workloads[account] ?? []).map(\.id)
            let parts = Self.parts(declared, callers[account] ?? [:])
            guard account.name == "default" || parts.count > 1 else { return nil }
            return ReviewedAccount(account: account, parts: parts, bindings: (named[account] ?? []).sorted())
        }
    }

    /// By account and the pods' owner, as far as their names tell it, what was asked for.
    private func callers(of accounts: Set<Subject>) -> [Subject: [ExactText: Set<AccessAction>]] {
        var callers: [Subject: [ExactText: Set<AccessAction>]] = [:]
        for (edge, fact) in observations.edges
        where edge.decision != .denied && edge.cluster == observations.cluster && accounts.contains(edge.subject) {
            for name in fact.callers.names {
                callers[edge.subject, default: [:]][ExactText(name), default: []].insert(edge.action.renamed(""))
            }
        }
        return callers
    }

    /// A part for each declared workload, and one for each owner of pods that is none of them.
    private static func parts(
        _ declared: [WorkloadID], _ callers: [ExactText: Set<AccessAction>]
    ) -> [ReviewedAccount.Part] {
        let names = Set(declared.map { ExactText($0.name) })
        let known = declared.sorted().map { id in
            ReviewedAccount.Part(user: id.description, actions: (callers[ExactText(id.name)] ?? []).sorted())
        }
        let others = callers.filter { !names.contains($0.key) }.sorted { $0.key < $1.key }
        return known + others.map { ReviewedAccount.Part(user: "pods \($0.key)-...", actions: $0.value.sorted()) }
    }
}
