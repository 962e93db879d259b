import Domain

/// A rule's peer with its place in the order of all selectors, so that most peers are told apart and compared by number:
/// hashing and comparing sets of labels is what rules would otherwise spend their time on.
struct RankedPeer: Hashable {
    let peer: RulePeer
    /// Place among the selectors of all workloads; -1 for any other peer.
    let rank: Int32

    /// A peer that no workload's selector stands behind.
    init(_ peer: RulePeer) {
        self.peer = peer
        rank = -1
    }

    init(_ peer: RulePeer, rank: Int32) {
        self.peer = peer
        self.rank = rank
    }

    static func == (left: RankedPeer, right: RankedPeer) -> Bool {
        left.rank == right.rank && (left.rank >= 0 || left.peer == right.peer)
    }

    func hash(into hasher: inout Hasher) {
        if rank >= 0 { hasher.combine(rank) } else { hasher.combine(peer) }
    }
}

extension RankedPeer: Comparable {
    static func < (left: RankedPeer, right: RankedPeer) -> Bool {
        left.rank >= 0 && right.rank >= 0 ? left.rank < right.rank : left.peer < right.peer
    }
}

/// The peers that select workloads, each with its rank.
struct PeerBook {
    private let byWorkload: [WorkloadID: RankedPeer]
    private let bySelector: [RulePeer: RankedPeer]
    private let workloads: [RulePeer: WorkloadID]

    init(_ selectors: [WorkloadID: PodLabels]) {
        let keyed = selectors.map { id, labels in
            (id: id, labels: labels, text: labels.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        }
        let ordered = keyed.sorted { left, right in
            left.id.namespace == right.id.namespace
                ? left.text.lexicographicallyPrecedes(right.text) : left.id.namespace < right.id.namespace
        }
        var byWorkload: [WorkloadID: RankedPeer] = [:]
        var bySelector: [RulePeer: RankedPeer] = [:]
        for (rank, item) in ordered.enumerated() {
            let peer = RulePeer.pods(item.id.namespace, item.labels)
            let ranked = bySelector[peer] ?? RankedPeer(peer, rank: Int32(rank))
            byWorkload[item.id] = ranked
            bySelector[peer] = ranked
        }
        self.byWorkload = byWorkload
        self.bySelector = bySelector
        workloads = Dictionary(ordered.map { (RulePeer.pods($0.id.namespace, $0.labels), $0.id) }) { first, _ in first }
    }

    /// The peer that selects a workload; nil if nothing selects it alone.
    func peer(of id: WorkloadID) -> RankedPeer? { byWorkload[id] }

    /// The workload that a peer selects; nil if it selects no workload's pods.
    func workload(_ peer: RulePeer) -> WorkloadID? { workloads[peer] }

    /// The peer with the rank that it has if a workload stands behind it.
    func ranked(_ peer: RulePeer) -> RankedPeer { bySelector[peer] ?? RankedPeer(peer) }
}
