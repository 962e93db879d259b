import Domain

/// The cells of one direction in order, merged to few rules without widening.
///
/// Peers that have exactly the same ports share a rule, so that a rule's product of peers and ports is never more than
/// the cells that made it.
struct RuleGroups {
    private let peers: [RankedPeer]
    private let extras: [RuleCells.Extra]
    /// By peer, port and evidence.
    private let cells: [RuleCells.Cell]

    init(_ unsorted: RuleCells) {
        peers = unsorted.peers
        extras = unsorted.extras
        cells = unsorted.cells.sorted { left, right in
            if left.peer != right.peer { return left.peer < right.peer }
            return left.port == right.port ? left.evidence < right.evidence : left.port < right.port
        }
    }

    /// One peer and port with what was seen of it.
    struct Behaviour {
        let first: Timestamp
        let days: DaySet
    }

    /// A peer, or several that are always named together, at a port: what tells one shared behaviour from another.
    private struct Shared: Hashable {
        let port: PortCode
        let evidence: Int32
    }

    /// Every cell that edges stand behind, with the days on which any of them was seen. Peers that are named all together
    /// (nodes) are one behaviour.
    func behaviours(of table: EdgeTable) -> [Behaviour] {
        var found: [Behaviour] = []
        var shared: Set<Shared> = []
        for cells in runs(in: cells[...], { $0.peer == $1.peer && $0.port == $1.port }) {
            if let first = cells.first, first.evidence < 0, let last = cells.last, last.evidence < 0,
                !shared.insert(Shared(port: first.port, evidence: first.evidence)).inserted
            {
                continue
            }
            let edges = edges(cells.map(\.evidence))
            guard let one = edges.first else { continue }
            var days = table.facts[Int(one)].days
            var first = table.facts[Int(one)].first
            for number in edges.dropFirst() {
                days.formUnion(table.facts[Int(number)].days)
                first = min(first, table.facts[Int(number)].first)
            }
            found.append(Behaviour(first: first, days: days))
        }
        return found
    }

    private func runs(
        in cells: ArraySlice<RuleCells.Cell>, _ belong: (RuleCells.Cell, RuleCells.Cell) -> Bool
    ) -> [ArraySlice<RuleCells.Cell>] {
        var runs: [ArraySlice<RuleCells.Cell>] = []
        var start = cells.startIndex
        for index in cells.indices where index > start && !belong(cells[index - 1], cells[index]) {
            runs.append(cells[start..<index])
            start = index
        }
        if start < cells.endIndex { runs.append(cells[start...]) }
        return runs
    }

    /// The numbers of all edges behind some evidence, each once, ascending.
    private func edges(_ evidence: [Int32]) -> [Int32] {
        guard evidence.count > 1 || evidence.contains(where: { $0 < 0 }) else { return evidence }
        var all = evidence.filter { $0 >= 0 }
        for number in Set(evidence.filter { $0 < 0 }) {
            if case .edges(let edges) = extras[Int(~number)] { all += edges }
        }
        all.sort()
        return all.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    private func declarations(_ evidence: [Int32]) -> [Evidence] {
        let found = Set(evidence.lazy.filter { $0 < 0 }).compactMap { number -> Evidence? in
            guard case .declared(let evidence) = extras[Int(~number)] else { return nil }
            return evidence
        }
        return Set(found).sorted()
    }
}

// MARK: - Rules

extension RuleGroups {
    /// What the cells of one rule have in common.
    private struct RuleKey: Hashable, Comparable {
        let ports: [PortCode]
        let isNameLookup: Bool

        static func < (left: RuleKey, right: RuleKey) -> Bool {
            left.ports == right.ports
                ? left.isNameLookup && !right.isNameLookup : left.ports.lexicographicallyPrecedes(right.ports)
        }
    }

    private struct Members {
        var peers: [RankedPeer] = []
        var evidence: [Int32] = []
    }

    /// The rules in canonical order.
    func rules(_ shape: RuleShape, evidence table: EdgeTable) -> [NetworkRule] {
        var unseen = 0.0
        let merged = members(shape).sorted { $0.key < $1.key }.compactMap { key, group in
            let blocks = shape.outside.joined(group.peers, budget: shape.outside.options.unseenAddresses - unseen)
            unseen += blocks.unseen
            let peers = blocks.peers.sorted().map(\.peer)
            return NetworkRule(
                peers: peers, ports: shape.written(key.ports.map(\.port), peers),
                evidence: EvidenceList(edges(group.evidence), of: table, and: declarations(group.evidence)),
                unseenAddresses: blocks.unseen, isNameLookup: key.isNameLookup)
        }
        return merged.sorted { left, right in
            left.ports == right.ports
                ? left.peers.lexicographicallyPrecedes(right.peers)
                : left.ports.lexicographicallyPrecedes(right.ports)
        }
    }

    private func members(_ shape: RuleShape) -> [RuleKey: Members] {
        var found: [RuleKey: Members] = [:]
        func add(_ peer: RankedPeer, _ cells: some Collection<RuleCells.Cell>, isNameLookup: Bool) {
            guard !cells.isEmpty else { return }
            let ports = cells.reduce(into: [PortCode]()) { if $0.last != $1.port { $0.append($1.port) } }
            let key = RuleKey(ports: ports, isNameLookup: isNameLookup)
            found[key, default: Members()].peers.append(peer)
            found[key]?.evidence.append(contentsOf: cells.lazy.map(\.evidence))
        }
        for run in runs(in: cells[...], { $0.peer == $1.peer }) {
            guard let number = run.first?.peer else { continue }
            let peer = peers[Int(number)]
            if shape.resolvers.contains(peer) {
                add(peer, run.filter { shape.resolverPorts.contains($0.port) }, isNameLookup: true)
                add(peer, run.filter { !shape.resolverPorts.contains($0.port) }, isNameLookup: false)
            } else {
                add(peer, run, isNameLookup: false)
            }
        }
        return found
    }
}
