package import Domain
import GRDB

extension Store {
    /// When which pod was seen at which address, ordered by address, pod name and peer.
    package func addressSightings(cluster: ClusterName) throws -> [AddressSighting] {
        try read(of: cluster, none: []) { db, id in
            let peers = try PeerReader(db, cluster: id)
            var found: [(rank: Int32, sighting: AddressSighting)] = []
            let select = try SQLStatement(
                db, "SELECT address, peer, pod_name, first_seen, last_seen FROM address_sighting WHERE cluster = ?")
            try select.forEachRow(id) { row in
                let rank = try peers.rank(row.integer(at: 1))
                let sighting = AddressSighting(
                    cluster: cluster, address: try Self.address(row), peer: peers.peers[Int(rank)],
                    podName: row.text(at: 2), first: Timestamp(rawValue: row.integer(at: 3)),
                    last: Timestamp(rawValue: row.integer(at: 4)))
                found.append((rank, sighting))
            }
            let sorted = found.sorted { left, right in
                (left.sighting.address, left.sighting.podName, left.rank)
                    < (right.sighting.address, right.sighting.podName, right.rank)
            }
            return sorted.map(\.sighting)
        }
    }

    /// Which DNS names were seen for which address, ordered by address and name.
    package func nameSightings(cluster: ClusterName) throws -> [NameSighting] {
        try read(of: cluster, none: []) { db, id in
            var found: [NameSighting] = []
            let select = try SQLStatement(
                db, "SELECT address, name, first_seen, last_seen FROM name_sighting WHERE cluster = ?")
            try select.forEachRow(id) { row in
                found.append(
                    NameSighting(
                        cluster: cluster, address: try Self.address(row), name: row.text(at: 1),
                        first: Timestamp(rawValue: row.integer(at: 2)), last: Timestamp(rawValue: row.integer(at: 3))))
            }
            return found.sorted { ($0.address, $0.name) < ($1.address, $1.name) }
        }
    }

    /// What each source showed on each day, ordered by source and day.
    package func coverage(cluster: ClusterName) throws -> [SourceCoverage] {
        try read(of: cluster, none: []) { db, id in
            var found: [SourceCoverage] = []
            let select = try SQLStatement(
                db, "SELECT source, day, records, lost FROM source_coverage WHERE cluster = ? ORDER BY source, day")
            try select.forEachRow(id) { row in
                found.append(
                    SourceCoverage(
                        cluster: cluster,
                        source: ObservationSources(rawValue: UInt32(truncatingIfNeeded: row.integer(at: 0))),
                        day: Int32(truncatingIfNeeded: row.integer(at: 1)), records: row.integer(at: 2),
                        lost: row.integer(at: 3)))
            }
            return found
        }
    }

    private static func address(_ row: SQLStatement) throws -> IPAddress {
        guard let address = IPAddress(row.text(at: 0)) else { throw StoreError.unreadable("an address") }
        return address
    }
}
