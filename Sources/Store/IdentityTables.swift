import Domain
import GRDB

/// Resolves clusters, peers, subjects and reasons to row ids, through the cache.
struct IdentityTables {
    private let clusters: KeyTable
    private let peers: KeyTable
    private let subjects: KeyTable
    private let reasons: KeyTable

    init(_ db: Database) throws {
        clusters = try KeyTable(db, "cluster", ["name"])
        peers = try KeyTable(db, "peer", ["cluster"] + Self.peerColumns)
        subjects = try KeyTable(db, "subject", ["cluster", "kind", "namespace", "name"])
        reasons = try KeyTable(db, "access_reason", ["cluster", "text"])
    }

    /// The columns that make up a peer, in the order of its unique index.
    static let peerColumns = [
        "kind", "remote_cluster", "namespace", "workload_kind", "workload_name", "pod_name", "labels", "address",
    ]

    func id(of cluster: ClusterName, _ cache: inout IdentityCache) throws -> Int64 {
        if let known = cache.clusters[cluster] { return known }
        let id = try clusters.id(cluster.rawValue)
        cache.clusters[cluster] = id
        return id
    }

    func id(of peer: ObservedPeer, in cluster: Int64, _ cache: inout IdentityCache) throws -> Int64 {
        let key = IdentityCache.Key(cluster: cluster, value: peer)
        if let known = cache.peers[key] { return known }
        let id = try peers.id(
            cluster, Int64(peer.kind.rawValue), peer.remoteCluster, peer.namespace.rawValue, peer.workloadKind,
            peer.workloadName, peer.podName, LabelText.encode(peer.labels), peer.address?.description ?? "")
        cache.peers[key] = id
        return id
    }

    func id(of subject: Subject, in cluster: Int64, _ cache: inout IdentityCache) throws -> Int64 {
        let key = IdentityCache.Key(cluster: cluster, value: subject)
        if let known = cache.subjects[key] { return known }
        let id = try subjects.id(cluster, subject.kind.rawValue, subject.namespace.rawValue, subject.name)
        cache.subjects[key] = id
        return id
    }

    func id(ofReason text: String, in cluster: Int64, _ cache: inout IdentityCache) throws -> Int64 {
        let key = IdentityCache.Key(cluster: cluster, value: ExactText(text))
        if let known = cache.reasons[key] { return known }
        let id = try reasons.id(cluster, text)
        cache.reasons[key] = id
        return id
    }
}
