import Domain

/// What runs as each service account, here and soon.
struct AccountWorkloads: Sendable {
    private let running: [Subject: [Workload]]
    /// What a repository has and the cluster has not.
    private let declared: [Subject: [Workload]]
    private let areKnown: Bool

    init(_ inventory: ClusterInventory) {
        let known = Set(inventory.workloads.map(\.id))
        running = Dictionary(grouping: inventory.workloads, by: \.account)
        declared = Dictionary(
            grouping: inventory.repositoryWorkloads.filter { !known.contains($0.id) }, by: \.account)
        areKnown = !inventory.workloads.isEmpty
    }

    /// The cluster's workloads that run as the account.
    func live(_ account: Subject) -> [Workload] { running[account] ?? [] }

    /// What makes it impossible to say when the account would be at work, each in words; nothing for users and groups.
    func doubts(about account: Subject) -> [String] {
        guard account.kind == .serviceAccount else { return [] }
        // Every cluster has workloads: without any, they were not observed, and their schedules are not known.
        guard areKnown else {
            return ["no workloads were observed, so that it is not known when \(account) is at work"]
        }
        let coming = Set((declared[account] ?? []).map(\.id)).sorted()
        return coming.map { "\($0) is in the repository, and not in the cluster yet" }
    }
}

extension Workload {
    /// The account that its pods run as.
    var account: Subject { Subject(kind: .serviceAccount, namespace: id.namespace, name: serviceAccount) }
}
