import Domain

/// What one direction allows, as cells of peer and port, merged to few rules without widening.
///
/// Peers that have exactly the same ports share a rule, so that a rule's product of peers and ports is never more than
/// the cells that made it.
struct RuleCells {
    private struct Cell {
        let peer: Int32
        let port: RulePort
        /// An edge by its number, or an extra by `~` its position.
        let evidence: Int32
    }

    private enum Extra {
        case edges([Int32])
        case declared(Evidence)
    }

    private var cells: [Cell] = []
    private var extras: [Extra] = []
    private var peers: [RankedPeer] = []
    private var numbers: [RankedPeer: Int32] = [:]

    /// True if an observed edge stands behind any cell.
    private(set) var isObserved = false

    private mutating func number(of peer: RankedPeer) -> Int32 {
        if let known = numbers[peer] { return known }
        let number = Int32(peers.count)
        numbers[peer] = number
        peers.append(peer)
        return number
    }

    /// Adds a cell that an observed edge, known by its number, stands behind.
    mutating func add(_ peer: RankedPeer, _ port: RulePort, evidence: Int32) {
        isObserved = true
        cells.append(Cell(peer: number(of: peer), port: port, evidence: evidence))
    }

    /// Adds cells of many peers that all of the edges stand behind.
    mutating func add(_ peers: [RankedPeer], _ port: RulePort, evidence: [Int32]) {
        isObserved = true
        extras.append(.edges(evidence))
        for peer in peers {
            cells.append(Cell(peer: number(of: peer), port: port, evidence: ~Int32(extras.count - 1)))
        }
    }

    /// Adds a cell that a declaration stands behind.
    mutating func add(_ peer: RankedPeer, _ port: RulePort, declared evidence: Evidence) {
        extras.append(.declared(evidence))
        cells.append(Cell(peer: number(of: peer), port: port, evidence: ~Int32(extras.count - 1)))
    }

    /// Moves all cells of a port to one peer; address ranges and names stay, since no selector of pods covers them.
    mutating func redirect(_ port: RulePort, to peer: RankedPeer) {
        let target = number(of: peer)
        cells = cells.map { cell in
            guard cell.port == port, case .pods = peers[Int(cell.peer)].peer else { return cell }
            return Cell(peer: target, port: port, evidence: cell.evidence)
        }
    }
}

// MARK: - Behaviours

extension RuleCells {
    /// One peer and port with what was seen of it.
    struct Behaviour {
        let first: Timestamp
        let days: DaySet
    }

    /// Every cell that edges stand behind, with the days on which any of them was seen. Peers that are named all together
    /// (nodes) are one behaviour.
    func behaviours(of table: EdgeTable) -> [Behaviour] {
        let distinct = Set(groups().flatMap(\.ports).map(\.evidence))
        return distinct.compactMap { evidence in
            let found = edges(evidence)
            guard let one = found.first else { return nil }
            var days = table.edges[Int(one)].fact.days
            var first = table.edges[Int(one)].fact.first
            for number in found.dropFirst() {
                days.formUnion(table.edges[Int(number)].fact.days)
                first = min(first, table.edges[Int(number)].fact.first)
            }
            return Behaviour(first: first, days: days)
        }
    }

    /// The numbers of all edges behind some evidence, each once, ascending.
    private func edges(_ evidence: [Int32]) -> [Int32] {
        guard evidence.contains(where: { $0 < 0 }) else { return evidence }
        var all = evidence.filter { $0 >= 0 }
        for number in Set(evidence.filter { $0 < 0 }) {
            if case .edges(let edges) = extras[Int(~number)] { all += edges }
        }
        return Set(all).sorted()
    }

    private func declarations(_ evidence: [Int32]) -> [Evidence] {
        let found = Set(evidence.filter { $0 < 0 }).compactMap { number -> Evidence? in
            guard case .declared(let evidence) = extras[Int(~number)] else { return nil }
            return evidence
        }
        return Set(found).sorted()
    }
}

// MARK: - Rules

extension RuleCells {
    /// One peer with its ports, ascending, each with its evidence.
    private struct Group {
        let peer: RankedPeer
        var ports: [(port: RulePort, evidence: [Int32])]
    }

    private func groups() -> [Group] {
        let ordered = cells.sorted { left, right in
            if left.peer != right.peer { return left.peer < right.peer }
            return left.port == right.port ? left.evidence < right.evidence : left.port < right.port
        }
        var groups: [Group] = []
        var last: Cell?
        for cell in ordered {
            if cell.peer != last?.peer { groups.append(Group(peer: peers[Int(cell.peer)], ports: [])) }
            let end = groups.count - 1
            if cell.peer == last?.peer, cell.port == last?.port {
                groups[end].ports[groups[end].ports.count - 1].evidence.append(cell.evidence)
            } else {
                groups[end].ports.append((cell.port, [cell.evidence]))
            }
            last = cell
        }
        return groups
    }

    /// What the cells of one rule have in common.
    private struct RuleKey: Hashable, Comparable {
        let ports: [RulePort]
        let isNameLookup: Bool

        static func < (left: RuleKey, right: RuleKey) -> Bool {
            left.ports == right.ports
                ? left.isNameLookup && !right.isNameLookup : left.ports.lexicographicallyPrecedes(right.ports)
        }
    }

    /// The rules in canonical order.
    func rules(_ shape: RuleShape, evidence table: EdgeTable) -> [NetworkRule] {
        var byPorts: [RuleKey: (peers: [RankedPeer], evidence: [Int32])] = [:]
        for group in groups() {
            let isResolver = shape.resolvers.contains(group.peer)
            let lookups = isResolver ? group.ports.filter { shape.resolverPorts.contains($0.port) } : []
            let others = isResolver ? group.ports.filter { !shape.resolverPorts.contains($0.port) } : group.ports
            for (ports, isNameLookup) in [(lookups, true), (others, false)] where !ports.isEmpty {
                let key = RuleKey(ports: ports.map(\.port), isNameLookup: isNameLookup)
                byPorts[key, default: ([], [])].peers.append(group.peer)
                byPorts[key]?.evidence += ports.flatMap(\.evidence)
            }
        }
        var unseen = 0.0
        let merged = byPorts.sorted { $0.key < $1.key }.compactMap { key, group in
            let blocks = shape.outside.joined(group.peers, budget: shape.outside.options.unseenAddresses - unseen)
            unseen += blocks.unseen
            let peers = blocks.peers.sorted().map(\.peer)
            return NetworkRule(
                peers: peers, ports: shape.written(key.ports, peers),
                evidence: EvidenceList(
                    Set(edges(group.evidence)).sorted(), of: table, and: declarations(group.evidence)),
                unseenAddresses: blocks.unseen, isNameLookup: key.isNameLookup)
        }
        return merged.sorted { left, right in
            left.ports == right.ports
                ? left.peers.lexicographicallyPrecedes(right.peers)
                : left.ports.lexicographicallyPrecedes(right.ports)
        }
    }
}
