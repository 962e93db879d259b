import GRDB
import Migrations

/// The schema's version and the way to it: `user_version` holds the number of the newest applied migration.
///
/// GRDB's own migrator decides what to apply before it takes the write lock, so two processes that start at once on
/// a new file would collide; here one transaction both decides and applies.
struct Schema {
    let path: String
    var migrations = Migration.all

    /// `LSTW`, which the first migration writes into the file's header.
    private static let applicationID = 0x4C53_5457

    /// The version that this program writes.
    var newest: Int { migrations.last?.version ?? 0 }

    /// The version of an existing database. Throws if it is not ours, or newer than this program.
    func version(of db: Database) throws -> Int {
        let applicationID = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard applicationID == Self.applicationID || (applicationID == 0 && tables == 0) else {
            throw StoreError(
                code: .foreignDatabase, message: "database \(path): another program's SQLite database",
                hint: "Name another path with --database.")
        }
        let version = try Self.number(db)
        guard version <= newest else {
            throw StoreError(
                code: .newerSchema,
                message: "database \(path): schema version \(version); this program knows version \(newest)",
                hint: "Use the release that wrote it, or a later one. Nothing was changed.")
        }
        return version
    }

    static func number(_ db: Database) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }

    /// Applies what is missing, all of it or nothing.
    func migrate(_ writer: some DatabaseWriter) throws {
        guard try writer.read(version) < newest else { return }
        try writer.write { db in
            let version = try version(of: db)
            for migration in migrations where migration.version > version {
                try db.execute(sql: String(decoding: migration.sql, as: UTF8.self))
                try db.execute(sql: "PRAGMA user_version = \(migration.version)")
            }
        }
    }
}
