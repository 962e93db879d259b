import Domain

/// Resolves both sides of every row with the inventory: to workloads, nodes, the API server or outside addresses.
///
/// What is ambiguous or unknown is held back with the reason, never guessed. Most peers stand on many rows: each is looked
/// up once, but for addresses that belonged to different pods at different times.
struct EdgeResolver {
    private let options: NetworkLearningOptions
    private let view: ClusterView
    private let table: ConnectionTable
    private(set) var resolution = Resolution()
    /// Labels that records carried for each workload.
    private(set) var observedLabels: [WorkloadID: Set<Labels>] = [:]
    private var peers: PeerResolver
    private var sources: [PeerSide?]
    private var destinations: [PeerSide?]
    private var targets: [TargetKey: [Target]] = [:]
    private var origins: [Resolution.Origin: Int32] = [:]
    private var exposures: [TargetKey: Int32] = [:]

    /// A destination and a port of it: a Service by its position, or a party by its number.
    private struct TargetKey: Hashable {
        let number: Int32
        let `protocol`: NetworkProtocol
        let port: Port
    }

    /// One end behind a Service's port.
    private struct Target {
        let party: Int32
        let port: Port
        let origin: Int32
    }

    init(view: ClusterView, options: NetworkLearningOptions, table: ConnectionTable) {
        self.view = view
        self.options = options
        self.table = table
        peers = PeerResolver(view: view, cluster: table.cluster)
        sources = Array(repeating: nil, count: table.peers.count)
        destinations = sources
        resolution.sightings.reserveCapacity(table.rows.count)
    }

    mutating func resolveAll() {
        for (number, row) in table.rows.enumerated() { resolve(row, Int32(number)) }
    }

    private mutating func resolve(_ row: ConnectionTable.Row, _ number: Int32) {
        // Seen by its replies only: no request, no rule.
        guard row.fact.count > 0 else { return }
        let source = side(row.source, row.fact, isSource: true)
        let destination = side(row.destination, row.fact, isSource: false)
        guard case .party(let from) = source else {
            return hold(number, source, destination, reason: source.reason)
        }
        switch destination {
        case .party(let to):
            place(from, Target(party: to, port: row.port, origin: Resolution.Sighting.plain), number)
            placeBehindNode(from, to, number)
        case .service(let position):
            let found = targets(of: view.index.inventory.services[Int(position)], position, row)
            guard !found.isEmpty else { return hold(number, source, destination, reason: .unresolved) }
            for target in found { place(from, target, number) }
        case .held(let reason):
            hold(number, source, destination, reason: reason)
        }
    }

    /// A connection to a node's port that a Service opened is translated to the Service's pods.
    private mutating func placeBehindNode(_ from: Int32, _ to: Int32, _ number: Int32) {
        let row = table.rows[Int(number)]
        guard case .node = resolution.parties.parties[Int(to)], resolution.parties.parties[Int(from)].workload != nil,
            let (service, port) = view.service(atNodePort: row.port, row.protocol)
        else { return }
        for target in targets(of: service.value, service.position, row, port: port) { place(from, target, number) }
    }

    /// Where a Service's port leads to; one for each workload behind it.
    private mutating func targets(
        of service: Service, _ position: Int32, _ row: ConnectionTable.Row, port: Port? = nil
    ) -> [Target] {
        let port = port ?? row.port
        let key = TargetKey(number: position, protocol: row.protocol, port: port)
        if let known = targets[key] { return known }
        let origin = number(of: .service(service, port: port))
        let found = view.targets(of: service, protocol: row.protocol, port: port).map { target in
            Target(party: resolution.parties.number(of: target.party), port: target.port, origin: origin)
        }
        targets[key] = found
        return found
    }

    private mutating func number(of origin: Resolution.Origin) -> Int32 {
        if let known = origins[origin] { return known }
        let number = Int32(resolution.origins.count)
        origins[origin] = number
        resolution.origins.append(origin)
        return number
    }
}

// MARK: - Placing

extension EdgeResolver {
    private mutating func place(_ from: Int32, _ target: Target, _ number: Int32) {
        let row = table.rows[Int(number)]
        let source = resolution.parties.parties[Int(from)]
        let destination = resolution.parties.parties[Int(target.party)]
        let connection = LearnedConnection(
            source: source, destination: destination, protocol: row.protocol, port: target.port)
        if let reason = refusal(connection, row) {
            resolution.held.append(
                Resolution.HeldRow(
                    connection.text, between: (source.workload, destination.workload), reason: reason, fact: row.fact))
            return
        }
        let exposure = source.workload == nil ? exposure(of: connection, target) : Resolution.Sighting.plain
        let isExposed = exposure != Resolution.Sighting.plain
        resolution.sightings.append(
            Resolution.Sighting(
                source: from, destination: target.party, protocol: row.protocol, port: target.port,
                isExposed: isExposed, row: number, origin: isExposed ? exposure : target.origin))
    }

    /// The object that opens the destination's port to the outside.
    private mutating func exposure(of connection: LearnedConnection, _ target: Target) -> Int32 {
        guard let id = connection.destination.workload else { return Resolution.Sighting.plain }
        let key = TargetKey(number: target.party, protocol: connection.protocol, port: connection.port)
        if let known = exposures[key] { return known }
        let service = view.exposingService(of: id, protocol: connection.protocol, port: connection.port)
        let found = service.map { number(of: .exposure($0)) } ?? Resolution.Sighting.plain
        exposures[key] = found
        return found
    }

    /// Why a resolved connection must make no rule, or nil.
    private func refusal(_ connection: LearnedConnection, _ row: ConnectionTable.Row) -> HoldReason? {
        if !connection.protocol.hasPorts, !options.dialect.hasICMP { return .notExpressible }
        let (source, destination) = (connection.source, connection.destination)
        // The Kubernetes documentation, "Network Policies": traffic to and from the node where a Pod runs is always allowed.
        if table.peers[Int(row.source)].kind == .host, destination.workload != nil { return .ownNode }
        if source.workload == nil, destination.workload == nil { return .hostNetwork }
        guard connection.protocol.hasPorts else { return nil }
        if destination.isMetadataService, connection.port != Port(53), options.metadata == .hold { return .metadata }
        if destination.workload != nil, connection.protocol == .tcp, MeshPort.isRedirect(connection.port),
            !view.declares(destination, protocol: connection.protocol, port: connection.port)
        {
            return .meshRedirect
        }
        return nil
    }

    private mutating func hold(_ number: Int32, _ source: PeerSide, _ destination: PeerSide, reason: HoldReason) {
        let row = table.rows[Int(number)]
        let port = row.protocol.hasPorts ? "/\(row.port)" : ""
        let what = "\(name(row.source, source)) -> \(name(row.destination, destination)) \(row.protocol.name)\(port)"
        resolution.held.append(
            Resolution.HeldRow(
                what, between: (workload(source), workload(destination)), reason: reason, fact: row.fact))
    }

    private func workload(_ side: PeerSide) -> WorkloadID? {
        if case .party(let number) = side { resolution.parties.parties[Int(number)].workload } else { nil }
    }

    private func name(_ peer: Int32, _ side: PeerSide) -> String {
        switch side {
        case .party(let number): return resolution.parties.parties[Int(number)].description
        case .service(let position):
            let service = view.index.inventory.services[Int(position)]
            return "Service \(service.namespace)/\(service.name)"
        case .held: return table.peers[Int(peer)].text
        }
    }
}

// MARK: - Sides

extension EdgeResolver {
    private mutating func side(_ number: Int32, _ fact: ConnectionFact, isSource: Bool) -> PeerSide {
        if let known = isSource ? sources[Int(number)] : destinations[Int(number)] { return known }
        let peer = table.peers[Int(number)]
        let found = peers.resolve(peer, fact, isSource: isSource, parties: &resolution.parties)
        if peer.kind == .pod, case .party(let party) = found.side,
            let id = resolution.parties.parties[Int(party)].workload
        {
            observedLabels[id, default: []].insert(peer.labels)
        }
        guard found.isLasting else { return found.side }
        if isSource { sources[Int(number)] = found.side } else { destinations[Int(number)] = found.side }
        return found.side
    }
}

/// Ports to which a service mesh's sidecar redirects the connections of its pod (Istio documentation, "Application
/// Requirements", ports used by Istio): behind them the port that was asked for is hidden.
enum MeshPort {
    static func isRedirect(_ port: Port) -> Bool { port == Port(15001) || port == Port(15006) }
}

extension Party {
    /// True for the address at which clouds serve a node's metadata and credentials, and some (GKE) names as well.
    var isMetadataService: Bool { address == IPAddress(ipv4: 0xa9fe_a9fe) }
}

extension LearnedConnection {
    /// `shop/Deployment/web -> shop/Deployment/api TCP/8080`.
    package var text: String {
        "\(source) -> \(destination) \(`protocol`.name)" + (`protocol`.hasPorts ? "/\(port)" : "")
    }
}
