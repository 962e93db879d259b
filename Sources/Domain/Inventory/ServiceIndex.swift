/// Services by name and address, with the workloads behind each port.
struct ServiceIndex: Sendable {
    struct PortKey: Hashable, Sendable {
        let port: Port
        let `protocol`: NetworkProtocol
    }

    let byName: [NamespacedName: Service]
    let byClusterAddress: [IPAddress: [Service]]
    let byExternalAddress: [IPAddress: [Service]]
    let podsByAddress: [IPAddress: [Pod]]
    let backends: [NamespacedName: [PortKey: [ServiceBackend]]]

    init(_ inventory: ClusterInventory) {
        let services = inventory.services
        byName = Dictionary(services.map { (NamespacedName($0.namespace, $0.name), $0) }) { first, _ in first }
        byClusterAddress = Self.group(services, by: \.clusterAddresses)
        byExternalAddress = Self.group(services, by: \.externalAddresses)
        podsByAddress = Self.group(inventory.pods.filter { !$0.isFinished }, by: \.addresses)
        let finder = BackendFinder(inventory, podsByAddress: podsByAddress)
        backends = byName.mapValues(finder.backends)
    }

    private static func group<Item>(_ items: [Item], by addresses: (Item) -> [IPAddress]) -> [IPAddress: [Item]] {
        Dictionary(grouping: items.flatMap { item in Set(addresses(item)).map { ($0, item) } }, by: \.0)
            .mapValues { $0.map(\.1) }
    }
}

/// Finds what serves a Service.
private struct BackendFinder {
    private struct Pair: Hashable {
        let namespace: Namespace
        let key: String
        let value: String
    }

    /// Something with labels and ports that a Service may select.
    private struct Target {
        let owner: WorkloadID
        let labels: Labels
        let ports: [ContainerPort]
    }

    private let podsByAddress: [IPAddress: [Pod]]
    private let targets: [Target]
    private var postings: [Pair: [Int]] = [:]

    init(_ inventory: ClusterInventory, podsByAddress: [IPAddress: [Pod]]) {
        self.podsByAddress = podsByAddress
        // Pods count beside templates: labels set at run time (a database's leader) are in no template.
        targets =
            inventory.workloads.map { Target(owner: $0.id, labels: $0.templateLabels, ports: $0.ports) }
            + inventory.pods.filter { !$0.isFinished }.map {
                Target(owner: $0.owner, labels: $0.labels, ports: $0.ports)
            }
        for (position, target) in targets.enumerated() {
            for (key, value) in target.labels {
                postings[Pair(namespace: target.owner.namespace, key: key, value: value), default: []].append(position)
            }
        }
    }

    func backends(of service: Service) -> [ServiceIndex.PortKey: [ServiceBackend]] {
        let selected = selected(by: service)
        var found: [ServiceIndex.PortKey: Set<ServiceBackend>] = [:]
        for port in service.ports {
            let key = ServiceIndex.PortKey(port: port.port, protocol: port.protocol)
            let backends =
                service.selector.isEmpty
                ? backends(of: port, endpoints: service.endpoints)
                : selected.flatMap { target in
                    Self.numbers(port, target.ports).map { ServiceBackend(workload: target.owner, port: $0) }
                }
            found[key, default: []].formUnion(backends)
        }
        return found.mapValues { $0.sorted() }
    }

    private func selected(by service: Service) -> [Target] {
        let lists = service.selector.map { label in
            postings[Pair(namespace: service.namespace, key: label.key, value: label.value)] ?? []
        }
        guard let shortest = lists.min(by: { $0.count < $1.count }) else { return [] }
        return shortest.map { targets[$0] }.filter { target in
            service.selector.allSatisfy { target.labels[$0.key] == $0.value }
        }
    }

    private static func numbers(_ port: ServicePort, _ declared: [ContainerPort]) -> [Port] {
        switch port.target {
        case .number(let number): [number]
        case .name(let name): declared.filter { $0.name == name && $0.protocol == port.protocol }.map(\.number)
        }
    }

    private func backends(of port: ServicePort, endpoints: [EndpointGroup]) -> [ServiceBackend] {
        endpoints.flatMap { group in
            let numbers = group.ports.filter { $0.name == port.name && $0.protocol == port.protocol }.map(\.number)
            let owners = Set(
                group.addresses.flatMap { podsByAddress[$0] ?? [] }.filter { !$0.hostNetwork }.map(\.owner))
            return owners.flatMap { owner in numbers.map { ServiceBackend(workload: owner, port: $0) } }
        }
    }
}
