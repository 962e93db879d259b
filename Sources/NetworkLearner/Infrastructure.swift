import Domain

/// Rules that follow from what the cluster is rather than from one edge: DNS, the API server's and the nodes' addresses.
struct Infrastructure {
    private let resolvers: [DNSResolver]
    private let apiServerBlocks: [CIDR]
    private let nodeBlocks: [CIDR]
    let notes: [String]

    init(
        view: ClusterView, edges: [ResolvedEdge], options: NetworkLearningOptions, catalog: WorkloadCatalog
    ) {
        var notes: [String] = []
        if !view.hasWorkloads {
            notes.append(
                "no cluster objects were observed: workloads, labels and ports are known from records alone; "
                    + "run `leastwise observe objects` for Service resolution, selector proofs and declared ports")
        }
        resolvers = DNSResolver.find(view: view, edges: edges, catalog: catalog)
        if resolvers.contains(where: { $0.isAssumed }) {
            notes.append(
                "no DNS service was seen or declared: pods labelled k8s-app=kube-dns in kube-system are assumed")
        }
        apiServerBlocks = Self.blocks(options.apiServerRanges, else: view.apiServerAddresses)
        nodeBlocks = Self.blocks(options.nodeRanges, else: view.nodeAddresses)
        self.notes = notes
    }

    private static func blocks(_ ranges: [CIDR], else addresses: [IPAddress]) -> [CIDR] {
        BlockUnion.union(ranges.isEmpty ? addresses.map { CIDR(host: $0) } : ranges)
    }

    /// All nodes or all API servers, some of them seen at these addresses: pods and clients move between nodes, and the
    /// API server's replicas change.
    func blocks(of kind: Party.Kind, seenAt addresses: [IPAddress]) -> [RulePeer] {
        let known = kind == .apiServer ? apiServerBlocks : kind == .node ? nodeBlocks : []
        return BlockUnion.union(known + addresses.map { CIDR(host: $0) }).map { .block($0) }
    }

    /// Lets a workload whose egress is isolated look up names: without DNS, it could reach nothing by name.
    func allowNames(_ workload: WorkloadID, _ cells: inout RuleCells) {
        for resolver in resolvers where resolver.workload != workload {
            for port in resolver.ports { cells.add(resolver.peer, port, declared: resolver.evidence) }
        }
    }

    /// True if the workload serves the cluster's DNS.
    func isResolver(_ workload: WorkloadID) -> Bool { resolvers.contains { $0.workload == workload } }

    /// Keeps the cluster's DNS open to every pod: whoever comes next needs it too.
    func openResolver(_ workload: WorkloadID, _ cells: inout RuleCells) {
        for resolver in resolvers where resolver.workload == workload {
            for port in resolver.ports {
                cells.redirect(port, to: .everyNamespace)
                cells.add(.everyNamespace, port, declared: resolver.evidence)
            }
        }
    }
}

/// The cluster's DNS service: the workload behind it, and the ports that its pods listen on.
struct DNSResolver {
    /// Nil where it is assumed.
    let workload: WorkloadID?
    let peer: RulePeer
    let ports: [RulePort]
    var isAssumed: Bool { workload == nil }

    private static let namespaces: Set<Namespace> = [Namespace("kube-system"), Namespace("openshift-dns")]
    private static let serviceNames: Set<String> = ["kube-dns", "coredns", "dns-default", "rke2-coredns-rke2-coredns"]

    var evidence: Evidence {
        Evidence(
            what: "names are looked up at the cluster's DNS", note: isAssumed ? "assumed" : "declared", count: 0,
            first: nil, last: nil, days: 0, sources: [], sample: "")
    }

    /// The workloads behind the DNS Service; without it those seen to serve port 53 in a system namespace; without these
    /// the pods that upstream's manifests label `k8s-app: kube-dns`.
    static func find(view: ClusterView, edges: [ResolvedEdge], catalog: WorkloadCatalog) -> [DNSResolver] {
        var ports: [WorkloadID: Set<Port>] = [:]
        for service in view.index.inventory.services
        where namespaces.contains(service.namespace) && serviceNames.contains(service.name) {
            for declared in service.ports where declared.port == Port(53) {
                for target in view.targets(of: service, protocol: declared.protocol, port: declared.port) {
                    if let id = target.party.workload { ports[id, default: []].insert(target.port) }
                }
            }
        }
        if ports.isEmpty {
            for edge in edges where edge.key.port == Port(53) {
                guard let id = edge.key.destination.workload, namespaces.contains(id.namespace) else { continue }
                ports[id, default: []].insert(edge.key.port)
            }
        }
        let found = ports.compactMap { id, numbers in
            catalog.selector(of: id).map {
                DNSResolver(workload: id, peer: .pods(id.namespace, $0), ports: bothProtocols(numbers))
            }
        }
        return found.isEmpty ? assumed : found.sorted { $0.peer < $1.peer }
    }

    /// DNS answers that do not fit a datagram are asked for again over TCP (RFC 7766), so that both belong together.
    private static func bothProtocols(_ ports: Set<Port>) -> [RulePort] {
        ports.flatMap { [RulePort(.tcp, $0), RulePort(.udp, $0)] }.sorted()
    }

    private static var assumed: [DNSResolver] {
        guard let labels = PodLabels(["k8s-app": "kube-dns"]) else { return [] }
        let peer = RulePeer.pods(Namespace("kube-system"), labels)
        return [DNSResolver(workload: nil, peer: peer, ports: bothProtocols([Port(53)]))]
    }
}
