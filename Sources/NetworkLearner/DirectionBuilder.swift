import Domain

/// Turns one workload's edges of one direction into cells of peers and ports.
struct DirectionBuilder {
    let catalog: WorkloadCatalog
    let view: ClusterView
    let options: NetworkLearningOptions
    let ledger: EdgeLedger
    let infrastructure: Infrastructure
    let declared: DeclaredTraffic
    private let ranges: DeclaredRanges
    /// The peer of each party that is a workload.
    private let peersOfParties: [RankedPeer?]
    private let resolvers: Set<RankedPeer>
    private let resolverPorts: Set<PortCode>

    init(catalog: WorkloadCatalog, view: ClusterView, options: NetworkLearningOptions, ledger: EdgeLedger) {
        infrastructure = Infrastructure(view: view, ledger: ledger, options: options, catalog: catalog)
        declared = DeclaredTraffic(view: view, ledger: ledger, catalog: catalog, infrastructure: infrastructure)
        self.catalog = catalog
        self.view = view
        self.options = options
        self.ledger = ledger
        ranges = DeclaredRanges(ledger)
        peersOfParties = ledger.edges.parties.map { party in party.workload.flatMap { catalog.peers.peer(of: $0) } }
        resolvers = infrastructure.resolverPeers
        resolverPorts = infrastructure.resolverPorts
    }

    private var table: EdgeTable { ledger.edges }

    func cells(of id: WorkloadID, _ numbers: [Int32], isIngress: Bool) -> RuleCells {
        var cells = RuleCells()
        // A direction in which nothing was seen stays open.
        guard !numbers.isEmpty else { return cells }
        var shared: [Party.Kind: [PortCode: [Int32]]] = [:]
        for number in numbers {
            let edge = table.edges[Int(number)]
            if infrastructure.isLookup(edge.port) {
                addSecondTransport(edge, number, isIngress, &shared, &cells)
            }
            let port = ranges.port(of: edge)
            if let peer = peersOfParties[Int(isIngress ? edge.source : edge.destination)] {
                cells.add(peer, port, evidence: number)
                if !isIngress { addServices(edge, number, &cells) }
                continue
            }
            let other = isIngress ? table.source(of: edge) : table.destination(of: edge)
            let found = isIngress && edge.isExposed ? clients(like: other, of: id, edge) : peers(other, isIngress)
            guard !found.isEmpty else {
                shared[other.kind, default: [:]][port, default: []].append(number)
                continue
            }
            for peer in found { cells.add(peer, port, evidence: number) }
        }
        for (kind, ports) in shared {
            for (port, numbers) in ports { addShared(kind, port, numbers, isIngress, &cells) }
        }
        addDeclared(id, isIngress, &cells)
        return cells
    }

    /// DNS answers that do not fit a datagram are asked for again over TCP (RFC 7766): who looks up names needs both.
    private func addSecondTransport(
        _ edge: ResolvedEdge, _ number: Int32, _ isIngress: Bool, _ shared: inout [Party.Kind: [PortCode: [Int32]]],
        _ cells: inout RuleCells
    ) {
        guard edge.protocol == .udp || edge.protocol == .tcp,
            infrastructure.isLookup(table.destination(of: edge), edge.port)
        else { return }
        let other = isIngress ? table.source(of: edge) : table.destination(of: edge)
        let port = PortCode(edge.protocol == .udp ? .tcp : .udp, edge.port)
        let found = peers(other, isIngress)
        if found.isEmpty { shared[other.kind, default: [:]][port, default: []].append(number) }
        for peer in found { cells.add(peer, port, declared: infrastructure.secondTransport) }
    }

    /// Nodes and API servers, which are named all together.
    private func addShared(
        _ kind: Party.Kind, _ port: PortCode, _ numbers: [Int32], _ isIngress: Bool, _ cells: inout RuleCells
    ) {
        let parties = numbers.map { number in
            let edge = table.edges[Int(number)]
            return isIngress ? table.source(of: edge) : table.destination(of: edge)
        }
        let peers = infrastructure.peers(of: kind, seenAt: parties.compactMap(\.address))
        cells.add(peers.map { RankedPeer($0) }, port, evidence: numbers)
        guard !isIngress, options.profile == .serviceAddress, kind == .apiServer,
            let service = view.index.service("kubernetes", in: Namespace("default"))
        else { return }
        for address in service.clusterAddresses {
            for declared in service.ports where declared.protocol == port.port.protocol {
                cells.add(
                    [RankedPeer(.block(CIDR(host: address)))], PortCode(declared.protocol, declared.port),
                    evidence: numbers)
            }
        }
    }

    private func addDeclared(_ id: WorkloadID, _ isIngress: Bool, _ cells: inout RuleCells) {
        for item in (isIngress ? declared.incoming[id] : declared.outgoing[id]) ?? [] {
            for peer in item.peers {
                cells.add(catalog.peers.ranked(peer), PortCode(item.port), declared: item.evidence)
            }
        }
        if isIngress {
            infrastructure.openResolver(id, &cells)
        } else {
            infrastructure.allowNames(id, &cells)
        }
    }

    /// The Services through which a workload is reached, by their own addresses and ports: where the plugin sees connections
    /// before they are translated.
    private func addServices(_ edge: ResolvedEdge, _ number: Int32, _ cells: inout RuleCells) {
        guard options.profile == .serviceAddress, let id = table.destination(of: edge).workload else { return }
        for (service, port) in view.services(leadingTo: id, protocol: edge.protocol, port: edge.port) {
            for address in service.clusterAddresses {
                cells.add(RankedPeer(.block(CIDR(host: address))), PortCode(edge.protocol, port), evidence: number)
            }
        }
    }

    /// The peers that a rule has to name so that it covers the party; none for nodes and API servers, which are named all
    /// together.
    private func peers(_ party: Party, _ isIngress: Bool) -> [RankedPeer] {
        switch party {
        case .workload(let id): catalog.peers.peer(of: id).map { [$0] } ?? []
        case .outside(let address): isIngress ? [RankedPeer(.block(CIDR(host: address)))] : outside(address)
        case .node, .apiServer: []
        }
    }

    /// The clients of a port that an object opens to the outside; none where they are to be named like any other party.
    private func clients(like party: Party, of id: WorkloadID, _ edge: ResolvedEdge) -> [RankedPeer] {
        guard let address = party.address, party.kind != .apiServer else { return peers(party, true) }
        let service = view.exposingService(of: id, protocol: edge.protocol, port: edge.port)
        guard let ranges = service?.sourceRanges, !ranges.isEmpty else {
            return infrastructure.outside(through: service, like: address).map { RankedPeer($0) }
        }
        // A load balancer that lets some in: they, and whoever came otherwise.
        let isLetIn = ranges.contains { $0.contains(address) }
        return ranges.map { RankedPeer(.block($0)) } + (isLetIn ? [] : peers(party, true))
    }

    /// An outside destination, by every name under which it was looked up where rules can say so: which of them the next
    /// look-up will use is not known. Names say nothing of who calls (Cilium documentation, "DNS based": egress alone).
    private func outside(_ address: IPAddress) -> [RankedPeer] {
        let names = options.dialect.hasNames ? view.index.inventory.names[address] ?? [] : []
        return names.isEmpty ? [RankedPeer(.block(CIDR(host: address)))] : names.map { RankedPeer(.name($0)) }
    }
}

// MARK: - Form

extension DirectionBuilder {
    /// How the rules of one direction are written.
    func shape(of id: WorkloadID, isIngress: Bool) -> RuleShape {
        let isNamed = options.ports.namedIn.contains(id.namespace)
        return RuleShape(
            outside: OutsideRanges(
                options: options.outside, names: { view.index.inventory.names[$0] ?? [] },
                isForbidden: view.overlapsCluster),
            resolvers: isIngress ? [] : resolvers, resolverPorts: resolverPorts,
            name: { port, peers in isNamed ? name(port, isIngress ? [id] : selected(peers)) : nil },
            writesRanges: options.ports.writesRanges)
    }

    /// The workloads that peers select; nil for one that is none.
    private func selected(_ peers: [RulePeer]) -> [WorkloadID?] { peers.map(catalog.peers.workload) }

    /// The name that all of the workloads give to a port, if none of them gives it to another one as well.
    private func name(_ port: RulePort, _ ids: [WorkloadID?]) -> String? {
        guard port.protocol.hasPorts, port.last == port.port else { return nil }
        let names = ids.map { id -> String? in
            guard let workload = id.flatMap({ view.index.workload($0) }) else { return nil }
            let ports = workload.ports.filter { $0.protocol == port.protocol && !$0.name.isEmpty }
            let own = Set(ports.filter { $0.number == port.port }.map(\.name))
            guard own.count == 1, let name = own.first else { return nil }
            return ports.contains { $0.name == name && $0.number != port.port } ? nil : name
        }
        guard let first = names.first, let name = first else { return nil }
        return names.allSatisfy { $0 == name } ? name : nil
    }
}
