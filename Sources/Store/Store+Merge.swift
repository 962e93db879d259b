package import Domain
import GRDB
import Synchronization

extension Store {
    /// Adds a batch to what is known, in one transaction; once this returns, all of it is on disk.
    ///
    /// Throws as `merge(_:marks:)` does.
    package func merge(_ batch: ObservationBatch) throws {
        try merge([batch], marks: CommitMarks())
    }

    /// Adds batches and marks in one transaction, a group commit; once this returns, all of it is on disk.
    ///
    /// Throws `alreadyReceived` if a batch of a receipt was stored before, its `underlying` being `AlreadyReceived`;
    /// `invalidObservation` for a fact of more than one period or a mark that is too long; `diskFull` and `locked` among
    /// others, which `StoreError.isTemporary` tells apart. Then nothing of all this is stored, and it may be merged again,
    /// through the same store. A power cut right after an error of the disk may bring the transaction back whole, marks
    /// included: what SQLite had written, but could not confirm.
    package func merge(_ batches: [ObservationBatch], marks: CommitMarks) throws {
        guard !marks.isEmpty || batches.contains(where: { !$0.isEmpty }) else { return }
        try identities.withLock { cache in
            do {
                try write { db in
                    try cache.refresh(db)
                    try MarkWriter(db).write(marks)
                    let writer = try BatchWriter(db)
                    for batch in batches { try writer.write(batch, &cache) }
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
        // Rows of one cluster mostly follow one another.
        var run: (cluster: ClusterName, newest: Timestamp)?
        func see(_ cluster: ClusterName, _ time: Timestamp) {
            if let known = run, known.cluster == cluster {
                run = (cluster, max(known.newest, time))
            } else {
                endRun()
                run = (cluster, time)
            }
        }
        func endRun() {
            guard let ended = run else { return }
            newest[ended.cluster] = max(newest[ended.cluster] ?? ended.newest, ended.newest)
        }
        for (edge, fact) in batch.connections { see(edge.cluster, fact.last) }
        for (edge, fact) in batch.accesses { see(edge.cluster, fact.last) }
        endRun()
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
