import Domain

/// Finds service accounts that are no workload's own.
struct AccountReviewer {
    private let users: AccountUsers

    init(_ observations: AccessObservations) {
        users = AccountUsers(observations)
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
        return named.sorted { $0.key < $1.key }.filter { users.isShared($0.key) }.map { account, bindings in
            ReviewedAccount(account: account, parts: users.parts(of: account), bindings: bindings.sorted())
        }
    }
}
