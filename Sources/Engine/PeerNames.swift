package import Domain
package import NetworkLearner

/// Peers of rules in words that people know: workloads rather than labels.
package struct PeerNames: Sendable {
    private struct Selected: Hashable {
        let namespace: Namespace
        let labels: PodLabels
    }

    private let workloads: [Selected: WorkloadID]
    private let addresses: [IPAddress: String]

    /// At most so many addresses of a range are looked up.
    private static let lookedUp: UInt64 = 4

    /// The names of all workloads that policies were learned for, of nodes, the API server and outside addresses.
    package init(_ learned: LearnedNetwork, _ inventory: ClusterInventory) {
        var addresses = inventory.names.compactMapValues { $0.first }
        for node in inventory.nodes {
            for address in node.addresses { addresses[address] = "nodes" }
        }
        let api = inventory.services.first { $0.name == "kubernetes" && $0.namespace == Namespace("default") }
        for address in api?.endpoints.flatMap(\.addresses) ?? [] { addresses[address] = "API server" }
        self.addresses = addresses
        let pairs = learned.policies.map {
            (Selected(namespace: $0.workload.namespace, labels: $0.selector), $0.workload)
        }
        workloads = Dictionary(pairs) { first, _ in first }
    }

    /// `web` for a workload of the policy's own namespace, `shop/web` for another, an address range for the rest.
    package func text(_ peer: RulePeer, _ home: Namespace) -> String {
        switch peer {
        case .pods(let namespace, let labels):
            let place = namespace == home ? "" : "\(namespace)/"
            if let id = workloads[Selected(namespace: namespace, labels: labels)] { return place + id.name }
            let pairs = labels.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return place + pairs.joined(separator: ",")
        case .everyNamespace: return "every namespace"
        case .entity(let entity): return entity.rawValue
        case .name(let name): return name
        case .block(.anyIPv4): return "anyone (0.0.0.0/0)"
        case .block(.anyIPv6): return "anyone (::/0)"
        case .block(let cidr):
            let names = Set(cidr.firstAddresses(Self.lookedUp).compactMap { addresses[$0] }).sorted()
            return names.isEmpty ? cidr.description : "\(cidr) (\(names.joined(separator: ", ")))"
        }
    }
}

extension CIDR {
    /// The first addresses of the range.
    fileprivate func firstAddresses(_ limit: UInt64) -> [IPAddress] {
        let bits = address.width - length
        let count = bits >= 3 ? limit : min(limit, 1 << UInt64(bits))
        return (0..<count).map { offset in
            address.isIPv4
                ? IPAddress(ipv4: UInt32(truncatingIfNeeded: address.low &+ offset))
                : IPAddress(high: address.high, low: address.low &+ offset)
        }
    }
}
