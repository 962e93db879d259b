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

    private static let span = [
        ("first_seen", "min(first_seen, @first_seen)"), ("last_seen", "max(last_seen, @last_seen)"),
    ]
    private static let addresses = MergeRule(
        "address_sighting", key: ["cluster", "address", "peer", "pod_name"], merged: span)
    private static let names = MergeRule("name_sighting", key: ["cluster", "address", "name"], merged: span)
    private static let memberships = MergeRule(
        "group_membership", key: ["cluster", "subject", "group_name"],
        merged: [("last_seen", "max(last_seen, @last_seen)")])
    private static let coverage = MergeRule(
        "source_coverage", key: ["cluster", "source", "day"],
        merged: ["records", "lost"].map { ($0, "min(\($0) + @\($0), \(FactRule.counterLimit))") })

    private func write(_ sightings: [AddressSighting], _ cache: inout IdentityCache) throws {
        let row = try RowMerge(db, Self.addresses)
        for sighting in sightings {
            let cluster = try identities.id(of: sighting.cluster, &cache)
            let peer = try identities.id(of: sighting.peer, in: cluster, &cache)
            try row.run(
                cluster, sighting.address.description, peer, sighting.podName, sighting.first.rawValue,
                sighting.last.rawValue)
        }
    }

    private func write(_ sightings: [NameSighting], _ cache: inout IdentityCache) throws {
        let row = try RowMerge(db, Self.names)
        for sighting in sightings {
            let cluster = try identities.id(of: sighting.cluster, &cache)
            try row.run(
                cluster, sighting.address.description, sighting.name, sighting.first.rawValue, sighting.last.rawValue)
        }
    }

    private func write(_ memberships: [GroupMembership], _ cache: inout IdentityCache) throws {
        let row = try RowMerge(db, Self.memberships)
        for membership in memberships {
            let cluster = try identities.id(of: membership.cluster, &cache)
            let subject = try identities.id(of: membership.subject, in: cluster, &cache)
            try row.run(cluster, subject, membership.group, membership.last.rawValue)
        }
    }

    private func write(_ coverage: [SourceCoverage], _ cache: inout IdentityCache) throws {
        let row = try RowMerge(db, Self.coverage)
        for day in coverage {
            try row.run(
                identities.id(of: day.cluster, &cache), Int64(day.source.rawValue), Int64(day.day),
                FactRule.counter(day.records), FactRule.counter(day.lost))
        }
    }
}
