import Domain
import NetworkLearner
import PolicyEvaluator
import RBACLearner

/// Judges policies and grants by everything that was learned of a cluster.
struct ClusterJudge {
    private let learned: LearnedCluster
    private let parties: PartyDirectory
    private let builtIn: AccessGrants
    private let requests: [Namespace: AccessReplay]

    init(_ learned: LearnedCluster) {
        self.learned = learned
        parties = PartyDirectory(inventory: learned.inventory, observedLabels: learned.network.observedLabels)
        builtIn = AccessReplay.builtInGrants(learned.inventory.grants)
        requests = AccessReplay.byNamespace(learned.access)
    }

    /// Replays what was learned: all of it, or what the items can make a difference to.
    func replay(policies: [NetworkPolicy], grants: AccessGrants, touching items: [ProposedItem]? = nil) -> ReplayReport
    {
        let connections = items.map { LearnedConnections(self.connections($0)) } ?? learned.network.learned
        let requests = AccessReplay(learned.access, titles: items.map { Set($0.map { ExactText($0.title) }) })
        let network = NetworkReplay(parties: parties).run(connections, policies: policies)
        let access = requests.denied(by: builtIn + grants)
        let denied = network.denied.map { denied in
            ReplayReport.Denied(what: denied.connection.text, by: denied.by)
        }
        return ReplayReport(observed: connections.count + requests.count, denied: denied + access)
    }

    /// Replays requests that were learned against grants alone: those of a namespace, to which nothing in others makes a
    /// difference; or all of them, for the cluster scope.
    func replay(of grants: AccessGrants, in namespace: Namespace) -> ReplayReport {
        let wanted =
            namespace == .clusterScope
            ? AccessReplay(learned.access, titles: nil) : requests[namespace] ?? .nothing
        let inside = namespace == .clusterScope ? grants : grants.reaching(namespace)
        return ReplayReport(observed: wanted.count, denied: wanted.denied(by: builtIn + inside))
    }

    /// The connections with an end in a namespace that a policy of the items lies in: policies select nothing else.
    private func connections(_ items: [ProposedItem]) -> [LearnedConnection] {
        let namespaces = Set(items.flatMap(\.policies).map(\.namespace))
        return learned.network.learned.filter { connection in
            [connection.source, connection.destination].contains { party in
                party.workload.map { namespaces.contains($0.namespace) } ?? false
            }
        }
    }

    /// What the policies allow of these workloads that was never observed.
    func slack(of workloads: Set<WorkloadID>, policies: [NetworkPolicy]) -> NetworkSlackReport {
        guard !workloads.isEmpty else { return .none }
        return NetworkReplay.slack(
            of: workloads, learned: learned.network.learned, policies: policies, parties: parties)
    }
}

extension AccessGrants {
    /// What can allow a request in a namespace.
    fileprivate func reaching(_ namespace: Namespace) -> AccessGrants {
        AccessGrants(
            roles: roles.filter { $0.isClusterRole || $0.namespace == namespace },
            bindings: bindings.filter { $0.isClusterRoleBinding || $0.namespace == namespace })
    }

    static func + (left: AccessGrants, right: AccessGrants) -> AccessGrants {
        AccessGrants(roles: left.roles + right.roles, bindings: left.bindings + right.bindings)
    }
}
