import Domain
import GRDB

/// Merges sightings of addresses, names and groups, and the sources' coverage, inside a transaction.
struct SightingWriter {
    private let db: Database
    private let identities: IdentityTables

    init(_ db: Database, _ identities: IdentityTables) {
        self.db = db
        self.identities = identities
    }

    func write(_ batch: ObservationBatch, _ cache: inout IdentityCache) throws {
        try write(batch.addresses, &cache)
        try write(batch.names, &cache)
        try write(batch.memberships, &cache)
        try write(batch.coverage, &cache)
    }

    private func write(_ sightings: [AddressSighting], _ cache: inout IdentityCache) throws {
        let statement = try SQLStatement(
            db,
            """
            INSERT INTO address_sighting (cluster, address, peer, pod_name, first_seen, last_seen)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (cluster, address, peer, pod_name) DO UPDATE SET
            first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)
            """)
        for sighting in sightings {
            let cluster = try identities.id(of: sighting.cluster, &cache)
            let peer = try identities.id(of: sighting.peer, in: cluster, &cache)
            try statement.run(
                cluster, sighting.address.description, peer, sighting.podName, sighting.first.rawValue,
                sighting.last.rawValue)
        }
    }

    private func write(_ sightings: [NameSighting], _ cache: inout IdentityCache) throws {
        let statement = try SQLStatement(
            db,
            """
            INSERT INTO name_sighting (cluster, address, name, first_seen, last_seen) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (cluster, address, name) DO UPDATE SET
            first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)
            """)
        for sighting in sightings {
            let cluster = try identities.id(of: sighting.cluster, &cache)
            try statement.run(
                cluster, sighting.address.description, sighting.name, sighting.first.rawValue, sighting.last.rawValue)
        }
    }

    private func write(_ memberships: [GroupMembership], _ cache: inout IdentityCache) throws {
        let statement = try SQLStatement(
            db,
            """
            INSERT INTO group_membership (cluster, subject, group_name, last_seen) VALUES (?, ?, ?, ?)
            ON CONFLICT (cluster, subject, group_name) DO UPDATE SET last_seen = max(last_seen, excluded.last_seen)
            """)
        for membership in memberships {
            let cluster = try identities.id(of: membership.cluster, &cache)
            let subject = try identities.id(of: membership.subject, in: cluster, &cache)
            try statement.run(cluster, subject, membership.group, membership.last.rawValue)
        }
    }

    private func write(_ coverage: [SourceCoverage], _ cache: inout IdentityCache) throws {
        let limit = FactRule.counterLimit
        let statement = try SQLStatement(
            db,
            """
            INSERT INTO source_coverage (cluster, source, day, records, lost) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (cluster, source, day) DO UPDATE SET
            records = min(records + excluded.records, \(limit)), lost = min(lost + excluded.lost, \(limit))
            """)
        for row in coverage {
            try statement.run(
                identities.id(of: row.cluster, &cache), Int64(row.source.rawValue), Int64(row.day),
                FactRule.counter(row.records), FactRule.counter(row.lost))
        }
    }
}
