import Foundation

/// Locates the shared fixtures: `LEASTWISE_SHARED`, or `../shared` beside the package.
enum SharedFixtures {
    static let root: URL = {
        if let path = ProcessInfo.processInfo.environment["LEASTWISE_SHARED"] { return URL(filePath: path) }
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return package.deletingLastPathComponent().appending(path: "shared")
    }()

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    /// True if invented estates can be made here.
    static let hasWorlds: Bool = exists("tools/world.py") && (try? python(["-c", "import yaml"])) == 0

    static func makeWorld(_ arguments: [String]) throws {
        let status = try python([root.appending(path: "tools/world.py").path] + arguments)
        guard status == 0 else { throw CannotMake(status: status) }
    }

    private static func python(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    struct CannotMake: Error {
        let status: Int32
    }
}
