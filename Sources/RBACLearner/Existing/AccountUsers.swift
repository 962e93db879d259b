package import Domain

/// Which workloads run as each service account, and what the pods of each asked for.
package struct AccountUsers: Sendable {
    private let workloads: AccountWorkloads
    /// By account and the pods' owner, as far as their names tell it: permissions without names.
    private let callers: [Subject: [ExactText: Set<AccessAction>]]

    package init(_ observations: AccessObservations) {
        workloads = AccountWorkloads(observations.inventory)
        var callers: [Subject: [ExactText: Set<AccessAction>]] = [:]
        for (edge, fact) in observations.edges
        where edge.decision != .denied && edge.cluster == observations.cluster {
            for name in fact.callers.names {
                callers[edge.subject, default: [:]][ExactText(name), default: []].insert(edge.action.renamed(""))
            }
        }
        self.callers = callers
    }

    /// The declared workloads that run as the account.
    package func workloads(of account: Subject) -> [Workload] { workloads.live(account) }

    /// A part for each declared workload, and one for each owner of pods that is none of them; sorted, declared ones first.
    package func parts(of account: Subject) -> [ReviewedAccount.Part] {
        let declared = workloads(of: account).map(\.id).sorted()
        let callers = callers[account] ?? [:]
        let names = Set(declared.map { ExactText($0.name) })
        let known = declared.map { id in
            ReviewedAccount.Part(user: id.description, actions: (callers[ExactText(id.name)] ?? []).sorted())
        }
        let others = callers.filter { !names.contains($0.key) }.sorted { $0.key < $1.key }
        return known + others.map { ReviewedAccount.Part(user: "pods \($0.key)-...", actions: $0.value.sorted()) }
    }

    /// True for an account that is no workload's own: several share it, or it is the default one.
    package func isShared(_ account: Subject) -> Bool {
        account.kind == .serviceAccount && (account.name == "default" || parts(of: account).count > 1)
    }
}
