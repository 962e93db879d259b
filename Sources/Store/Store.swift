import Foundation
import GRDB
import Synchronization

/// The one durable truth: aggregated observations and the objects of each cluster, in a SQLite file.
///
/// Several stores, in this process or others, may share one file: merges commute, and each is one transaction.
/// Every method blocks its thread on disk access and throws `StoreError`.
package final class Store: Sendable {
    package let location: StoreLocation
    let pool: DatabasePool
    let identities = Mutex(IdentityCache())
    /// How far pruning came in the clusters whose sweep is not at its end, by their ids.
    let sweeps = Mutex<[Int64: PrunePosition]>([:])
    /// The bytes that the database may grow to; nil for no bound but the disk.
    let sizeLimit = Mutex<Int64?>(nil)

    /// Opens a database, creating its folders and the file (readable by its owner only), and applies new migrations.
    ///
    /// - Parameter busyTimeout: how long to wait for another process' transaction before `locked` is thrown.
    package init(path: String, busyTimeout: Duration = .seconds(10)) throws {
        location = StoreLocation(path: path)
        let configuration = Self.configuration(busyTimeout: busyTimeout)
        let schema = Schema(path: path)
        try location.create()
        pool = try Self.explained(path) {
            try Self.retrying(for: busyTimeout) {
                try Self.refuseStrangers(path, schema: schema, configuration: configuration)
                let pool = try DatabasePool(path: path, configuration: configuration)
                try pool.writeWithoutTransaction(Self.setUpWriter)
                try schema.migrate(pool)
                return pool
            }
        }
    }

    private init(reading location: StoreLocation, pool: DatabasePool) {
        self.location = location
        self.pool = pool
    }

    /// Opens an existing database of the current schema for reading; the writing methods throw `readOnly`.
    package static func readOnly(path: String, busyTimeout: Duration = .seconds(10)) throws -> Store {
        let location = StoreLocation(path: path)
        guard try location.content() == .file else {
            throw StoreError(
                code: .notFound, message: "database \(path): there is none yet",
                hint: "Fill it with `leastwise observe`, or name another path with --database.")
        }
        var configuration = Self.configuration(busyTimeout: busyTimeout)
        configuration.readonly = true
        return try explained(path) {
            let pool = try DatabasePool(path: path, configuration: configuration)
            let schema = Schema(path: path)
            let version = try pool.read(schema.version)
            guard version == schema.newest else {
                throw StoreError(
                    code: .olderSchema,
                    message: "database \(path): schema version \(version); this program needs \(schema.newest)",
                    hint: "Run a command that writes, such as `leastwise observe`, once; it migrates the database.")
            }
            return Store(reading: location, pool: pool)
        }
    }

    /// Repeats while the database is locked: SQLite does not wait for the busy timeout where two processes switch one
    /// new file to WAL mode (https://www.sqlite.org/wal.html, "Sometimes Queries Return SQLITE_BUSY In WAL Mode").
    private static func retrying<Result>(for timeout: Duration, _ open: () throws -> Result) throws -> Result {
        let deadline = ContinuousClock.now + timeout
        while true {
            do {
                return try open()
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && .now < deadline {
                Thread.sleep(forTimeInterval: 0.01)
            }
        }
    }

    private static func configuration(busyTimeout: Duration) -> Configuration {
        var configuration = Configuration()
        configuration.label = "leastwise.store"
        configuration.busyMode = .timeout(busyTimeout / .seconds(1))
        configuration.foreignKeysEnabled = true
        return configuration
    }

    /// Looks at an existing file without writing a byte: a writer's connection would switch it to WAL mode first.
    private static func refuseStrangers(_ path: String, schema: Schema, configuration: Configuration) throws {
        guard try StoreLocation(path: path).content() == .file else { return }
        var configuration = configuration
        configuration.readonly = true
        _ = try DatabaseQueue(path: path, configuration: configuration).read(schema.version)
    }

    private static func setUpWriter(_ db: Database) throws {
        // What a method has returned for must survive a power cut, so that a commit waits for the disk (WAL defaults
        // to NORMAL in GRDB, which may lose the newest commits).
        try db.execute(sql: "PRAGMA synchronous = FULL")
        // 64 MB, in KiB: the keys' index pages of a million edges; and no large WAL left behind by a large batch.
        try db.execute(sql: "PRAGMA cache_size = -65536")
        _ = try Int.fetchOne(db, sql: "PRAGMA journal_size_limit = 67108864")
    }

    /// Closes the database, and leaves one file behind where no other process uses it. Later calls throw.
    package func close() throws {
        try Self.explained(location.path) {
            if !pool.configuration.readonly {
                // Where another process reads, the write-ahead log stays; it is as durable as the database itself.
                _ = try? pool.writeWithoutTransaction { db in
                    try db.execute(sql: "PRAGMA busy_timeout = 0")
                    try db.checkpoint(.truncate)
                }
            }
            try pool.close()
        }
    }

    /// One transaction that is either stored whole, durably, or not at all.
    func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        do {
            return try Self.explained(location.path) { try pool.write(body) }
        } catch let error as StoreError where error.code == .diskFull {
            throw sizeLimit.withLock(\.self).flatMap { storeFull(limit: $0, error) } ?? error
        }
    }

    /// One consistent view, beside any writer.
    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try Self.explained(location.path) { try pool.read(body) }
    }

    static func explained<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }
}
