import Domain

/// Collects claims on addresses from pods and from records, and makes leases of them.
struct LeaseReader {
    private let index: InventoryIndex
    private var claims: [IPAddress: [AddressClaim]] = [:]
    /// Records that name an address but no pod.
    private(set) var nameless = 0

    init(_ index: InventoryIndex) { self.index = index }

    /// All leases by address and beginning.
    var leases: [AddressLease] {
        claims.sorted { $0.key < $1.key }.flatMap { LeaseTimeline.leases(of: $0.key, $0.value) }
    }

    /// Adds a listed pod; one on the host's network has no address of its own.
    mutating func add(_ listed: ListedPod) {
        let pod = listed.pod
        let end = pod.isFinished ? listed.finished : nil
        for address in listed.ownAddresses {
            claims[address, default: []].append(
                AddressClaim(owner: pod.owner, podName: pod.name, from: listed.start, to: end))
        }
    }

    /// Adds what a record saw. A pod without a known owner claims for itself, so that nobody else gets its address.
    mutating func add(_ sighting: AddressSighting) {
        guard sighting.peer.kind == .pod, index.node(at: sighting.address) == nil else { return }
        guard let owner = owner(of: sighting) else {
            nameless += 1
            return
        }
        if index.workload(owner)?.hostNetwork == true { return }
        claims[sighting.address, default: []].append(
            AddressClaim(owner: owner, podName: sighting.podName, from: sighting.first, to: sighting.last))
    }

    private func owner(of sighting: AddressSighting) -> WorkloadID? {
        if let owner = index.match(sighting.peer, podName: sighting.podName).workload { return owner }
        guard !sighting.podName.isEmpty else { return nil }
        let remote = index.isRemote(sighting.peer) ? ClusterName(sighting.peer.remoteCluster) : index.cluster
        return WorkloadID(
            cluster: remote, namespace: sighting.peer.namespace, kind: "Pod", name: sighting.podName)
    }
}
