import Domain
import NetworkLearner

/// A cluster and what was seen in it, written in few words. Workloads are called `namespace/Kind/name`.
struct World {
    static let cluster = ClusterName("prod")
    /// A midnight; facts count days from here.
    static let start: Int64 = 20_000 * 86_400

    var inventory = ClusterInventory(cluster: cluster)
    var edges: [(edge: ConnectionEdge, fact: ConnectionFact)] = []
    var options = NetworkLearningOptions()
    var newest = Timestamp(seconds: start + 30 * 86_400)

    // MARK: - Objects

    /// Declares a workload; its labels are `app: name` and its selector all of its labels unless told otherwise.
    mutating func workload(
        _ path: String, labels: Labels? = nil, selector: Labels?? = nil, ports: [ContainerPort] = [],
        hostNetwork: Bool = false, schedule: String? = nil
    ) {
        let id = WorkloadID(path)
        let labels = labels ?? ["app": id.name]
        let selecting = selector ?? labels
        inventory.workloads.append(
            Workload(
                id: id, selector: selecting.map { LabelSelector(matchLabels: $0) }, templateLabels: labels,
                ports: ports,
                hostNetwork: hostNetwork, schedule: schedule))
    }

    mutating func workloads(_ paths: String...) {
        for path in paths { workload(path) }
    }

    mutating func pod(_ name: String, of owner: String, labels: Labels, address: String = "10.244.9.9") {
        let id = WorkloadID(owner)
        inventory.pods.append(
            Pod(
                namespace: id.namespace, name: name, labels: labels, addresses: [.of(address)], owner: id,
                hostNetwork: false, nodeName: "n1", ports: [], created: nil, isFinished: false))
    }

    /// Declares a Service `namespace/name` of a TCP port (unless told otherwise) that leads to the target.
    mutating func service(
        _ path: String, at address: String, selector: Labels = [:], port: UInt16 = 80,
        target: NetworkPolicy.PortValue, protocols: [NetworkProtocol] = [.tcp], type: Service.Kind = .clusterIP,
        endpoints: [String] = []
    ) {
        let parts = path.split(separator: "/").map(String.init)
        let ports = protocols.map {
            ServicePort(name: $0.name, protocol: $0, port: Port(port), target: target, nodePort: nil)
        }
        let numbers = protocols.compactMap { proto -> ContainerPort? in
            guard case .number(let number) = target else { return nil }
            return ContainerPort(name: proto.name, number: number, protocol: proto)
        }
        let groups = endpoints.isEmpty ? [] : [EndpointGroup(addresses: endpoints.map { .of($0) }, ports: numbers)]
        inventory.services.append(
            Service(
                namespace: Namespace(parts[0]), name: parts[1], type: type, clusterAddresses: [.of(address)],
                externalAddresses: [], selector: selector, ports: ports, externalName: "", endpoints: groups,
                isRouted: false))
    }

    mutating func node(_ name: String, at addresses: String..., pods: String...) {
        inventory.nodes.append(
            Node(name: name, addresses: addresses.map { .of($0) }, podCIDRs: pods.compactMap { CIDR($0) }))
    }

    /// The address belonged to the workload from one day to another.
    mutating func lease(_ address: String, to path: String, days: ClosedRange<Int64> = -10...100) {
        inventory.leases.append(
            AddressLease(
                address: .of(address), owner: WorkloadID(path), podName: "p",
                from: Timestamp(seconds: Self.start + days.lowerBound * 86_400),
                to: Timestamp(seconds: Self.start + days.upperBound * 86_400)))
    }

    // MARK: - Observations

    /// Records that one reached the other. Parties as `ObservedPeer(_:)` takes them.
    mutating func connect(
        _ source: String, _ destination: String, _ port: UInt16, _ proto: NetworkProtocol = .tcp,
        direction: ConnectionEdge.Direction = .known, fact: ConnectionFact = .seen()
    ) {
        connect(ObservedPeer(source), ObservedPeer(destination), port, proto, direction: direction, fact: fact)
    }

    mutating func connect(
        _ source: ObservedPeer, _ destination: ObservedPeer, _ port: UInt16, _ proto: NetworkProtocol = .tcp,
        direction: ConnectionEdge.Direction = .known, fact: ConnectionFact = .seen()
    ) {
        let edge = ConnectionEdge(
            cluster: Self.cluster, source: source, destination: destination, protocol: proto, port: Port(port),
            direction: direction)
        edges.append((edge, fact))
    }

    func learn() -> LearnedNetwork {
        NetworkLearner(options: options).learn(
            NetworkObservations(cluster: Self.cluster, edges: edges, inventory: inventory, newest: newest))
    }
}

extension WorkloadID {
    init(_ path: String) {
        let parts = path.split(separator: "/").map(String.init)
        self.init(cluster: World.cluster, namespace: Namespace(parts[0]), kind: parts[1], name: parts[2])
    }
}

extension IPAddress {
    static func of(_ text: String) -> IPAddress {
        guard let address = IPAddress(text) else { preconditionFailure("\(text) is no address") }
        return address
    }
}

extension ObservedPeer {
    /// `shop/Deployment/web`, or `world ADDRESS`, `host ADDRESS`, `node ADDRESS`, `api ADDRESS`, `unknown ADDRESS`.
    init(_ text: String, labels: Labels = [:], cluster: String = "") {
        let kinds: [String: Kind] = [
            "world": .world, "host": .host, "node": .remoteNode, "api": .apiServer, "unknown": .unknown,
        ]
        let words = text.split(separator: " ").map(String.init)
        if let kind = kinds[words[0]] {
            self.init(kind, address: .of(words[1]))
        } else {
            let id = WorkloadID(text)
            self.init(
                pod: "", namespace: id.namespace, workloadKind: id.kind, workloadName: id.name, labels: labels,
                remoteCluster: cluster)
        }
    }
}

extension ConnectionFact {
    /// A connection seen and answered on some days, the first of them counted from the world's start.
    static func seen(
        count: Int64 = 10, attempts: Int64 = 2, answers: Int64 = 8, refusals: Int64 = 0,
        days: ClosedRange<Int32> = 0...9, second: Int64 = 0
    ) -> ConnectionFact {
        let first = World.start + Int64(days.lowerBound) * 86_400 + second
        let set = days.reduce(into: DaySet()) { $0.formUnion(DaySet(day: 20_000 + $1)) }
        return ConnectionFact(
            count: count, attempts: attempts, answers: answers, refusals: refusals, first: Timestamp(seconds: first),
            last: Timestamp(seconds: World.start + Int64(days.upperBound) * 86_400 + second + 1), days: set,
            sources: .hubble, sample: "sample")
    }

    /// First packets alone.
    static func tried(_ attempts: Int64, refusals: Int64 = 0) -> ConnectionFact {
        seen(count: attempts, attempts: attempts, answers: 0, refusals: refusals)
    }

    /// One moment's connection, answered or reset.
    static func brief(second: Int64, answered: Bool) -> ConnectionFact {
        seen(
            count: answered ? 3 : 1, attempts: 1, answers: answered ? 2 : 0, refusals: answered ? 0 : 1, days: 0...0,
            second: second)
    }
}

extension ContainerPort {
    static func tcp(_ number: UInt16, _ name: String = "") -> ContainerPort {
        ContainerPort(name: name, number: Port(number), protocol: .tcp)
    }
}
