import Domain

/// One side of a row: a party, a Service whose port is still to be looked up, or nobody.
enum PeerSide {
    /// By its number among the parties.
    case party(Int32)
    /// By its position in the inventory.
    case service(Int32)
    case held(HoldReason)

    /// Why it makes no rule.
    var reason: HoldReason {
        if case .held(let reason) = self { reason } else { .unresolved }
    }
}

/// Finds out who stands behind a peer.
struct PeerResolver {
    let view: ClusterView
    let cluster: ClusterName

    /// A side, and whether it is the same at any time.
    struct Found {
        let side: PeerSide
        let isLasting: Bool
    }

    func resolve(_ peer: ObservedPeer, _ fact: ConnectionFact, isSource: Bool, parties: inout PartyTable) -> Found {
        func lasting(_ side: PeerSide) -> Found { Found(side: side, isLasting: true) }
        func party(_ party: Party) -> Found { lasting(.party(parties.number(of: party))) }
        if peer.kind == .pod {
            switch pod(peer) {
            case .success(let found): return party(found)
            case .failure(let held): return lasting(.held(held.reason))
            }
        }
        guard let address = peer.address else { return lasting(.held(.unresolved)) }
        if !isSource, let position = view.servicePosition(at: address) { return lasting(.service(position)) }
        // A link-local address is nobody's but the node's own services'; where rules can name these, the source's word
        // for it counts (node-local DNS runs on the host network).
        if !isSource, address.isLinkLocal, !(view.hasEntities && peer.kind == .host) { return party(.outside(address)) }
        switch peer.kind {
        case .host, .remoteNode: return party(.node(address))
        case .apiServer: return party(.apiServer(address))
        case .pod, .world, .unknown: break
        }
        if view.isAPIServer(address) { return party(.apiServer(address)) }
        if view.isNode(address) { return party(.node(address)) }
        // What the source itself calls outside is outside, unless it lies in the cluster's own ranges. These addresses,
        // and those that the source cannot place, belong to a pod of their time or to nobody: never to an ipBlock
        // (NetworkPolicyPeer documentation, ipBlock).
        if peer.kind == .world, !view.isInsideCluster(address) { return party(.outside(address)) }
        switch leased(address, fact) {
        case .success(let found): return Found(side: .party(parties.number(of: found)), isLasting: false)
        case .failure(let held): return Found(side: .held(held.reason), isLasting: false)
        }
    }

    /// Why nobody was found.
    private struct Held: Error {
        let reason: HoldReason
    }

    private func pod(_ peer: ObservedPeer) -> Result<Party, Held> {
        if view.index.isRemote(peer) { return .failure(Held(reason: .otherCluster)) }
        guard view.hasWorkloads else { return .success(.workload(peer.recordedWorkload(in: cluster))) }
        switch view.index.match(peer) {
        case .declared(let id): return declared(id)
        case .ambiguous: return .failure(Held(reason: .ambiguous))
        case .undeclared, .unknown: return .failure(Held(reason: .goneWorkload))
        }
    }

    /// A pod on the host network has its node's address, and may run on any of them: one stands for all.
    private func declared(_ id: WorkloadID) -> Result<Party, Held> {
        guard view.index.workload(id)?.hostNetwork == true else { return .success(.workload(id)) }
        return view.nodeAddresses.first.map { .success(.node($0)) } ?? .failure(Held(reason: .unresolved))
    }

    /// Who had the address when the edge was seen.
    private func leased(_ address: IPAddress, _ fact: ConnectionFact) -> Result<Party, Held> {
        switch view.index.owner(of: address, from: fact.first, to: fact.last) {
        case .declared(let id): declared(id)
        case .ambiguous: .failure(Held(reason: .ambiguous))
        case .undeclared: .failure(Held(reason: .goneWorkload))
        case .unknown: .failure(Held(reason: .unresolved))
        }
    }
}

extension IPAddress {
    /// True in 169.254.0.0/16 (RFC 3927).
    var isLinkLocal: Bool { isIPv4 && low >> 16 == 0xa9fe }
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
