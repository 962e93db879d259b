import Foundation

/// A folder of one test's own, removed with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("leastwise-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in the folder.
    func file(_ name: String = "leastwise.db") -> String { "\(path)/\(name)" }

    /// The bytes of a file in the folder.
    func bytes(_ name: String = "leastwise.db") throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    /// Copies a database with its write-ahead log, as a crash would leave them behind.
    func copyDatabase(to other: TemporaryFolder) throws {
        for name in ["leastwise.db", "leastwise.db-wal"] where FileManager.default.fileExists(atPath: file(name)) {
            try FileManager.default.copyItem(atPath: file(name), toPath: other.file(name))
        }
    }
}
