import Domain
import NetworkLearner

@testable import Inventory

/// Finds what no policy may say, whatever the cluster's objects are.
struct HostileJudge {
    private let estate: HostileEstate
    private let learned: LearnedNetwork
    private let index: InventoryIndex

    init(_ estate: HostileEstate, breadth: Int = 12) {
        self.estate = estate
        learned = estate.learn(from: breadth)
        index = InventoryIndex(estate.inventory)
    }

    /// How many policies there are to judge.
    var policies: Int { learned.policies.count }

    /// Everything that is wider than what was seen or declared; empty if all is well.
    var faults: [String] {
        learned.policies.flatMap { policy in
            let rules = (policy.ingress?.rules ?? []) + (policy.egress?.rules ?? [])
            return selectorFaults(policy) + rules.flatMap { faults(in: $0, of: policy.workload) }
        }
    }

    private func selectorFaults(_ policy: WorkloadPolicy) -> [String] {
        guard !policy.selector.labels.isEmpty else { return ["\(policy.workload) selects everything"] }
        let others = estate.inventory.workloads.filter {
            $0.id != policy.workload && $0.id.namespace == policy.workload.namespace && !$0.hostNetwork
        }
        return others.filter { other in
            ([other.templateLabels] + estate.pods(of: other.id)).contains(where: policy.selector.match)
        }.map { "\(policy.workload) selects \($0.id)" }
    }

    private func faults(in rule: NetworkRule, of workload: WorkloadID) -> [String] {
        var faults: [String] = []
        if rule.peers.isEmpty || rule.ports.isEmpty { faults.append("\(workload) has an empty list") }
        for port in rule.ports where port.port.rawValue == 0 && port.protocol.hasPorts {
            faults.append("\(workload) has port 0")
        }
        for peer in rule.peers {
            switch peer {
            case .pods(let namespace, let labels) where labels.labels.isEmpty || namespace.rawValue.isEmpty:
                faults.append("\(workload) has a peer without labels or namespace")
            case .block(let range): faults += self.faults(in: range, of: workload)
            case .pods, .everyNamespace, .entity, .name: break
            }
        }
        return faults
    }

    private func faults(in range: CIDR, of workload: WorkloadID) -> [String] {
        if range.length == 0 { return isExposed(workload) ? [] : ["\(workload) is open to \(range)"] }
        let nodes = Set(estate.inventory.nodes.flatMap(\.addresses))
        // An address that two objects claim may be a node's.
        guard range.length < range.address.width || !nodes.contains(range.address) else { return [] }
        let ranges = estate.inventory.nodes.flatMap(\.podCIDRs).filter { $0.overlaps(range) }
        return ranges.map { "\(workload) has \(range) inside \($0)" }
            + inside.filter { range.contains($0) }.map { "\(workload) has \(range), which holds \($0)" }
    }

    /// The addresses that Services have, and those that pods have or had, but for those of nodes.
    private var inside: [IPAddress] {
        let pods = estate.inventory.pods.filter { !$0.hostNetwork }.flatMap(\.addresses)
        let all = pods + estate.inventory.leases.map(\.address) + estate.inventory.services.flatMap(\.clusterAddresses)
        return Set(all).subtracting(estate.inventory.nodes.flatMap(\.addresses)).sorted()
    }

    /// A Service that clients outside can reach leads to it.
    private func isExposed(_ workload: WorkloadID) -> Bool {
        estate.inventory.services.filter { $0.isExposed || $0.isRouted || !$0.externalAddresses.isEmpty }
            .contains { service in
                service.ports.contains { port in
                    index.backends(of: service, port: port.port, protocol: port.protocol)
                        .contains { $0.workload == workload }
                }
            }
    }
}
