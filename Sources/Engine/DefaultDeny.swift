import Domain
import Layout
import NetworkLearner

/// Closes namespaces to everything that no other policy allows, so that a new pod is closed until it is learned.
///
/// Only where each workload has policies of both directions in the repository already: then nothing that runs notices.
/// The empty pod selector means every pod of the namespace here, as it is meant nowhere else.
struct DefaultDeny {
    static let name = "default-deny"
    private static let fileName = "networkpolicy-default-deny.yaml"

    private let learned: LearnedCluster
    private let base: RepositoryObjects
    private let minimumMaturity: Maturity
    private let policies: [WorkloadID: WorkloadPolicy]
    private let workloads: [Namespace: Set<WorkloadID>]

    init(_ learned: LearnedCluster, base: RepositoryObjects, minimumMaturity: Maturity) {
        self.learned = learned
        self.base = base
        self.minimumMaturity = minimumMaturity
        policies = Dictionary(learned.network.policies.map { ($0.workload, $0) }) { first, _ in first }
        let selectable = (learned.inventory.workloads + base.declarations.workloads).filter { !$0.hostNetwork }
        workloads = Dictionary(grouping: selectable.map(\.id), by: \.namespace).mapValues { Set($0) }
    }

    /// What one namespace came to.
    struct Outcome {
        let namespace: Namespace
        /// Nil where something is in the way.
        let item: ProposedItem?
        /// What is in the way, each with its workload.
        let obstacles: [String]
    }

    /// The namespaces for which a policy was learned and that people did not close themselves, sorted.
    func outcomes() -> [Outcome] {
        Set(policies.keys.map(\.namespace)).sorted().compactMap(outcome)
    }

    /// Nil where there is nothing to say: people closed the namespace, or merged what closes it.
    private func outcome(_ namespace: Namespace) -> Outcome? {
        guard !isClosedByPeople(namespace) else { return nil }
        let ids = (workloads[namespace] ?? []).sorted()
        let own = ids.compactMap { policies[$0] }
        let obstacles = obstacles(ids)
        guard obstacles.isEmpty, let dialect = own.first?.dialect else {
            return isMerged(namespace) ? nil : Outcome(namespace: namespace, item: nil, obstacles: obstacles)
        }
        let policy = Self.policy(namespace, dialect)
        if let present = base.policy(like: policy), present.dialect == dialect, !present.isGenerated {
            let taken = "the repository has a policy \(namespace)/\(Self.name) that Leastwise did not write"
            return Outcome(namespace: namespace, item: nil, obstacles: [taken])
        }
        return Outcome(namespace: namespace, item: Self.item(policy, own), obstacles: [])
    }

    private func isMerged(_ namespace: Namespace) -> Bool {
        base.policies.contains { $0.namespace == namespace && $0.name == Self.name && $0.isGenerated }
    }

    /// True if policies that people wrote isolate all pods in both directions: then there is nothing to add.
    private func isClosedByPeople(_ namespace: Namespace) -> Bool {
        let general = base.policies.filter {
            $0.namespace == namespace && $0.podSelector.isEmpty && $0.dialect != .calicoStaged && !$0.isGenerated
        }
        return Set(general.flatMap(\.isolatedDirections)).count == NetworkPolicy.PolicyType.allCases.count
    }
}

// MARK: - Conditions

extension DefaultDeny {
    /// What is in the way of closing a namespace with these workloads.
    private func obstacles(_ ids: [WorkloadID]) -> [String] {
        guard !ids.isEmpty else { return ["no objects of it were observed, so that its workloads are not known"] }
        return ids.compactMap { id in obstacle(id).map { "\(id): \($0)" } }
    }

    /// Why a workload would lose connections, or might; nil if nothing changes for it.
    private func obstacle(_ id: WorkloadID) -> String? {
        guard let policy = policies[id] else {
            return learned.network.refused.first { $0.workload == id }?.advice ?? "no policy was learned for it"
        }
        if policy.maturity < minimumMaturity { return "it is \(policy.maturity.rawValue)" }
        if policy.ingress == nil { return "its incoming traffic stays open, since nobody was seen to connect to it" }
        if policy.egress == nil {
            return "its outgoing traffic stays open, since it was not seen to connect anywhere"
        }
        let wanted = policy.manifest
        guard let present = base.policy(like: wanted), present.dialect == wanted.dialect else {
            return "its policy is not in the repository yet"
        }
        return Self.covers(present, wanted) ? nil : "what was learned of it since is not in the repository yet"
    }

    /// True if a policy of the repository isolates the same pods in both directions, and allows them all that was learned.
    private static func covers(_ present: NetworkPolicy, _ wanted: NetworkPolicy) -> Bool {
        present.podSelector == wanted.podSelector && present.isolatedDirections == wanted.isolatedDirections
            && KeptRules.merge(present, keeping: wanted).kept == 0
    }
}

// MARK: - The proposal

extension DefaultDeny {
    private static func policy(_ namespace: Namespace, _ dialect: PolicyDialect) -> NetworkPolicy {
        NetworkPolicy(
            dialect: dialect, namespace: namespace, name: name, labels: GeneratedName.labels,
            podSelector: LabelSelector(), policyTypes: NetworkPolicy.PolicyType.allCases)
    }

    private static func item(_ policy: NetworkPolicy, _ own: [WorkloadPolicy]) -> ProposedItem {
        let closed = ["from", "to"].map {
            ReviewRule(direction: $0, peers: ["nobody"], ports: [], evidence: EvidenceList([]))
        }
        return ProposedItem(
            kind: .network, title: "\(policy.namespace)/\(name)", namespace: policy.namespace, fileName: fileName,
            policies: [policy], grants: AccessGrants(), maturity: own.map(\.maturity).min() ?? .learning,
            days: own.map(\.days).min() ?? 0, rules: closed,
            warnings: [
                "from then on a pod that no other policy selects is cut off, such as those of a new workload",
                "its \(own.count) known workloads have policies of their own; what only a template declares is not known",
            ], uncovered: [], workloads: own.map(\.workload),
            comment: "Proposed by Leastwise, since each workload of this namespace has a policy of its own.")
    }
}
