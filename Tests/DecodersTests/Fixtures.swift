import Foundation

/// Records that lie in files.
enum Fixtures {
    private static let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The project's own fixtures.
    static func own(_ path: String) throws -> String {
        try String(contentsOf: packageRoot.appending(path: "Tests/Fixtures/\(path)"), encoding: .utf8)
    }

    /// Records gathered from other projects, which are not part of this repository.
    static let shared: URL? = {
        let set = ProcessInfo.processInfo.environment["LEASTWISE_SHARED"]
        let root = set.map { URL(filePath: $0) } ?? packageRoot.appending(path: "../shared")
        let fixtures = root.appending(path: "fixtures")
        return FileManager.default.fileExists(atPath: fixtures.path) ? fixtures : nil
    }()

    static var hasShared: Bool { shared != nil }

    static func shared(_ path: String) throws -> String {
        try String(contentsOf: shared?.appending(path: path) ?? packageRoot, encoding: .utf8)
    }

    /// The files of a shared folder, sorted by name.
    static func sharedFiles(_ folder: String) throws -> [String] {
        guard let shared else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: shared.appending(path: folder).path).sorted()
            .map { "\(folder)/\($0)" }
    }
}
