import Domain
import GRDB

/// Reads the peers of one cluster, each once, in a fixed order that does not depend on when they were stored.
struct PeerReader {
    /// Kind, remote cluster, namespace, workload, pod, labels, address: the unique index' order.
    private(set) var peers: [ObservedPeer] = []
    private var ranks: [Int64: Int32] = [:]

    init(_ db: Database, cluster: Int64) throws {
        let columns = IdentityTables.peerColumns.joined(separator: ", ")
        let select = try SQLStatement(db, "SELECT id, \(columns) FROM peer WHERE cluster = ? ORDER BY \(columns)")
        try select.forEachRow(cluster) { row in
            ranks[row.integer(at: 0)] = Int32(peers.count)
            peers.append(try Self.peer(row))
        }
    }

    /// The position of a peer in `peers`.
    func rank(_ id: Int64) throws -> Int32 {
        guard let rank = ranks[id] else { throw StoreError.unreadable("an edge without its peer") }
        return rank
    }

    private static func peer(_ row: SQLStatement) throws -> ObservedPeer {
        guard let kind = ObservedPeer.Kind(rawValue: UInt8(truncatingIfNeeded: row.integer(at: 1))) else {
            throw StoreError.unreadable("a peer's kind")
        }
        guard kind == .pod else {
            let text = row.text(at: 8)
            let address = IPAddress(text)
            guard address != nil || text.isEmpty else { throw StoreError.unreadable("a peer's address") }
            return ObservedPeer(kind, address: address)
        }
        guard let labels = LabelText.decode(row.text(at: 7)) else { throw StoreError.unreadable("a peer's labels") }
        return ObservedPeer(
            pod: row.text(at: 6), namespace: Namespace(row.text(at: 3)), workloadKind: row.text(at: 4),
            workloadName: row.text(at: 5), labels: labels, remoteCluster: row.text(at: 2))
    }
}
