import Domain

/// What a policy set says about all pods of one namespace with the same labels; computed once for them.
///
/// A class, so that the many look-ups share one value.
final class SelectedPod {
    /// The pod peers that hold it, ascending.
    let peers: [Int]
    let ingress: Isolation
    let egress: Isolation

    /// The rules for one direction of a pod.
    struct Isolation {
        /// Policies that isolate the pod in this direction. None: everything passes.
        let policies: [Int]
        let references: [PolicyReference]
        /// Those of them whose dialect says what becomes of ICMP.
        let decidingICMP: [PolicyReference]
        /// Rules for everybody.
        let open: [Int]
        /// The other rules, by peer.
        let byPeer: [Int: [Int]]
    }

    init(labels: Labels, namespace: Namespace, namespaceGroups: [Int], table: PolicyTable) {
        peers = table.peers.pods(in: namespace, groups: namespaceGroups, labels: labels)
        let selecting = table.selecting(labels, in: namespace)
        ingress = Self.isolation(.ingress, by: selecting, table)
        egress = Self.isolation(.egress, by: selecting, table)
    }

    private static func isolation(
        _ direction: NetworkPolicy.PolicyType, by selecting: [Int], _ table: PolicyTable
    ) -> Isolation {
        var policies: [Int] = []
        var open: [Int] = []
        var byPeer: [Int: [Int]] = [:]
        for policy in selecting {
            guard let numbers = table.ruleNumbers(of: policy, direction) else { continue }
            policies.append(policy)
            for number in numbers {
                guard let peers = table.rules[number].peers else {
                    open.append(number)
                    continue
                }
                for peer in peers { byPeer[peer, default: []].append(number) }
            }
        }
        let references = policies.map { table.references[$0] }
        let decidingICMP = policies.filter { table.policies[$0].dialect.hasICMP }.map { table.references[$0] }
        return Isolation(
            policies: policies, references: references, decidingICMP: decidingICMP, open: open, byPeer: byPeer)
    }
}
