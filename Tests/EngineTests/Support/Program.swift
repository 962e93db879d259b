import Foundation

/// Runs another program to its end.
enum Program {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String

        var all: String { output + errors }
    }

    /// Runs a program. Its output goes through files, so that no pipe can fill up.
    static func run(
        _ executable: URL, _ arguments: [String], input: URL? = nil, environment: [String: String]? = nil,
        folder: URL? = nil
    ) throws -> Outcome {
        let temporary = try TemporaryFolder()
        let output = try temporary.write("", to: "output")
        let errors = try temporary.write("", to: "errors")
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = environment ?? ProcessInfo.processInfo.environment
        process.currentDirectoryURL = folder ?? temporary.url
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8))
    }

    static func python(_ arguments: [String]) throws -> Outcome {
        try run(URL(filePath: "/usr/bin/env"), ["python3"] + arguments)
    }
}
