import Foundation

/// The scripts in `scripts/soak`, which run the built program as a process of its own.
enum SoakScript {
    struct Outcome: Sendable {
        let status: Int32
        /// What it wrote, errors included.
        let output: String
    }

    /// The built program, which lies beside the test bundle; nil where the tests run without it.
    private static let program: URL? = {
        let folders = [
            CommandLine.arguments.first.map { URL(filePath: $0).deletingLastPathComponent() },
            Bundle.main.executableURL?.deletingLastPathComponent(), Bundle.main.bundleURL.deletingLastPathComponent(),
        ]
        return folders.compactMap { $0?.appending(path: "leastwise") }.first {
            FileManager.default.isExecutableFile(atPath: $0.path)
        }
    }()

    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "scripts/soak")

    static let canRun: Bool = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let hasPython = path.split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/python3")
        }
        return hasPython && program != nil
    }()

    /// Runs a script with the program as its first argument. Waits without a thread of the pool, on which other tests run.
    static func run(_ name: String, _ arguments: String...) async throws -> Outcome {
        let temporary = try TemporaryFolder()
        let output = try temporary.write("", to: "output")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", folder.appending(path: name).path, program?.path ?? ""] + arguments
        process.currentDirectoryURL = temporary.url
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = process.standardOutput
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        return Outcome(status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8))
    }
}
