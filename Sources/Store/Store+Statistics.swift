import GRDB

/// How much a store holds.
package struct StoreStatistics: Hashable, Sendable {
    package let connectionEdges: Int
    package let accessEdges: Int
    package let peers: Int
    package let objects: Int
    /// Of the database and its write-ahead log.
    package let bytes: Int64
    package let schemaVersion: Int
}

extension Store {
    /// How much the store holds, of all clusters.
    package func statistics() throws -> StoreStatistics {
        try read { db in
            func count(_ table: String) throws -> Int {
                Int(try SQLStatement(db, "SELECT count(*) FROM \(table)").integer() ?? 0)
            }
            return StoreStatistics(
                connectionEdges: try count("connection_edge"), accessEdges: try count("access_edge"),
                peers: try count("peer"), objects: try count("cluster_object"),
                bytes: size(of: location.path) + size(of: location.path + "-wal"),
                schemaVersion: try Schema.number(db))
        }
    }

    /// Reads every page and reference; throws `corrupt` with SQLite's first findings where something is wrong.
    package func integrityCheck() throws {
        let findings = try read { db in
            var findings: [String] = []
            try SQLStatement(db, "PRAGMA integrity_check(10)").forEachRow { row in
                if row.text(at: 0) != "ok" { findings.append(row.text(at: 0)) }
            }
            try SQLStatement(db, "PRAGMA foreign_key_check").forEachRow { row in
                if findings.count < 10 { findings.append("a row of \(row.text(at: 0)) refers to nothing") }
            }
            return findings
        }
        guard findings.isEmpty else {
            throw StoreError(
                code: .corrupt,
                message: "database \(location.path): the file is damaged: \(findings.joined(separator: "; "))",
                hint: "Restore it from a backup, or move it away and observe anew.")
        }
    }
}
