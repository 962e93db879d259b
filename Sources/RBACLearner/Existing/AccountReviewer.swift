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
            for subject in binding.subjects {
                let subject = subject.resolved(in: binding.namespace)
                let account = Subject(userName: subject.userName)
                guard subject.kind != .group, account.kind == .serviceAccount else { continue }
                named[account, default: []].insert(BindingKey(binding))
            }
        }
        let workloads = Dictionary(grouping: observations.inventory.workloads) {
            Subject(kind: .serviceAccount, namespace: $0.id.namespace, name: $0.serviceAccount)
        }
        let suspects = named.keys.filter { $0.name == "default" || (workloads[$0]?.count ?? 0) > 1 }
        return suspects.sorted().map { account in
            ReviewedAccount(
                account: account,
                workloads: (workloads[account] ?? []).map(\.id).sorted().map { .init(id: $0, actions: []) },
                bindings: (named[account] ?? []).sorted())
        }
    }
}
