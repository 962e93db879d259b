import Domain
import GRDB

/// Row ids of clusters, peers, subjects, reasons and edges, and callers of facts, remembered between batches: of each row
/// of a batch the store then touches its fact alone.
///
/// Ids are never reused and rows of these tables never change, so an id stays right while its row is there. Two things take
/// rows away: a rolled-back transaction, after which the cache must be thrown away; and pruning, by any process, of which
/// `refresh` learns.
struct IdentityCache {
    struct Key<Value: Hashable>: Hashable {
        let cluster: Int64
        let value: Value
    }

    /// A connection's edge by the ids of what it is between.
    struct ConnectionKey: Hashable {
        let cluster: Int64
        let source: Int64
        let destination: Int64
        /// Protocol, port and direction.
        let service: Int64

        /// The order of the edges' unique index.
        func precedes(_ other: Self) -> Bool {
            if cluster != other.cluster { return cluster < other.cluster }
            if source != other.source { return source < other.source }
            if destination != other.destination { return destination < other.destination }
            return service < other.service
        }
    }

    /// An access's edge, with ids for what has some.
    struct AccessKey: Hashable {
        let cluster: Int64
        let subject: Int64
        let reason: Int64
        let decision: AccessEdge.Decision
        let action: AccessAction
    }

    /// A caller of an access fact, which the store has.
    struct CallerKey: Hashable {
        let edge: Int64
        let period: Int32
        let caller: ExactText
    }

    var clusters: [ClusterName: Int64] = [:]
    var peers: [Key<ObservedPeer>: Int64] = [:]
    var subjects: [Key<Subject>: Int64] = [:]
    var reasons: [Key<ExactText>: Int64] = [:]
    var connections: [ConnectionKey: Int64] = [:]
    var accesses: [AccessKey: Int64] = [:]
    /// Callers that were added, also those that a fact has too many of.
    var callers: Set<CallerKey> = []
    /// How many rows of these tables were gone when the ids were read.
    private var removed: Int64 = 0
    /// And how many edges and facts with callers.
    private var removedEdges: Int64 = 0

    /// Forgets ids if rows were removed since they were read; those of edges go most often, and by themselves.
    ///
    /// To be called inside the transaction that uses the ids: it holds the write lock, so that nobody can remove a row
    /// between this look and its end.
    mutating func refresh(_ db: Database) throws {
        let select = try SQLStatement(
            db,
            "SELECT sum(removed) FILTER (WHERE kind IN ('peer', 'subject', 'access_reason')), sum(removed) FROM removed_row"
        )
        var (removed, removedEdges): (Int64, Int64) = (0, 0)
        try select.forEachRow { row in
            removed = row.integer(at: 0)
            removedEdges = row.integer(at: 1) - removed
        }
        if removed != self.removed { self = IdentityCache() }
        if removedEdges != self.removedEdges { (connections, accesses, callers) = ([:], [:], []) }
        self.removed = removed
        self.removedEdges = removedEdges
    }

    /// Entries a table may keep between batches; within one batch it grows with the batch itself.
    private static let limit = 50_000
    /// An action is seven texts.
    private static let accessLimit = 20_000

    /// Forgets tables that have grown too large.
    mutating func trim() {
        if clusters.count > Self.limit { clusters = [:] }
        if peers.count > Self.limit { peers = [:] }
        if subjects.count > Self.limit { subjects = [:] }
        if reasons.count > Self.limit { reasons = [:] }
        if connections.count > Self.limit { connections = [:] }
        if accesses.count > Self.accessLimit { accesses = [:] }
        if callers.count > Self.limit { callers = [] }
    }
}
