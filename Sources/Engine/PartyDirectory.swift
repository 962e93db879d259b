import Domain
import NetworkLearner
import PolicyEvaluator

/// The evaluator's view of each learned party: a workload as pods, everything else as an address.
struct PartyDirectory {
    let namespaces: [Namespace: Labels]
    private let names: [IPAddress: [String]]
    private let nodes: [IPAddress: String]
    private let apiServers: Set<IPAddress>
    private var pods: [WorkloadID: [NetworkParty]] = [:]

    /// At most that many pods stand for a workload beside its template.
    private static let sampleSize = 3

    init(inventory: ClusterInventory, observedLabels: [WorkloadID: [Labels]]) {
        namespaces = inventory.namespaces
        names = inventory.names
        let nodeAddresses = inventory.nodes.flatMap { node in node.addresses.map { ($0, node.name) } }
        nodes = Dictionary(nodeAddresses) { first, _ in first }
        let api = inventory.services.first { $0.name == "kubernetes" && $0.namespace == Namespace("default") }
        apiServers = Set((api?.endpoints ?? []).flatMap(\.addresses))
        for workload in inventory.workloads where !workload.hostNetwork {
            pods[workload.id] = [
                NetworkParty(
                    namespace: workload.id.namespace, name: "\(workload.id.name) (next pod)",
                    labels: workload.templateLabels, ports: workload.ports)
            ]
        }
        var listed: [WorkloadID: [Pod]] = [:]
        for pod in inventory.pods where !pod.hostNetwork && !pod.isFinished {
            listed[pod.owner, default: []].append(pod)
        }
        for (id, all) in listed {
            pods[id, default: []] += Self.spread(all.sorted { $0.name < $1.name }).map { NetworkParty($0) }
        }
        guard inventory.workloads.isEmpty else { return }
        for (id, labels) in observedLabels where pods[id] == nil {
            pods[id] = labels.enumerated().map { number, labels in
                NetworkParty(namespace: id.namespace, name: "\(id.name) (\(number))", labels: labels)
            }
        }
    }

    /// The first, the last and one between them.
    private static func spread(_ all: [Pod]) -> [Pod] {
        guard all.count > sampleSize else { return all }
        return [all[0], all[all.count / 2], all[all.count - 1]]
    }

    /// The parties that stand for one: never empty for a workload that policies were learned for.
    func parties(for party: Party) -> [NetworkParty] {
        switch party {
        case .workload(let id): pods[id] ?? []
        // Outside is what the records call so: then the plugin takes it for outside as well.
        case .outside(let address): [NetworkParty(addresses: [address], names: names[address] ?? [])]
        case .apiServer(let address): [NetworkParty(addresses: [address], nodeName: nodes[address], isAPIServer: true)]
        case .node(let address):
            [
                NetworkParty(
                    addresses: [address], nodeName: nodes[address], isNode: true,
                    isAPIServer: apiServers.contains(address))
            ]
        }
    }

    /// The judge of proposals: staged policies that were generated count as they would once they are enforced.
    func evaluator(_ policies: [NetworkPolicy]) -> NetworkEvaluator {
        NetworkEvaluator(
            policies: policies, namespaces: namespaces,
            enforcedStaged: LabelSelector(matchLabels: GeneratedName.labels))
    }

    /// One party for each of the workloads, in their order: for slack, which is counted between workloads.
    func representatives(of workloads: [WorkloadID]) -> [NetworkParty] {
        workloads.map { id in
            pods[id]?.first ?? NetworkParty(namespace: id.namespace, name: id.name, labels: [:], isHostNetwork: true)
        }
    }
}
