import Domain
import NetworkLearner

extension LearnedNetwork {
    func policy(_ path: String) -> WorkloadPolicy? { policies.first { $0.workload == WorkloadID(path) } }

    /// What the workload's ingress allows, cell by cell; nil if it is not isolated.
    func ingress(_ path: String) -> [String]? { policy(path)?.ingress?.cells }

    /// What the workload's egress allows besides looking up names at the assumed DNS; nil if it is not isolated.
    func egress(_ path: String) -> [String]? {
        policy(path)?.egress?.cells.filter { !$0.hasPrefix("kube-system{k8s-app=kube-dns}") }
    }

    /// The connections held back for that reason.
    func held(_ reason: HoldReason) -> [String] { heldBack.filter { $0.reason == reason }.map(\.what) }

    /// All evidence of a workload's policy.
    func evidence(_ path: String) -> [Evidence] {
        let rules = (policy(path)?.ingress?.rules ?? []) + (policy(path)?.egress?.rules ?? [])
        return rules.flatMap(\.evidence.all)
    }

    /// Everything that was learned and held back, for comparison.
    var text: String {
        "\(policies.map { "\($0.workload) \($0.selector) \($0.maturity) \($0.days) \(String(describing: $0.ingress?.text)) \(String(describing: $0.egress?.text)) \($0.heldBack)" })\n\(Array(learned))\n\(unplaced)\n\(heldBack)\n\(notes)\n"
            + observedLabels.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.map { $0.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } })" }
            .joined(separator: "\n")
    }
}

extension WorkloadPolicy.DirectionRules {
    /// The rules with all of their evidence.
    var text: String {
        rules.map { "\($0.peers) \($0.ports) \($0.evidence.all)" }.joined(separator: ";") + (closed?.rawValue ?? "")
    }

    /// Every peer with every port of its rules: `shop{app=web} TCP/80`, `every namespace UDP/53`, `192.0.2.1/32 TCP/443`.
    var cells: [String] {
        rules.flatMap { rule in
            rule.peers.flatMap { peer in rule.ports.map { "\(peer.text) \($0)" } }
        }.sorted()
    }
}

extension RulePeer {
    var text: String {
        switch self {
        case .pods(let namespace, let labels):
            "\(namespace){\(labels.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ","))}"
        case .everyNamespace: "every namespace"
        case .block(let cidr): cidr.description
        case .entity(let entity): entity.rawValue
        case .name(let name): name
        }
    }
}
