import Domain

/// Resolves both sides of an edge with the inventory: to workloads, nodes, the API server or outside addresses.
///
/// What is ambiguous or unknown is held back with the reason, never guessed.
struct EdgeResolver {
    let view: ClusterView
    let cluster: ClusterName

    /// A side before the port is known.
    private enum Side {
        case party(Party)
        case service(Service)
        case held(HoldReason)
    }

    /// Pods that were resolved already: most stand on many edges.
    private var pods: [ObservedPeer: Side] = [:]

    init(view: ClusterView, cluster: ClusterName) {
        self.view = view
        self.cluster = cluster
    }

    mutating func resolve(_ row: MergedEdges.Row, into ledger: inout EdgeLedger) {
        // Seen by its replies only: no request, no rule.
        guard row.fact.count > 0 else { return }
        let edge = row.edge
        let source = side(edge.source, row.fact, isSource: true, &ledger)
        let destination = side(edge.destination, row.fact, isSource: false, &ledger)
        guard let targets = targets(edge, source, destination) else {
            let reason =
                [source, destination].compactMap { if case .held(let reason) = $0 { reason } else { nil } }
                .first ?? .unresolved
            ledger.hold(
                Self.text(edge, source, destination), between: (Self.workload(source), Self.workload(destination)),
                reason: reason, fact: row.fact)
            return
        }
        for target in targets { place(target, row, into: &ledger) }
    }

    private struct Target {
        let key: EdgeLedger.Key
        let note: String?
    }

    /// The connections that an edge stands for: one, or one for each workload behind a Service address. Nil to hold back.
    private func targets(_ edge: ConnectionEdge, _ source: Side, _ destination: Side) -> [Target]? {
        guard case .party(let from) = source else { return nil }
        switch destination {
        case .held: return nil
        case .party(let to):
            let key = EdgeLedger.Key(source: from, destination: to, protocol: edge.protocol, port: edge.port)
            return [Target(key: key, note: nil)]
        case .service(let service):
            let found = view.targets(of: service, protocol: edge.protocol, port: edge.port)
            guard !found.isEmpty else { return nil }
            let note = "resolved from Service \(service.namespace)/\(service.name) port \(edge.port)"
            return found.map { target in
                let key = EdgeLedger.Key(
                    source: from, destination: target.party, protocol: edge.protocol, port: target.port)
                return Target(key: key, note: note)
            }
        }
    }

    private func place(_ target: Target, _ row: MergedEdges.Row, into ledger: inout EdgeLedger) {
        let key = target.key
        if let reason = refusal(key, row.edge) {
            ledger.hold(
                key.text, between: (key.source.workload, key.destination.workload), reason: reason, fact: row.fact)
            return
        }
        var note = target.note
        var exposed = false
        if key.source.workload == nil, let id = key.destination.workload,
            let service = view.exposingService(of: id, protocol: key.protocol, port: key.port)
        {
            exposed = true
            note =
                "open to the outside by Service \(service.namespace)/\(service.name) of type \(service.type.rawValue)"
        }
        ledger.add(key, fact: row.fact, known: row.edge.direction == .known, note: note, exposed: exposed)
    }

    /// Why a resolved connection must make no rule, or nil.
    private func refusal(_ key: EdgeLedger.Key, _ edge: ConnectionEdge) -> HoldReason? {
        if !key.protocol.hasPorts { return .notExpressible }
        // The Kubernetes documentation, "Network Policies": traffic to and from the node where a Pod runs is always allowed.
        if edge.source.kind == .host, key.destination.workload != nil { return .ownNode }
        if key.source.workload == nil, key.destination.workload == nil { return .hostNetwork }
        if key.port.isEphemeral, !RegisteredPort.isServer(key.protocol, key.port),
            !view.declares(key.destination, protocol: key.protocol, port: key.port)
        {
            return .dynamicPort
        }
        return nil
    }

    private static func workload(_ side: Side) -> WorkloadID? {
        if case .party(let party) = side { party.workload } else { nil }
    }

    private static func text(_ edge: ConnectionEdge, _ source: Side, _ destination: Side) -> String {
        let port = edge.protocol.hasPorts ? "/\(edge.port)" : ""
        return "\(name(edge.source, source)) -> \(name(edge.destination, destination)) \(edge.protocol.name)\(port)"
    }

    private static func name(_ peer: ObservedPeer, _ side: Side) -> String {
        switch side {
        case .party(let party): party.description
        case .service(let service): "Service \(service.namespace)/\(service.name)"
        case .held: peer.text
        }
    }
}

// MARK: - One side

extension EdgeResolver {
    private mutating func side(
        _ peer: ObservedPeer, _ fact: ConnectionFact, isSource: Bool, _ ledger: inout EdgeLedger
    ) -> Side {
        if peer.kind == .pod {
            if let known = pods[peer] { return known }
            let side = pod(peer)
            if case .party(.workload(let id)) = side { ledger.note(labels: peer.labels, of: id) }
            pods[peer] = side
            return side
        }
        guard let address = peer.address else { return .held(.unresolved) }
        if !isSource, let service = view.index.service(at: address) { return .service(service) }
        switch peer.kind {
        case .host, .remoteNode: return .party(.node(address))
        case .apiServer: return .party(.apiServer(address))
        case .pod, .world, .unknown: return outside(peer, address, fact)
        }
    }

    private func pod(_ peer: ObservedPeer) -> Side {
        if view.index.isRemote(peer) { return .held(.otherCluster) }
        guard view.hasWorkloads else { return .party(.workload(peer.recordedWorkload(in: cluster))) }
        switch view.index.match(peer) {
        case .declared(let id) where view.index.workload(id)?.hostNetwork == true:
            // It has its node's address, and may run on any of them: one stands for all.
            return view.nodeAddresses.first.map { .party(.node($0)) } ?? .held(.unresolved)
        case .declared(let id):
            return .party(.workload(id))
        case .ambiguous: return .held(.ambiguous)
        case .undeclared, .unknown: return .held(.goneWorkload)
        }
    }

    private func outside(_ peer: ObservedPeer, _ address: IPAddress, _ fact: ConnectionFact) -> Side {
        if view.isAPIServer(address) { return .party(.apiServer(address)) }
        if view.isNode(address) { return .party(.node(address)) }
        // What the source itself calls outside is outside, unless it lies in the cluster's own ranges. These addresses,
        // and those that the source cannot place, belong to a pod of their time or to nobody: never to an ipBlock
        // (NetworkPolicyPeer documentation, ipBlock).
        if peer.kind == .world, !view.isInsideCluster(address) { return .party(.outside(address)) }
        guard case .declared(let id) = view.index.owner(of: address, from: fact.first, to: fact.last) else {
            return .held(.unresolved)
        }
        return .party(.workload(id))
    }
}

extension ObservedPeer {
    /// The workload as the record has it, for learning without an inventory.
    func recordedWorkload(in cluster: ClusterName) -> WorkloadID {
        if !workloadName.isEmpty {
            return WorkloadID(cluster: cluster, namespace: namespace, kind: workloadKind, name: workloadName)
        }
        let stable = LabelChoice.stable(labels).sorted { $0.key < $1.key }
        let known = ["app.kubernetes.io/name", "app", "k8s-app", "name", "run", "app.kubernetes.io/instance"]
        let name = known.lazy.compactMap { labels[$0] }.first ?? stable.first?.value ?? podName
        // Groups that share a name but differ in another label stay apart.
        let rest = stable.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        let suffix = stable.count > 1 ? "-" + GeneratedName.shortHash(rest) : ""
        return WorkloadID(cluster: cluster, namespace: namespace, kind: "Pods", name: name + suffix)
    }

    /// The peer in a few words, for people.
    var text: String {
        switch kind {
        case .pod:
            let name = !workloadName.isEmpty ? "\(workloadKind)/\(workloadName)" : "Pod/\(podName)"
            return (remoteCluster.isEmpty ? "" : "\(remoteCluster):") + "\(namespace)/\(name)"
        case .world: return address?.description ?? "outside"
        case .host: return "the pod's own node"
        case .remoteNode: return "a node (\(address?.description ?? "?"))"
        case .apiServer: return "the API server"
        case .unknown: return "unknown address \(address?.description ?? "?")"
        }
    }
}
