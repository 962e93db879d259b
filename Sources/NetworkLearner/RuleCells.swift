import Domain

/// What one direction allows, as cells of peer and port.
///
/// Cells are plain numbers, since a cluster has millions: peers and evidence stand apart.
struct RuleCells {
    struct Cell {
        let peer: Int32
        let port: PortCode
        /// An edge by its number, or an extra by `~` its position.
        let evidence: Int32
    }

    /// Evidence of another kind than one edge.
    enum Extra {
        case edges([Int32])
        case declared(Evidence)
    }

    private(set) var cells: [Cell] = []
    private(set) var extras: [Extra] = []
    private(set) var peers: [RankedPeer] = []
    private var numbers: [RankedPeer: Int32] = [:]

    private mutating func number(of peer: RankedPeer) -> Int32 {
        if let known = numbers[peer] { return known }
        let number = Int32(peers.count)
        numbers[peer] = number
        peers.append(peer)
        return number
    }

    /// Adds a cell that an observed edge, known by its number, stands behind.
    mutating func add(_ peer: RankedPeer, _ port: PortCode, evidence: Int32) {
        cells.append(Cell(peer: number(of: peer), port: port, evidence: evidence))
    }

    /// Adds cells of many peers that all of the edges stand behind.
    mutating func add(_ peers: [RankedPeer], _ port: PortCode, evidence: [Int32]) {
        extras.append(.edges(evidence))
        for peer in peers {
            cells.append(Cell(peer: number(of: peer), port: port, evidence: ~Int32(extras.count - 1)))
        }
    }

    /// Adds a cell that a declaration stands behind.
    mutating func add(_ peer: RankedPeer, _ port: PortCode, declared evidence: Evidence) {
        extras.append(.declared(evidence))
        cells.append(Cell(peer: number(of: peer), port: port, evidence: ~Int32(extras.count - 1)))
    }

    /// Moves all cells of a port to one peer; address ranges and names stay, since no selector of pods covers them.
    mutating func redirect(_ port: PortCode, to peer: RankedPeer) {
        let target = number(of: peer)
        cells = cells.map { cell in
            guard cell.port == port, case .pods = peers[Int(cell.peer)].peer else { return cell }
            return Cell(peer: target, port: port, evidence: cell.evidence)
        }
    }
}

/// A port or a range of a protocol as one number, in the order in which rules list them.
struct PortCode: Hashable, Comparable {
    private let code: UInt64

    init(_ protocol: NetworkProtocol, _ port: Port, through last: Port? = nil) {
        code = UInt64(`protocol`.order) << 32 | UInt64(port.rawValue) << 16 | UInt64((last ?? port).rawValue)
    }

    init(_ port: RulePort) { self.init(port.protocol, port.port, through: port.last) }

    var port: RulePort {
        RulePort(
            NetworkProtocol.ordered[Int(code >> 32)], Port(UInt16(truncatingIfNeeded: code >> 16)),
            through: Port(UInt16(truncatingIfNeeded: code)))
    }

    static func < (left: PortCode, right: PortCode) -> Bool { left.code < right.code }
}
