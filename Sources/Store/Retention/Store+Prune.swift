package import Domain
import GRDB
import Synchronization

/// What one step of pruning did.
package struct PruneProgress: Hashable, Sendable {
    /// Rows that are gone, by table; none that is 0.
    package var removed: [PrunedTable: Int] = [:]
    /// True if this step came to the end of the cluster's rows; the next one starts over.
    package var isDone = false

    /// Rows that are gone, of all tables.
    package var total: Int { removed.values.reduce(0, +) }
}

/// The tables that pruning takes rows from, by their names in the schema.
package enum PrunedTable: String, Sendable, CaseIterable {
    case connectionFact = "connection_fact"
    case connectionEdge = "connection_edge"
    case accessFact = "access_fact"
    case accessCaller = "access_caller"
    case accessEdge = "access_edge"
    case addressSighting = "address_sighting"
    case nameSighting = "name_sighting"
    case membership = "group_membership"
    case coverage = "source_coverage"
    case peer
    case subject
    case reason = "access_reason"
}

extension Store {
    /// Removes what was last seen before a moment, by one small step of a sweep over a cluster's rows.
    ///
    /// Facts, sightings, memberships and coverage go when they are older; edges with their last fact; peers, subjects and
    /// reasons when nothing refers to them any more. A fact is of up to 64 days and goes as a whole. What a cluster declares
    /// stays, and so does its name.
    ///
    /// A step looks at a bounded number of rows without holding anybody up, then removes what it found in one transaction, in
    /// which each row is judged anew. Merges of this and other processes go on in between, and learn when ids that they
    /// remember are gone (`IdentityCache`). The sweep goes on where the last step of this store ended, whatever its cutoff
    /// was; so call it until `isDone`, and again when the window has moved on. After a restart it starts over.
    ///
    /// - Parameters:
    ///   - before: the cutoff by the cluster's own clock: `newestObservation` less the window.
    ///   - limit: how many rows a step may remove; one fact that has more callers goes nevertheless. Merges wait for the
    ///     transaction that removes them: some 20 ms for 1,000 in a store of a million facts, and ten times that for 10,000.
    package func prune(cluster: ClusterName, before: Timestamp, limit: Int) throws -> PruneProgress {
        guard let id: Int64 = try read(of: cluster, none: nil, { _, id in id }) else {
            return PruneProgress(isDone: true)
        }
        let position = sweeps.withLock { $0[id] } ?? .start
        let findings = try read { db in
            var reader = PruneReader(db, cluster: id, before: before, limit: limit)
            return try reader.find(from: position)
        }
        var progress = PruneProgress(isDone: findings.next == nil)
        if !findings.isEmpty {
            progress.removed = try write { db in
                var writer = PruneWriter(db, cluster: id, before: before)
                return try writer.remove(findings)
            }
        }
        sweeps.withLock { $0[id] = findings.next }
        return progress
    }
}
