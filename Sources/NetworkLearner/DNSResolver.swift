import Domain

/// Somebody who answers the cluster's pods when they look up names, and the ports at which.
struct DNSResolver {
    /// The workload behind the DNS Service; nil where it is none, or is assumed.
    let workload: WorkloadID?
    let peer: RankedPeer
    let ports: [RulePort]
    let evidence: Evidence
    let isAssumed: Bool

    private static let namespaces: Set<Namespace> = [Namespace("kube-system"), Namespace("openshift-dns")]
    private static let serviceNames: Set<String> = ["kube-dns", "coredns", "dns-default", "rke2-coredns-rke2-coredns"]

    /// The workloads behind the DNS Service; without it those seen to serve port 53 in a system namespace; without these
    /// the pods that upstream's manifests label `k8s-app: kube-dns`.
    static func find(view: ClusterView, ledger: EdgeLedger, catalog: WorkloadCatalog) -> [DNSResolver] {
        let found = ports(view, ledger).compactMap { id, numbers in
            catalog.peers.peer(of: id).map {
                DNSResolver(workload: id, $0, bothProtocols(numbers), note: "declared")
            }
        }
        let inside = found.isEmpty ? assumed(catalog) : found.sorted { $0.peer < $1.peer }
        return inside + onNodes(view, ledger)
    }

    /// The ports at which workloads answer.
    private static func ports(_ view: ClusterView, _ ledger: EdgeLedger) -> [WorkloadID: Set<Port>] {
        var ports: [WorkloadID: Set<Port>] = [:]
        for service in view.index.inventory.services
        where namespaces.contains(service.namespace) && serviceNames.contains(service.name) {
            for declared in service.ports where declared.port == Port(53) {
                for target in view.targets(of: service, protocol: declared.protocol, port: declared.port) {
                    if let id = target.party.workload { ports[id, default: []].insert(target.port) }
                }
            }
        }
        guard ports.isEmpty else { return ports }
        ports = elsewhere(view, ledger)
        guard ports.isEmpty else { return ports }
        let table = ledger.edges
        for number in ledger.learned where table.edges[Int(number)].port == Port(53) {
            guard let id = table.connection(number).destination.workload, namespaces.contains(id.namespace) else {
                continue
            }
            ports[id, default: []].insert(Port(53))
        }
        return ports
    }

    /// Where no Service of the usual names exists: workloads behind a Service's DNS port that other namespaces were seen to ask.
    private static func elsewhere(_ view: ClusterView, _ ledger: EdgeLedger) -> [WorkloadID: Set<Port>] {
        let table = ledger.edges
        var candidates: [WorkloadID: Set<Port>] = [:]
        for service in view.index.inventory.services {
            for declared in service.ports where declared.port == Port(53) && declared.protocol == .udp {
                for target in view.targets(of: service, protocol: .udp, port: declared.port) {
                    if let id = target.party.workload { candidates[id, default: []].insert(target.port) }
                }
            }
        }
        guard !candidates.isEmpty else { return [:] }
        var asked: Set<WorkloadID> = []
        for number in ledger.learned where table.edges[Int(number)].protocol == .udp {
            let edge = table.edges[Int(number)]
            guard let id = table.destination(of: edge).workload, candidates[id]?.contains(edge.port) == true,
                let client = table.source(of: edge).workload, client.namespace != id.namespace
            else { continue }
            asked.insert(id)
        }
        return candidates.filter { asked.contains($0.key) }
    }

    /// Link-local addresses at which names were looked up: a cache on each node (169.254.20.10, Kubernetes documentation,
    /// "Using NodeLocal DNSCache in Kubernetes Clusters"), or the cloud's own resolver (169.254.169.254 on GKE, 169.254.169.253
    /// on AWS). Who looks up names there once may do so from any pod.
    private static func onNodes(_ view: ClusterView, _ ledger: EdgeLedger) -> [DNSResolver] {
        let table = ledger.edges
        let isLocal = table.parties.map { $0.address?.isLinkLocal == true }
        let seen = ledger.learned.lazy.map { table.edges[Int($0)] }
            .filter { isLocal[Int($0.destination)] && $0.port == Port(53) }
            .flatMap { peers(at: table.destination(of: $0)) }
        return Set(seen).sorted().map {
            DNSResolver(
                workload: nil, $0, bothProtocols([Port(53)]), note: "other workloads were seen to look up names there")
        }
    }

    /// Where rules can name nodes, a cache on them is a node, and no address range holds it (Cilium documentation, "Layer 3
    /// Policies", IP/CIDR based). They name all nodes, as for any other port of one.
    private static func peers(at party: Party) -> [RankedPeer] {
        if party.kind == .node { return [RankedPeer(.entity(.host)), RankedPeer(.entity(.remoteNode))] }
        return party.address.map { [RankedPeer(.block(CIDR(host: $0)))] } ?? []
    }

    private init(
        workload: WorkloadID?, _ peer: RankedPeer, _ ports: [RulePort], note: String, isAssumed: Bool = false
    ) {
        self.workload = workload
        self.peer = peer
        self.ports = ports
        self.isAssumed = isAssumed
        evidence = Evidence(
            what: "names are looked up at the cluster's DNS", note: note, count: 0, first: nil, last: nil, days: 0,
            sources: [], sample: "")
    }

    /// DNS answers that do not fit a datagram are asked for again over TCP (RFC 7766), so that both belong together.
    private static func bothProtocols(_ ports: Set<Port>) -> [RulePort] {
        ports.flatMap { [RulePort(.tcp, $0), RulePort(.udp, $0)] }.sorted()
    }

    private static func assumed(_ catalog: WorkloadCatalog) -> [DNSResolver] {
        guard let labels = PodLabels(["k8s-app": "kube-dns"]) else { return [] }
        let peer = catalog.peers.ranked(.pods(Namespace("kube-system"), labels))
        return [DNSResolver(workload: nil, peer, bothProtocols([Port(53)]), note: "assumed", isAssumed: true)]
    }
}
