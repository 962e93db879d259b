import Domain
import GRDB

/// Row ids of clusters, peers, subjects and reasons, remembered between batches.
///
/// Ids are never reused and rows of these tables never change, so an id stays right while its row is there. Two things take
/// rows away: a rolled-back transaction, after which the cache must be thrown away; and pruning, by any process, of which
/// `refresh` learns.
struct IdentityCache {
    struct Key<Value: Hashable>: Hashable {
        let cluster: Int64
        let value: Value
    }

    var clusters: [ClusterName: Int64] = [:]
    var peers: [Key<ObservedPeer>: Int64] = [:]
    var subjects: [Key<Subject>: Int64] = [:]
    var reasons: [Key<ExactText>: Int64] = [:]
    /// How many rows of these tables were gone when the ids were read.
    private var removed: Int64 = 0

    /// Forgets all ids if rows were removed since they were read.
    ///
    /// To be called inside the transaction that uses the ids: it holds the write lock, so that nobody can remove a row
    /// between this look and its end.
    mutating func refresh(_ db: Database) throws {
        let select = try SQLStatement(
            db, "SELECT sum(removed) FROM removed_row WHERE kind IN ('peer', 'subject', 'access_reason')")
        let removed = try select.integer() ?? 0
        guard removed != self.removed else { return }
        self = IdentityCache()
        self.removed = removed
    }

    /// Entries a table may keep between batches; within one batch it grows with the batch itself.
    private static let limit = 50_000

    /// Forgets tables that have grown too large.
    mutating func trim() {
        if clusters.count > Self.limit { clusters = [:] }
        if peers.count > Self.limit { peers = [:] }
        if subjects.count > Self.limit { subjects = [:] }
        if reasons.count > Self.limit { reasons = [:] }
    }
}
