import AppConfiguration
import Domain
import Foundation
import HTTPTransport
import Logging
import ServiceLifecycle
import Store
import Synchronization

@testable import Server

/// The service in this process, on a port of its own, with a store in a folder of its own.
final class RunningService: Sendable {
    let folder: TemporaryFolder
    let store: Store
    let port: Int
    let log: CapturedLog
    private let group: ServiceGroup
    private let running: Task<Void, any Error>

    /// Starts the service and waits until it accepts connections.
    ///
    /// - Parameters:
    ///   - values: settings beside the defaults; in texts `{folder}` stands for the service's folder.
    ///   - pollTime: how often it looks at certificates and senders.
    ///   - now: its clock.
    static func start(
        _ values: [String: String] = [:], files: [String: String] = [:], in folder: TemporaryFolder? = nil,
        pollTime: Duration = .milliseconds(20), now: @escaping @Sendable () -> Timestamp = SystemClock.now
    ) async throws -> RunningService {
        let folder = try folder ?? TemporaryFolder()
        for (name, text) in files { _ = try folder.write(text, to: name) }
        let settings = try settings(values, folder)
        let store = try Store(path: folder.url.appending(path: "leastwise.db").path, busyTimeout: .milliseconds(200))
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let log = CapturedLog()
        let service = IngestService(
            settings: settings, reload: { settings }, store: store, pollTime: pollTime, now: now,
            writeLog: { log.append($0) }
        ) { port.yield($0) }
        let group = ServiceGroup(services: [service], logger: Logger(label: "tests"))
        let running = Task {
            defer { port.finish() }
            try await group.run()
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else {
            try await running.value
            throw DidNotListen()
        }
        return RunningService(folder: folder, store: store, port: port, log: log, group: group, running: running)
    }

    struct DidNotListen: Error {}

    static func settings(_ values: [String: String], _ folder: TemporaryFolder) throws -> Settings {
        var flags = ["server.listen": "127.0.0.1:0", "log.level": "error"]
        for (key, value) in values { flags[key] = value.replacing("{folder}", with: folder.url.path) }
        return try Settings(ResolvedConfiguration(flags: flags, environment: [:], file: .empty))
    }

    private init(
        folder: TemporaryFolder, store: Store, port: Int, log: CapturedLog, group: ServiceGroup,
        running: Task<Void, any Error>
    ) {
        self.folder = folder
        self.store = store
        self.port = port
        self.log = log
        self.group = group
        self.running = running
    }

    /// Asks the service to stop, and waits until it has.
    func stop() async throws {
        await beginStop()
        try await stopped()
    }

    /// Asks the service to stop.
    func beginStop() async { await group.triggerGracefulShutdown() }

    /// Waits until the service has stopped.
    func stopped() async throws { try await running.value }

    deinit {
        // A test that failed did not stop it.
        let group = group
        Task { await group.triggerGracefulShutdown() }
    }

    func url(_ path: String, scheme: String = "http") -> String { "\(scheme)://127.0.0.1:\(port)\(path)" }

    /// Sends a request on a connection of its own.
    func send(
        _ method: String = "GET", _ path: String, body: [UInt8]? = nil, headers: [String: String] = [:],
        token: String? = nil, policy: HTTPPolicy = HTTPPolicy(), scheme: String = "http"
    ) async throws -> HTTPResponse {
        var fields = HTTPHeaders()
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { fields.add(name: name, value: value) }
        return try await HTTPClient(policy: policy).response(
            for: HTTPRequest(
                method: method, url: url(path, scheme: scheme), headers: fields, body: body.map { .bytes($0) } ?? .none,
                credentials: token.map { .bearer(Secret($0)) }))
    }

    /// Posts records.
    func post(
        _ source: String, _ body: String, headers: [String: String] = [:], token: String? = nil
    ) async throws -> HTTPResponse {
        try await send("POST", "/v1/observations/\(source)", body: Array(body.utf8), headers: headers, token: token)
    }

    /// Connections of the cluster `default` as another process would see them now.
    func stored(cluster: String = "default") throws -> [(edge: ConnectionEdge, fact: ConnectionFact)] {
        let other = try Store.readOnly(path: store.location.path)
        defer { try? other.close() }
        return try other.connections(cluster: ClusterName(cluster))
    }

    /// The sum of all connections' counts, as another process would see it now.
    func storedCount(cluster: String = "default") throws -> Int64 {
        try stored(cluster: cluster).reduce(0) { $0 + $1.fact.count }
    }
}

extension HTTPResponse {
    /// The body as a service's answer.
    var answer: IngestAnswer {
        get throws { try JSONDecoder().decode(IngestAnswer.self, from: Data(body)) }
    }

    /// The reason in a problem document; nil in any other body.
    var reason: String? {
        guard headers["Content-Type"] == "application/problem+json" else { return nil }
        let document = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        return document?["reason"] as? String
    }
}
