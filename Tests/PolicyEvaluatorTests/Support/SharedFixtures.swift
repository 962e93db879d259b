import Foundation

/// The reference fixtures that lie beside the repository; tests that need them are skipped where they are absent.
enum SharedFixtures {
    static let isPresent = FileManager.default.fileExists(atPath: url("truth").path)

    static func url(_ path: String) -> URL {
        let root: URL
        if let set = ProcessInfo.processInfo.environment["LEASTWISE_SHARED"] {
            root = URL(fileURLWithPath: set)
        } else {
            root =
                URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
                .appendingPathComponent("../../../../../shared").standardizedFileURL
        }
        return root.appendingPathComponent("fixtures").appendingPathComponent(path)
    }

    static func json(_ path: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(contentsOf: url(path)))
    }
}
