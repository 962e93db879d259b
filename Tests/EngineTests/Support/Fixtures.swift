import Foundation

/// Where inputs lie: the project's own, and those gathered from elsewhere, which are no part of this repository.
enum Fixtures {
    static let packageRoot = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let tests = packageRoot.appending(path: "Tests")

    /// A file of the project's own fixtures.
    static func own(_ path: String) -> URL { tests.appending(path: "Fixtures").appending(path: path) }

    static let scenarios = tests.appending(path: "Scenarios")

    /// The folder of gathered inputs and tools: `LEASTWISE_SHARED`, or `../shared` beside the repository.
    private static let shared: URL = {
        let set = ProcessInfo.processInfo.environment["LEASTWISE_SHARED"]
        return set.map { URL(filePath: $0) } ?? packageRoot.deletingLastPathComponent().appending(path: "shared")
    }()

    /// A gathered input, whether or not it is there.
    static func gathered(_ path: String) -> URL { shared.appending(path: path) }

    /// Real flows gathered from other projects, sorted by name; empty where they are absent.
    static let gatheredFlows: [URL] = {
        let folder = shared.appending(path: "fixtures/hubble")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasPrefix("basic-sample") }.sorted().map { folder.appending(path: $0) }
    }()

    /// A folder of inputs with expected outputs, gathered from other projects; it may be absent.
    static func truth(_ folder: String) -> URL { shared.appending(path: "fixtures/truth").appending(path: folder) }

    static let worldMaker = shared.appending(path: "tools/world.py")
    static let judge = shared.appending(path: "tools/judge.py")

    /// True if invented estates can be made and judged here.
    static let hasWorlds: Bool = {
        let tools = [worldMaker, judge].allSatisfy { FileManager.default.fileExists(atPath: $0.path) }
        return tools && (try? Program.python(["-c", "import yaml"]).status) == 0
    }()
}
