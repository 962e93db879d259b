import Foundation

/// The built program, which lies beside the test bundle.
struct Executable {
    /// Nil where the tests run without it.
    static let url: URL? = {
        let folders = [
            CommandLine.arguments.first.map { URL(filePath: $0).deletingLastPathComponent() },
            Bundle.main.executableURL?.deletingLastPathComponent(),
            Bundle.main.bundleURL.deletingLastPathComponent(), Bundle.main.bundleURL,
        ]
        return folders.compactMap { $0?.appending(path: "leastwise") }.first {
            FileManager.default.isExecutableFile(atPath: $0.path)
        }
    }()

    static var isThere: Bool { url != nil }

    let folder: TemporaryFolder
    private let program: URL

    /// The program, with a folder of its own for its state.
    init() throws {
        guard let url = Self.url else { throw NotBuilt() }
        program = url
        folder = try TemporaryFolder()
    }

    struct NotBuilt: Error {}

    /// Runs a command there, without any setting of the one who runs the tests.
    func run(_ arguments: [String], input: URL? = nil, environment: [String: String] = [:]) throws -> Program.Outcome {
        let home = ["HOME": folder.url.path, "PATH": "/usr/bin:/bin", "XDG_STATE_HOME": folder.url.path + "/state"]
        return try Program.run(
            program, arguments, input: input, environment: home.merging(environment) { $1 }, folder: folder.url)
    }
}
