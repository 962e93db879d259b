package import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A Python or Node server beside the tests: it prints the port it got, and ends with this value or with the test process.
package final class ScriptedServer: Sendable {
    /// Why a server did not start.
    package struct StartFailure: Error {
        /// What it printed instead of a port.
        package let output: String
    }

    /// The port on 127.0.0.1.
    package let port: Int
    private let process: Process
    // The server ends when this pipe closes, so it cannot outlive a test run that crashes.
    private let lifeline = Pipe()

    /// Starts a script of `Tests/Support` and waits until it listens.
    package init(_ script: String, _ arguments: [String] = []) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let interpreter = script.hasSuffix(".mjs") ? "node" : "python3"
        process.arguments = [interpreter, Self.support.appendingPathComponent(script).path] + arguments
        process.standardInput = lifeline
        // A server started later must not inherit it: it would keep this one alive.
        _ = fcntl(lifeline.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let line = Self.firstLine(of: output.fileHandleForReading)
        guard let port = Int(line) else {
            kill(process.processIdentifier, SIGKILL)
            throw StartFailure(output: line)
        }
        self.port = port
    }

    deinit {
        // Not SIGTERM: a child inherits the signals that its parent's thread blocks.
        kill(process.processIdentifier, SIGKILL)
    }

    /// Runs a script of `Tests/Support` to its end.
    package static func run(_ script: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        try run(["python3", support.appendingPathComponent(script).path] + arguments)
    }

    /// Runs a program of the search path to its end; the output holds both streams.
    package static func run(_ command: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    /// The folder `Tests/Support`.
    package static let support = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    /// The package's root folder.
    package static let root = support.deletingLastPathComponent().deletingLastPathComponent()

    private static func firstLine(of handle: FileHandle) -> String {
        var line = ""
        while !line.contains("\n") {
            let data = handle.availableData
            guard !data.isEmpty else { break }
            line += String(decoding: data, as: UTF8.self)
        }
        return String(line.prefix { $0 != "\n" })
    }
}

/// A folder that goes with this value.
package final class TemporaryFolder: Sendable {
    /// Where it is.
    package let url: URL

    /// Makes an empty folder.
    package init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("leastwise-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    /// The path of a file inside.
    package func path(_ name: String) -> String {
        url.appendingPathComponent(name).path
    }
}
