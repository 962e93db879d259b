import Domain

/// The inventory as the network learner asks it, with what it needs for every edge looked up once.
struct ClusterView {
    let index: InventoryIndex
    /// The endpoints of the `kubernetes` Service, sorted.
    let apiServerAddresses: [IPAddress]
    /// All nodes' addresses, sorted.
    let nodeAddresses: [IPAddress]
    /// True if rules can name nodes and the API server as such.
    let hasEntities: Bool
    private let declared: Set<WorkloadPort>
    private let served: Set<WorkloadID>
    private let openWorkloads: Set<WorkloadID>
    private let exposed: [WorkloadPort: Service]
    private let fronting: [WorkloadPort: [(service: Service, port: Port)]]
    private let byNodePort: [NodePort: (position: Int32, port: Port)]
    private let byAddress: [IPAddress: Int32]
    private let byExternalAddress: [IPAddress: [(Service, Int32)]]
    private let apiServers: Set<IPAddress>
    private let apiServerRanges: [CIDR]
    private let nodeRanges: [CIDR]
    private let clusterRanges: [CIDR]
    private let serviceAddresses: Set<IPAddress>

    /// A port of a workload's pods.
    struct WorkloadPort: Hashable {
        let workload: WorkloadID
        let `protocol`: NetworkProtocol
        let port: Port
    }

    private struct NodePort: Hashable {
        let `protocol`: NetworkProtocol
        let port: Port
    }

    init(_ unsorted: ClusterInventory, options: NetworkLearningOptions) {
        var inventory = unsorted
        inventory.services.sort { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
        let index = InventoryIndex(inventory)
        var declared: Set<WorkloadPort> = []
        var exposed: [WorkloadPort: Service] = [:]
        var fronting: [WorkloadPort: [(service: Service, port: Port)]] = [:]
        var byNodePort: [NodePort: (position: Int32, port: Port)] = [:]
        var byAddress: [IPAddress: [Int32]] = [:]
        var byExternalAddress: [IPAddress: [(Service, Int32)]] = [:]
        for workload in inventory.workloads {
            for port in workload.ports {
                declared.insert(WorkloadPort(workload: workload.id, protocol: port.protocol, port: port.number))
            }
        }
        for (position, service) in inventory.services.enumerated() {
            for address in Set(service.clusterAddresses) { byAddress[address, default: []].append(Int32(position)) }
            for address in Set(service.externalAddresses) {
                byExternalAddress[address, default: []].append((service, Int32(position)))
            }
            for port in service.ports {
                if let number = port.nodePort {
                    byNodePort[NodePort(protocol: port.protocol, port: number)] = (Int32(position), port.port)
                }
                for backend in index.backends(of: service, port: port.port, protocol: port.protocol) {
                    let key = WorkloadPort(workload: backend.workload, protocol: port.protocol, port: backend.port)
                    declared.insert(key)
                    fronting[key, default: []].append((service, port.port))
                    let isOpener = service.isOpenItself && exposed[key]?.isOpenItself != true
                    if isOpener || service.isRouted && exposed[key] == nil { exposed[key] = service }
                }
            }
        }
        let api = index.service("kubernetes", in: Namespace("default"))
        let addresses = Set(api?.endpoints.flatMap(\.addresses) ?? [])
        self.index = index
        self.declared = declared
        served = Set(declared.map(\.workload))
        self.exposed = exposed
        openWorkloads = Set(exposed.lazy.filter { $0.value.isOpenItself }.map(\.key.workload))
        self.fronting = fronting
        self.byNodePort = byNodePort
        // An address that several claim tells nothing.
        self.byAddress = byAddress.compactMapValues { $0.count == 1 ? $0[0] : nil }
        self.byExternalAddress = byExternalAddress
        hasEntities = options.dialect.hasEntities
        serviceAddresses = Set(inventory.services.flatMap(\.clusterAddresses))
        apiServerRanges = options.apiServerRanges
        nodeRanges = options.nodeRanges
        apiServers = addresses
        apiServerAddresses = addresses.sorted()
        clusterRanges = options.clusterRanges + Self.serviceRanges(inventory.services)
        nodeAddresses = Set(inventory.nodes.flatMap(\.addresses)).sorted()
    }

    /// True if objects declare workloads; without them, records are all there is.
    var hasWorkloads: Bool { !index.inventory.workloads.isEmpty }

    func isAPIServer(_ address: IPAddress) -> Bool {
        apiServers.contains(address) || apiServerRanges.contains { $0.contains(address) }
    }

    /// True if the address is in a range of pods or Services, whether or not one has it now.
    func isInsideCluster(_ address: IPAddress) -> Bool {
        index.isInPodRange(address) || serviceAddresses.contains(address)
            || clusterRanges.contains { $0.contains(address) }
    }

    /// For each family, the smallest range that holds the addresses of all Services: a lower bound of the range that the
    /// API server takes them from, which no object tells.
    private static func serviceRanges(_ services: [Service]) -> [CIDR] {
        let addresses = services.flatMap(\.clusterAddresses)
        return [addresses.filter(\.isIPv4), addresses.filter { !$0.isIPv4 }].compactMap { family in
            guard let first = family.min(), let last = family.max(), first != last else { return nil }
            // A wider range would be a guess over unrelated addresses.
            let narrowest = first.isIPv4 ? 8 : 32
            let length = (narrowest...first.width).last { first.masked(to: $0) == last.masked(to: $0) }
            return length.flatMap { CIDR(first, length: $0) }
        }
    }

    func isNode(_ address: IPAddress) -> Bool {
        index.node(at: address) != nil || nodeRanges.contains { $0.contains(address) }
    }

    /// True if some pod is known to have had the address at any time.
    func isPodAddress(_ address: IPAddress) -> Bool {
        if case .unknown = index.owner(of: address, from: Timestamp(rawValue: .min), to: .init(rawValue: .max)) {
            return false
        }
        return true
    }

    /// True if a container port or a Service's target port names that port of the workload, or if the outside address was
    /// looked up by name: whoever asks for a name means to connect to it.
    func declares(_ party: Party, protocol: NetworkProtocol, port: Port) -> Bool {
        switch party {
        case .workload(let id):
            declared.contains(WorkloadPort(workload: id, protocol: `protocol`, port: port))
        case .outside(let address):
            !port.isEphemeral && index.inventory.names[address]?.isEmpty == false
        case .apiServer, .node: false
        }
    }

    /// Position in the inventory of the Service with that cluster address; nil if none has it, or if several claim it.
    func servicePosition(at address: IPAddress) -> Int32? { byAddress[address] }

    /// The Service that opened a port on every node, with its own port.
    func service(
        atNodePort port: Port, _ protocol: NetworkProtocol
    ) -> (service: (value: Service, position: Int32), port: Port)? {
        byNodePort[NodePort(protocol: `protocol`, port: port)].map {
            ((index.inventory.services[Int($0.position)], $0.position), $0.port)
        }
    }

    /// The Services with that load-balancer or external address, with their positions.
    func services(atExternal address: IPAddress) -> [(Service, Int32)] { byExternalAddress[address] ?? [] }

    /// The Services that lead to a port of the workload, each with its own port.
    func services(
        leadingTo id: WorkloadID, protocol: NetworkProtocol, port: Port
    ) -> [(service: Service, port: Port)] {
        fronting[WorkloadPort(workload: id, protocol: `protocol`, port: port)] ?? []
    }

    /// True if some address of the range is in a range of pods, Services or nodes.
    func overlapsCluster(_ range: CIDR) -> Bool {
        index.podCIDRs.contains { $0.overlaps(range) } || clusterRanges.contains { $0.overlaps(range) }
            || nodeAddresses.contains { range.contains($0) } || apiServerAddresses.contains { range.contains($0) }
    }

    /// True if a container port or a Service names any port of the workload.
    func isServed(_ id: WorkloadID) -> Bool { served.contains(id) }

    /// True if an object opens any port of the workload to the outside.
    func isOpenToOutside(_ id: WorkloadID) -> Bool { openWorkloads.contains(id) }

    /// The Service that opens a workload's port to the outside, itself (NodePort, LoadBalancer) or through an Ingress or a
    /// Gateway route; nil where none does.
    func exposingService(of id: WorkloadID, protocol: NetworkProtocol, port: Port) -> Service? {
        exposed[WorkloadPort(workload: id, protocol: `protocol`, port: port)]
    }

    /// Where a connection to a Service's address and port ends up: at the pods' port, and at the endpoints of a Service
    /// without a selector that are no pods.
    func targets(of service: Service, protocol: NetworkProtocol, port: Port) -> [(party: Party, port: Port)] {
        // Pods on the host network have no address of their own: their nodes stand among the endpoints.
        let backends = index.backends(of: service, port: port, protocol: `protocol`)
            .filter { index.workload($0.workload)?.hostNetwork != true }
        let pods = backends.map { (party: Party.workload($0.workload), port: $0.port) }
        guard pods.isEmpty || service.selector.isEmpty else { return pods }
        let others = index.endpoints(of: service, port: port, protocol: `protocol`).compactMap { endpoint in
            party(at: endpoint.address).map { (party: $0, port: endpoint.port) }
        }
        let found = pods + others
        return found.isEmpty ? configuredAPIServer(service, `protocol`, port) : found
    }

    /// An endpoint that is no pod; nil for a pod's address, which the pods stand for, and for one of nobody's.
    private func party(at address: IPAddress) -> Party? {
        if isAPIServer(address) { return .apiServer(address) }
        if isNode(address) { return .node(address) }
        return isInsideCluster(address) || isPodAddress(address) ? nil : .outside(address)
    }

    /// The API server behind its own Service where that lists no endpoints but the settings say where it is.
    private func configuredAPIServer(
        _ service: Service, _ protocol: NetworkProtocol, _ port: Port
    ) -> [(party: Party, port: Port)] {
        guard service.name == "kubernetes", service.namespace == Namespace("default") else { return [] }
        let targets = service.ports.filter { $0.port == port && $0.protocol == `protocol` }.map { declared in
            if case .number(let number) = declared.target { number } else { declared.port }
        }
        return apiServerRanges.flatMap { range in targets.map { (party: .apiServer(range.address), port: $0) } }
    }
}

extension Service {
    /// True if outside clients can reach it without a route: type NodePort or LoadBalancer, or external addresses.
    var isOpenItself: Bool { isExposed || !externalAddresses.isEmpty }
}
