import Domain

/// What one direction allows, as cells of peer and port, merged to few rules without widening.
///
/// Peers that have exactly the same ports share a rule, so that a rule's product of peers and ports is never more than
/// the cells that made it.
struct RuleCells {
    /// The evidence of each cell: edges by their number, and bundles of edges by `~` their position.
    private var ports: [RulePeer: [RulePort: Set<Int>]] = [:]
    private var bundles: [[Int]] = []
    private var declared: [RulePeer: [RulePort: Evidence]] = [:]

    /// Adds a cell that an observed edge, known by its number, stands behind.
    mutating func add(_ peer: RulePeer, _ port: RulePort, evidence: Int) {
        ports[peer, default: [:]][port, default: []].insert(evidence)
    }

    /// Adds cells of many peers that all of the edges stand behind.
    mutating func add(_ peers: [RulePeer], _ port: RulePort, evidence: [Int]) {
        for peer in peers { add(peer, port, evidence: ~bundles.count) }
        bundles.append(evidence)
    }

    /// Adds a cell that a declaration stands behind.
    mutating func add(_ peer: RulePeer, _ port: RulePort, declared evidence: Evidence) {
        ports[peer, default: [:]][port, default: []].formUnion([])
        declared[peer, default: [:]][port] = evidence
    }

    /// Moves all cells of a port to one peer; address ranges stay, since no selector of pods covers them.
    mutating func redirect(_ port: RulePort, to peer: RulePeer) {
        for other in ports.keys where other != peer {
            if case .block = other { continue }
            guard let numbers = ports[other]?.removeValue(forKey: port) else { continue }
            ports[peer, default: [:]][port, default: []].formUnion(numbers)
        }
    }

    /// When the newest cell was first seen, by the first sighting of each edge; nil if no edge stands behind any.
    func lastNovelty(first: (Int) -> Timestamp) -> Timestamp? {
        let firsts = bundles.map { $0.map(first).min() }
        return ports.values.flatMap(\.values).compactMap { numbers in
            numbers.compactMap { $0 < 0 ? firsts[~$0] : first($0) }.min()
        }.max()
    }

    /// The rules in canonical order.
    func rules(evidence: (Int) -> Evidence) -> [NetworkRule] {
        var groups: [Set<RulePort>: [RulePeer]] = [:]
        for (peer, cells) in ports where !cells.isEmpty { groups[Set(cells.keys), default: []].append(peer) }
        let rules = groups.compactMap { portSet, peers in
            NetworkRule(
                peers: BlockUnion.collapsed(peers).sorted(), ports: portSet.sorted(),
                evidence: evidences(peers, evidence))
        }
        return rules.sorted { left, right in
            left.ports == right.ports
                ? left.peers.lexicographicallyPrecedes(right.peers)
                : left.ports.lexicographicallyPrecedes(right.ports)
        }
    }

    private func evidences(_ peers: [RulePeer], _ evidence: (Int) -> Evidence) -> [Evidence] {
        var numbers: Set<Int> = []
        var found: Set<Evidence> = []
        for peer in peers {
            for cell in ports[peer, default: [:]].values { numbers.formUnion(cell) }
            found.formUnion(declared[peer, default: [:]].values)
        }
        let edges = Set(numbers.flatMap { $0 < 0 ? bundles[~$0] : [$0] })
        return (edges.map(evidence) + found).sorted()
    }
}

/// The exact union of address ranges: no address more, as few ranges as possible.
enum BlockUnion {
    /// The peers with their blocks united; other peers are left as they are.
    static func collapsed(_ peers: [RulePeer]) -> [RulePeer] {
        let blocks = peers.compactMap { if case .block(let cidr) = $0 { cidr } else { nil } }
        let others = peers.filter { if case .block = $0 { false } else { true } }
        return others + union(blocks).map { .block($0) }
    }

    /// Ranges inside another range go, and two halves of a range become that range.
    static func union(_ blocks: [CIDR]) -> [CIDR] {
        var result: [CIDR] = []
        for block in blocks.sorted() {
            if let last = result.last, last.contains(block) { continue }
            result.append(block)
            while result.count >= 2, let parent = parent(result[result.count - 2], result[result.count - 1]) {
                result.removeLast(2)
                result.append(parent)
            }
        }
        return result
    }

    private static func parent(_ left: CIDR, _ right: CIDR) -> CIDR? {
        guard left.length == right.length, left.length > 0, left != right,
            let parent = CIDR(left.address, length: left.length - 1), parent.contains(right)
        else { return nil }
        return parent
    }
}
