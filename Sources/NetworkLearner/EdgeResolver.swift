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
        for number in table.rows.indices { resolve(Int32(number)) }
    }

    /// A row, or what was seen of it in the time of one pod.
    private struct Piece {
        let row: ConnectionTable.Row
        /// As sightings name it.
        let fact: Int32
    }

    private mutating func resolve(_ number: Int32) {
        // Seen by its replies only: no request, no rule.
        guard table.facts[Int(number)].count > 0 else { return }
        let row = table.rows[Int(number)]
        let whole = Piece(row: row, fact: number)
        let source = side(row.source, isSource: true)
        let destination = side(row.destination, isSource: false)
        if !source.isLeased, !destination.isLeased { return resolve(whole, source, destination) }
        for (piece, source) in sides(whole, isSource: true) {
            for (piece, destination) in sides(piece, isSource: false) { resolve(piece, source, destination) }
        }
    }

    private mutating func resolve(_ piece: Piece, _ source: PeerSide, _ destination: PeerSide) {
        guard case .party(let from) = source else {
            return hold(piece, source, destination, reason: source.reason)
        }
        switch destination {
        case .party(let to):
            place(from, Target(party: to, port: piece.row.port, origin: Resolution.Sighting.plain), piece)
            placeBehindNode(from, to, piece)
            placeBehindAddress(from, to, piece)
        case .service(let position):
            let found = targets(of: view.index.inventory.services[Int(position)], position, piece.row)
            guard !found.isEmpty else { return hold(piece, source, destination, reason: .unresolved) }
            for target in found { place(from, target, piece) }
        case .held(let reason):
            hold(piece, source, destination, reason: reason)
        case .leased:
            hold(piece, source, destination, reason: .unresolved)
        }
    }

    /// A connection to a node's port that a Service opened is translated to the Service's pods.
    private mutating func placeBehindNode(_ from: Int32, _ to: Int32, _ piece: Piece) {
        guard resolution.parties.traits[Int(to)].isNode, resolution.parties.traits[Int(from)].isWorkload,
            let (service, port) = view.service(atNodePort: piece.row.port, piece.row.protocol)
        else { return }
        for target in targets(of: service.value, service.position, piece.row, port: port) { place(from, target, piece) }
    }

    /// A connection from inside to a load balancer's or an external address of a Service goes to its pods, or out and back in.
    private mutating func placeBehindAddress(_ from: Int32, _ to: Int32, _ piece: Piece) {
        guard resolution.parties.traits[Int(to)].isOutside, resolution.parties.traits[Int(from)].isWorkload,
            let address = resolution.parties.parties[Int(to)].address
        else { return }
        for (service, position) in view.services(atExternal: address) {
            for target in targets(of: service, position, piece.row) { place(from, target, piece) }
        }
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
    private mutating func place(_ from: Int32, _ target: Target, _ piece: Piece) {
        if let reason = refusal(from, target, piece) {
            let connection = connection(from, target, piece)
            resolution.held.append(
                Resolution.HeldRow(
                    connection.text, between: (connection.source.workload, connection.destination.workload),
                    reason: reason, fact: resolution.fact(piece.fact, of: table)))
            return
        }
        let isClient = !resolution.parties.traits[Int(from)].isWorkload
        let exposure = isClient ? exposure(of: target, piece.row.protocol) : Resolution.Sighting.plain
        let isExposed = exposure != Resolution.Sighting.plain
        resolution.sightings.append(
            Resolution.Sighting(
                source: from, destination: target.party, protocol: piece.row.protocol, port: target.port,
                isExposed: isExposed, fact: piece.fact, direction: piece.row.direction,
                origin: isExposed ? exposure : target.origin))
    }

    private func connection(_ from: Int32, _ target: Target, _ piece: Piece) -> LearnedConnection {
        LearnedConnection(
            source: resolution.parties.parties[Int(from)], destination: resolution.parties.parties[Int(target.party)],
            protocol: piece.row.protocol, port: target.port)
    }

    /// The object that opens the destination's port to the outside.
    private mutating func exposure(of target: Target, _ protocol: NetworkProtocol) -> Int32 {
        let key = TargetKey(number: target.party, protocol: `protocol`, port: target.port)
        if let known = exposures[key] { return known }
        let id = resolution.parties.parties[Int(target.party)].workload
        let service = id.flatMap { view.exposingService(of: $0, protocol: `protocol`, port: target.port) }
        let found = service.map { number(of: .exposure($0)) } ?? Resolution.Sighting.plain
        exposures[key] = found
        return found
    }

    /// Why a resolved connection must make no rule, or nil.
    private func refusal(_ from: Int32, _ target: Target, _ piece: Piece) -> HoldReason? {
        let transport = piece.row.protocol
        if !transport.hasPorts, !options.dialect.hasICMP { return .notExpressible }
        let source = resolution.parties.traits[Int(from)]
        let destination = resolution.parties.traits[Int(target.party)]
        // The Kubernetes documentation, "Network Policies": traffic to and from the node where a Pod runs is always allowed.
        // Behind a node's port it is clients that come with the node's address, and the next one may come by another node.
        if source.isNode, destination.isWorkload, table.peers[Int(piece.row.source)].kind == .host,
            let id = resolution.parties.parties[Int(target.party)].workload,
            view.exposingService(of: id, protocol: transport, port: target.port)?.isOpenItself != true
        {
            return .ownNode
        }
        if !source.isWorkload, !destination.isWorkload { return .hostNetwork }
        guard transport.hasPorts else { return nil }
        if destination.isMetadataService, target.port != Port(53), options.metadata == .hold { return .metadata }
        if destination.isWorkload, transport == .tcp, MeshPort.isRedirect(target.port),
            !view.declares(
                resolution.parties.parties[Int(target.party)], protocol: transport, port: target.port)
        {
            return .meshRedirect
        }
        return nil
    }

    private mutating func hold(_ piece: Piece, _ source: PeerSide, _ destination: PeerSide, reason: HoldReason) {
        let row = piece.row
        let port = row.protocol.hasPorts ? "/\(row.port)" : ""
        let what = "\(name(row.source, source)) -> \(name(row.destination, destination)) \(row.protocol.name)\(port)"
        resolution.held.append(
            Resolution.HeldRow(
                what, between: (workload(source), workload(destination)), reason: reason,
                fact: resolution.fact(piece.fact, of: table)))
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
        case .held, .leased: return table.peers[Int(peer)].text
        }
    }
}

// MARK: - Sides

extension EdgeResolver {
    /// One side of a piece, with the parts of it where the address belonged to several in turn.
    private mutating func sides(_ piece: Piece, isSource: Bool) -> [(Piece, PeerSide)] {
        let side = side(isSource ? piece.row.source : piece.row.destination, isSource: isSource)
        guard case .leased(let address) = side else { return [(piece, side)] }
        let whole = resolution.fact(piece.fact, of: table)
        let tenants = peers.tenants(of: address, during: whole)
        guard tenants.count > 1 else { return [(piece, tenants.first.map { placed($0.tenant) } ?? .held(.unresolved))] }
        return tenants.map { tenant in
            resolution.parts.append(whole.part(on: tenant.days))
            let part = Piece(row: piece.row, fact: ~Int32(resolution.parts.count - 1))
            return (part, placed(tenant.tenant))
        }
    }

    private mutating func placed(_ tenant: PeerResolver.Tenant) -> PeerSide {
        switch tenant {
        case .party(let party): .party(resolution.parties.number(of: party))
        case .nobody(let reason): .held(reason)
        }
    }

    private mutating func side(_ number: Int32, isSource: Bool) -> PeerSide {
        if let known = isSource ? sources[Int(number)] : destinations[Int(number)] { return known }
        let peer = table.peers[Int(number)]
        let found = peers.resolve(peer, isSource: isSource, parties: &resolution.parties)
        if peer.kind == .pod, case .party(let party) = found,
            let id = resolution.parties.parties[Int(party)].workload
        {
            observedLabels[id, default: []].insert(peer.labels)
        }
        if isSource { sources[Int(number)] = found } else { destinations[Int(number)] = found }
        return found
    }
}

/// Ports to which a service mesh's sidecar redirects the connections of its pod (Istio documentation, "Application
/// Requirements", ports used by Istio): behind them the port that was asked for is hidden.
enum MeshPort {
    static func isRedirect(_ port: Port) -> Bool { port == Port(15001) || port == Port(15006) }
}

extension Party {
    /// True for the addresses at which clouds serve a node's metadata and credentials, and some (GKE) names as well:
    /// 169.254.169.254, and fd00:ec2::254 on AWS.
    var isMetadataService: Bool {
        address == IPAddress(ipv4: 0xa9fe_a9fe) || address == IPAddress(high: 0xfd00_0ec2_0000_0000, low: 0x254)
    }
}

extension LearnedConnection {
    /// `shop/Deployment/web -> shop/Deployment/api TCP/8080`.
    package var text: String {
        "\(source) -> \(destination) \(`protocol`.name)" + (`protocol`.hasPorts ? "/\(port)" : "")
    }
}
