import Domain

/// Rules that follow from what the cluster is rather than from one edge: DNS, the API server's and the nodes' addresses.
struct Infrastructure {
    private let resolvers: [DNSResolver]
    /// Where rules see them as well: the resolvers' Services, by their own addresses and ports.
    private let resolverServices: [(peer: RankedPeer, port: PortCode)]
    private let apiServerBlocks: [CIDR]
    private let nodeBlocks: [CIDR]
    private let dialect: PolicyDialect
    private let lookupPorts: [Port]
    let notes: [String]

    init(view: ClusterView, ledger: EdgeLedger, options: NetworkLearningOptions, catalog: WorkloadCatalog) {
        var notes: [String] = []
        if !view.hasWorkloads {
            notes.append(
                "no cluster objects were observed: workloads, labels and ports are known from records alone; "
                    + "run `leastwise observe objects` for Service resolution, selector proofs and declared ports")
        }
        resolvers = DNSResolver.find(view: view, ledger: ledger, catalog: catalog)
        if resolvers.contains(where: \.isAssumed) {
            notes.append(
                "no DNS service was seen or declared: pods labelled k8s-app=kube-dns in kube-system are assumed")
        }
        lookupPorts = Set(resolvers.flatMap(\.ports).map(\.port) + [Port(53)]).sorted()
        resolverServices = options.profile == .serviceAddress ? Self.services(of: resolvers, view) : []
        dialect = options.dialect
        apiServerBlocks = Self.blocks(options.apiServerRanges, else: view.apiServerAddresses)
        nodeBlocks = Self.blocks(options.nodeRanges, else: view.nodeAddresses)
        self.notes = notes
    }

    private static func services(
        of resolvers: [DNSResolver], _ view: ClusterView
    ) -> [(peer: RankedPeer, port: PortCode)] {
        resolvers.flatMap { resolver in
            resolver.ports.flatMap { port in
                let found = resolver.workload.map {
                    view.services(leadingTo: $0, protocol: port.protocol, port: port.port)
                }
                return (found ?? []).flatMap { service, own in
                    service.clusterAddresses.map {
                        (peer: RankedPeer(.block(CIDR(host: $0))), port: PortCode(port.protocol, own))
                    }
                }
            }
        }
    }

    private static func blocks(_ ranges: [CIDR], else addresses: [IPAddress]) -> [CIDR] {
        BlockUnion.union(ranges.isEmpty ? addresses.map { CIDR(host: $0) } : ranges)
    }

    /// All nodes or all API servers, some of them seen at these addresses: pods and clients move between nodes, and the
    /// API server's replicas change.
    func peers(of kind: Party.Kind, seenAt addresses: [IPAddress]) -> [RulePeer] {
        if dialect.hasEntities {
            return kind == .apiServer ? [.entity(.apiServer)] : [.entity(.host), .entity(.remoteNode)]
        }
        let known = kind == .apiServer ? apiServerBlocks : kind == .node ? nodeBlocks : []
        return BlockUnion.union(known + addresses.map { CIDR(host: $0) }).map { .block($0) }
    }

    /// The API server as a peer, as far as it is known; empty if it is not.
    var apiServer: [RulePeer] { peers(of: .apiServer, seenAt: []) }

    /// Everyone outside, for a port that is open by declaration, whose clients often come with a node's address: in every
    /// family that its Service has.
    func outside(through service: Service?, like address: IPAddress) -> [RulePeer] {
        if dialect.hasEntities { return [.entity(.world), .entity(.host), .entity(.remoteNode)] }
        let families = Set((service?.clusterAddresses ?? []).map(\.isIPv4) + [address.isIPv4])
        return families.sorted { $0 && !$1 }.map { .block($0 ? .anyIPv4 : .anyIPv6) }
    }

    /// Lets a workload whose egress is isolated look up names: without DNS, it could reach nothing by name.
    func allowNames(_ workload: WorkloadID, _ cells: inout RuleCells) {
        for resolver in resolvers where resolver.workload != workload {
            for port in resolver.ports { cells.add(resolver.peer, PortCode(port), declared: resolver.evidence) }
        }
        guard let evidence = resolvers.first?.evidence, !isResolver(workload) else { return }
        for service in resolverServices { cells.add(service.peer, service.port, declared: evidence) }
    }

    /// True if names may be looked up at the port, somewhere.
    func isLookup(_ port: Port) -> Bool { lookupPorts.contains(port) }

    /// True if names are looked up there.
    func isLookup(_ destination: Party, _ port: Port) -> Bool {
        if port == Port(53) { return true }
        guard let id = destination.workload else { return false }
        return resolvers.contains { resolver in
            resolver.workload == id && resolver.ports.contains { $0.port == port }
        }
    }

    /// What stands behind the transport over which no look-ups were seen, beside the one over which they were.
    let secondTransport = Evidence(
        what: "names are looked up", note: "inferred: over UDP and, for long answers, over TCP (RFC 7766)", count: 0,
        first: nil,
        last: nil, days: 0, sources: [], sample: "")

    /// True if the workload serves the cluster's DNS.
    func isResolver(_ workload: WorkloadID) -> Bool { resolvers.contains { $0.workload == workload } }

    /// Keeps the cluster's DNS open to every pod: whoever comes next needs it too.
    func openResolver(_ workload: WorkloadID, _ cells: inout RuleCells) {
        for resolver in resolvers where resolver.workload == workload {
            for port in resolver.ports.map({ PortCode($0) }) {
                cells.redirect(port, to: RankedPeer(.everyNamespace))
                cells.add(RankedPeer(.everyNamespace), port, declared: resolver.evidence)
            }
        }
    }

    /// The resolvers that rules for looking up names have to tell from others: only plugins that read the answers ask for it.
    var resolverPeers: Set<RankedPeer> { dialect.hasNames ? Set(resolvers.map(\.peer)) : [] }

    /// The ports on which resolvers answer.
    var resolverPorts: Set<PortCode> { Set(resolvers.flatMap(\.ports).map { PortCode($0) }) }
}
