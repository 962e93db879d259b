package import Domain
import Rendering

extension ProposedItem {
    /// The item of one workload's network policy; nil if no direction was learned.
    package init?(_ policy: WorkloadPolicy, names: PeerNames) {
        guard policy.ingress != nil || policy.egress != nil else { return nil }
        let ingress = (policy.ingress?.rules ?? []).map { Self.review($0, "from", policy.workload.namespace, names) }
        let egress = (policy.egress?.rules ?? []).map { Self.review($0, "to", policy.workload.namespace, names) }
        self.init(
            kind: .network, title: policy.workload.description, namespace: policy.workload.namespace,
            fileName: "networkpolicy-\(policy.manifestName.dropFirst("leastwise-".count)).yaml",
            policies: [policy.manifest], grants: AccessGrants(), maturity: policy.maturity, days: policy.days,
            rules: Self.closed(policy) + ingress + egress, warnings: Self.warnings(policy),
            uncovered: policy.heldBack.filter(\.reason.needsAttention).map(\.text), workloads: [policy.workload],
            comment: Self.comment(policy.workload.description))
        standing = policy.standing
    }

    private static func review(_ rule: NetworkRule, _ direction: String, _ home: Namespace, _ names: PeerNames)
        -> ReviewRule
    {
        ReviewRule(
            direction: direction, peers: rule.peers.map { names.text($0, home) },
            ports: rule.ports.map(\.description), evidence: rule.evidence)
    }

    /// A line for incoming traffic that is closed.
    private static func closed(_ policy: WorkloadPolicy) -> [ReviewRule] {
        guard policy.ingress?.closed != nil else { return [] }
        return [ReviewRule(direction: "from", peers: ["nobody"], ports: [], evidence: EvidenceList([]))]
    }

    private static func warnings(_ policy: WorkloadPolicy) -> [String] {
        var warnings: [String] = []
        if let closed = policy.ingress?.closed { warnings.append("incoming traffic is closed: \(closed.rawValue)") }
        if policy.ingress == nil { warnings.append("nobody was seen to connect to it: incoming traffic stays open") }
        if policy.egress == nil { warnings.append("it was not seen to connect anywhere: outgoing traffic stays open") }
        let unseen = ((policy.ingress?.rules ?? []) + (policy.egress?.rules ?? [])).reduce(0) {
            $0 + $1.unseenAddresses
        }
        if unseen > 0 {
            warnings.append("its outside ranges hold \(Int(min(unseen, 1e15))) addresses that were never seen")
        }
        let attention = policy.heldBack.filter(\.reason.needsAttention)
        for (reason, held) in Dictionary(grouping: attention, by: \.reason).sorted(by: {
            $0.key.rawValue < $1.key.rawValue
        }) {
            let total = held.reduce(0) { $0 + $1.count }
            warnings.append("\(held.count) observed edges (\(total) records) are not covered: \(reason.rawValue)")
        }
        return warnings
    }
}

extension HeldBackConnection {
    /// What, how often, and why not.
    package var text: String { "\(what), seen \(count) times: \(reason.rawValue)" }
}
