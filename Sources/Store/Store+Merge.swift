package import Domain
import GRDB
import Synchronization

extension Store {
    /// Adds a batch to what is known, in one transaction; once this returns, all of it is on disk.
    ///
    /// Throws `invalidObservation` for a fact of more than one period, `diskFull` and `locked` among others; then
    /// nothing of the batch is stored, and it may be merged again.
    package func merge(_ batch: ObservationBatch) throws {
        guard !batch.isEmpty else { return }
        try identities.withLock { cache in
            do {
                try write { db in
                    try BatchWriter(db).write(batch, &cache)
                }
                cache.trim()
            } catch {
                // Ids of rows that were rolled back belong to nobody.
                cache = IdentityCache()
                throw error
            }
        }
    }
}

/// Writes one batch inside a transaction.
struct BatchWriter {
    private let db: Database
    private let identities: IdentityTables

    init(_ db: Database) throws {
        self.db = db
        identities = try IdentityTables(db)
    }

    func write(_ batch: ObservationBatch, _ cache: inout IdentityCache) throws {
        try ConnectionWriter(db, identities).write(batch.connections, &cache)
        try AccessWriter(db, identities).write(batch.accesses, &cache)
        try SightingWriter(db, identities).write(batch, &cache)
        try advanceClocks(batch, &cache)
    }

    private func advanceClocks(_ batch: ObservationBatch, _ cache: inout IdentityCache) throws {
        var newest: [ClusterName: Timestamp] = [:]
        func see(_ cluster: ClusterName, _ time: Timestamp) {
            newest[cluster] = max(newest[cluster] ?? time, time)
        }
        for (edge, fact) in batch.connections { see(edge.cluster, fact.last) }
        for (edge, fact) in batch.accesses { see(edge.cluster, fact.last) }
        let statement = try SQLStatement(
            db,
            """
            INSERT INTO cluster_clock (cluster, newest) VALUES (?, ?)
            ON CONFLICT (cluster) DO UPDATE SET newest = max(newest, excluded.newest)
            """)
        for (cluster, time) in newest.sorted(by: { $0.key < $1.key }) {
            try statement.run(identities.id(of: cluster, &cache), time.rawValue)
        }
    }
}
