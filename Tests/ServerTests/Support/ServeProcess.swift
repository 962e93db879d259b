import Foundation
import HTTPTransport
import Synchronization

/// `leastwise serve` as a process of its own.
final class ServeProcess: Sendable {
    /// The built program, which lies beside the test bundle; nil where the tests run without it.
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
    private let process: Process
    private let log = Mutex("")
    private let input: FileHandle

    struct NotBuilt: Error {}

    /// Starts it on a free port, with that configuration.
    init(_ configuration: String = "", files: [String: String] = [:], in folder: TemporaryFolder? = nil) throws {
        guard let program = Self.url else { throw NotBuilt() }
        self.folder = try folder ?? TemporaryFolder()
        for (name, text) in files { _ = try self.folder.write(text, to: name) }
        let file = try self.folder.write(
            configuration.replacing("{folder}", with: self.folder.url.path), to: "leastwise.yaml")
        process = Process()
        process.executableURL = program
        process.arguments = [
            "serve", "--config", file.path, "--listen", "127.0.0.1:0", "--database",
            self.folder.url.appending(path: "leastwise.db").path,
        ]
        process.environment = ["HOME": self.folder.url.path, "PATH": "/usr/bin:/bin"]
        let errors = Pipe()
        input = errors.fileHandleForReading
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let (log, input) = (LogReference(self), input)
        Thread.detachNewThread {
            while case let data = input.availableData, !data.isEmpty { log.append(data) }
        }
    }

    deinit { kill(process.processIdentifier, SIGKILL) }

    /// What it logged so far.
    var logged: String { log.withLock { $0 } }

    fileprivate func append(_ data: Data) { log.withLock { $0 += String(decoding: data, as: UTF8.self) } }

    /// Waits until it listens, and returns its port.
    func port() async throws -> Int {
        var found: Int?
        try await Condition.wait {
            found = Self.port(in: logged)
            return found != nil || !process.isRunning
        }
        guard let found else { throw DidNotStart(log: logged) }
        return found
    }

    struct DidNotStart: Error {
        let log: String
    }

    private static func port(in log: String) -> Int? {
        for line in log.split(separator: "\n") where line.contains("\"listening\"") {
            let fields = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return (fields?["port"] as? String).flatMap { Int($0) }
        }
        return nil
    }

    var identifier: Int32 { process.processIdentifier }

    var isRunning: Bool { process.isRunning }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits until it ends, and returns its status.
    func status() async throws -> Int32 {
        try await Condition.wait { !process.isRunning }
        return process.terminationStatus
    }
}

/// Lets the reading thread go on without keeping the process' owner alive.
private final class LogReference: Sendable {
    private let owner: Mutex<Weak>

    private struct Weak: Sendable {
        weak var process: ServeProcess?
    }

    init(_ process: ServeProcess) { owner = Mutex(Weak(process: process)) }

    func append(_ data: Data) { owner.withLock { $0.process?.append(data) } }
}
