import Domain

/// Row ids of clusters, peers, subjects and reasons, remembered between batches.
///
/// Ids are never reused and rows of these tables never change, so an id stays right whoever else writes to the file.
/// Only a rolled-back transaction makes ids wrong: the cache must then be thrown away.
struct IdentityCache {
    struct Key<Value: Hashable>: Hashable {
        let cluster: Int64
        let value: Value
    }

    var clusters: [ClusterName: Int64] = [:]
    var peers: [Key<ObservedPeer>: Int64] = [:]
    var subjects: [Key<Subject>: Int64] = [:]
    var reasons: [Key<ExactText>: Int64] = [:]

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
