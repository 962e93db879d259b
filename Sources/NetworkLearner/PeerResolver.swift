import Domain

/// One side of a row: a party, a Service whose port is still to be looked up, or nobody.
enum PeerSide {
    /// By its number among the parties.
    case party(Int32)
    /// By its position in the inventory.
    case service(Int32)
    case held(HoldReason)
    /// An address that pods had: whose it was depends on the time.
    case leased(IPAddress)

    var isLeased: Bool {
        if case .leased = self { true } else { false }
    }

    /// Why it makes no rule.
    var reason: HoldReason {
        if case .held(let reason) = self { reason } else { .unresolved }
    }
}

/// Finds out who stands behind a peer.
struct PeerResolver {
    let view: ClusterView
    let cluster: ClusterName

    func resolve(_ peer: ObservedPeer, isSource: Bool, parties: inout PartyTable) -> PeerSide {
        func party(_ party: Party) -> PeerSide { .party(parties.number(of: party)) }
        if peer.kind == .pod {
            switch pod(peer) {
            case .success(let found): return party(found)
            case .failure(let held): return .held(held.reason)
            }
        }
        guard let address = peer.address, !address.isNobodys else { return .held(.unresolved) }
        if !isSource, let position = view.servicePosition(at: address) { return .service(position) }
        // A link-local address is nobody's but the node's own services'; where rules can name these, the source's word
        // for it counts (node-local DNS runs on the host network).
        if !isSource, address.isLinkLocal, !(view.hasEntities && peer.kind == .host) { return party(.outside(address)) }
        if let found = infrastructure(peer.kind, address) { return party(found) }
        if view.isAPIServer(address) { return party(.apiServer(address)) }
        if view.isNode(address) { return party(.node(address)) }
        // What the source itself calls outside is outside, unless it lies in the cluster's own ranges or some pod had it.
        // These addresses, and those that the source cannot place, belong to a pod of their time or to nobody: never to
        // an ipBlock (NetworkPolicyPeer documentation, ipBlock).
        let isOutside = peer.kind == .world && !view.isInsideCluster(address) && !view.isPodAddress(address)
        return isOutside ? party(.outside(address)) : .leased(address)
    }

    /// The node or API server that the source calls so. A node's address in the range of pods (Cilium's router has one),
    /// or that of a pod, is nothing that a rule may name: another of the nodes stands for it.
    private func infrastructure(_ kind: ObservedPeer.Kind, _ address: IPAddress) -> Party? {
        let isOdd = view.isInsideCluster(address) || view.isPodAddress(address)
        switch kind {
        case .host, .remoteNode:
            guard isOdd, !view.isNode(address) else { return .node(address) }
            return view.nodeAddresses.first.map { .node($0) }
        case .apiServer:
            guard isOdd, !view.isAPIServer(address) else { return .apiServer(address) }
            return view.apiServerAddresses.first.map { .apiServer($0) }
        case .pod, .world, .unknown:
            return nil
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

    /// Who had an address for a while.
    enum Tenant: Hashable {
        case party(Party)
        case nobody(HoldReason)
    }

    /// Who had the address when an edge was seen: one for all of its time, or else day by day.
    ///
    /// An edge keeps the days on which it was seen, so that pods which had the address on different days are told apart.
    /// On a day on which it changed hands it stays ambiguous.
    func tenants(of address: IPAddress, during fact: ConnectionFact) -> [(tenant: Tenant, days: DaySet)] {
        let whole = tenant(of: address, from: fact.first, to: fact.last)
        if case .party = whole { return [(whole, fact.days)] }
        var byTenant: [Tenant: DaySet] = [:]
        for day in fact.days.days {
            let start = Timestamp(rawValue: Int64(day) * Timestamp.nanosecondsPerDay)
            let end = Timestamp(rawValue: start.rawValue + Timestamp.nanosecondsPerDay - 1)
            let found = tenant(of: address, from: max(start, fact.first), to: min(end, fact.last))
            byTenant[found, default: DaySet()].formUnion(DaySet(day: day))
        }
        return byTenant.map { ($0.key, $0.value) }.sorted { $0.days.days.lexicographicallyPrecedes($1.days.days) }
    }

    private func tenant(of address: IPAddress, from first: Timestamp, to last: Timestamp) -> Tenant {
        switch view.index.owner(of: address, from: first, to: last) {
        case .declared(let id):
            switch declared(id) {
            case .success(let party): .party(party)
            case .failure(let held): .nobody(held.reason)
            }
        case .ambiguous: .nobody(.ambiguous)
        case .undeclared: .nobody(.goneWorkload)
        case .unknown: .nobody(.unresolved)
        }
    }
}

extension ConnectionFact {
    /// What was seen on some of its days: counts are divided among the days, since a fact does not keep them by day.
    func part(on some: DaySet) -> ConnectionFact {
        let listed = some.days
        let share = (part: Int64(listed.count), whole: Int64(max(days.count, 1)))
        func divided(_ number: Int64) -> Int64 { number == 0 ? 0 : max(1, number * share.part / share.whole) }
        let start = Timestamp(rawValue: Int64(listed.first ?? first.day) * Timestamp.nanosecondsPerDay)
        let end = Timestamp(
            rawValue: (Int64(listed.last ?? last.day) + 1) * Timestamp.nanosecondsPerDay - 1)
        // What was established stays so in each part.
        let count = self.count > attempts ? max(2, divided(count)) : divided(count)
        let attempts = min(divided(attempts), self.count > attempts ? count - 1 : count)
        return ConnectionFact(
            count: count, attempts: attempts, answers: divided(answers),
            refusals: divided(refusals), first: max(first, start), last: min(last, end), days: some, hours: hours,
            sources: sources, sample: listed.first == first.day ? sample : "")
    }
}

extension IPAddress {
    /// True in 169.254.0.0/16 (RFC 3927).
    var isLinkLocal: Bool { isIPv4 && low >> 16 == 0xa9fe }

    /// True for the unspecified address and for loopback, which no packet between two hosts has (RFC 1122, 3.2.1.3;
    /// RFC 4291, 2.5.2 and 2.5.3).
    var isNobodys: Bool { isIPv4 ? low == 0 || low >> 24 == 127 : high == 0 && low <= 1 }
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
