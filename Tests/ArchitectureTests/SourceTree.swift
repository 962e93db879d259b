import Foundation

/// The project's own Swift files, as text.
struct SourceTree {
    let root: URL

    struct File: Sendable {
        /// Relative to the project's folder.
        let path: String
        let text: String

        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    }

    init() {
        root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The modules under Sources that hold Swift files, with these files.
    func modules() throws -> [String: [File]] {
        var found: [String: [File]] = [:]
        for file in try swiftFiles(in: "Sources") {
            let parts = file.path.split(separator: "/")
            found[String(parts[1]), default: []].append(file)
        }
        for folder in ["templates": "Templates", "migrations": "Migrations"] {
            let files = try swiftFiles(in: folder.key)
            if !files.isEmpty { found[folder.value] = files }
        }
        return found
    }

    /// All Swift files below a folder, sorted by path.
    func swiftFiles(in folder: String) throws -> [File] {
        let base = root.appending(path: folder)
        guard let walker = FileManager.default.enumerator(atPath: base.path) else { return [] }
        return try walker.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted().map {
            File(path: "\(folder)/\($0)", text: try String(contentsOf: base.appending(path: $0), encoding: .utf8))
        }
    }
}
