import AppConfiguration
import Domain
import FoundationEssentials
import HTTPTransport
import HubbleRelay
import Ingest
import Logging
import NIOCore
import ServiceLifecycle
import Store

/// Pulls flows from Hubble Relay.
struct RelayService: ServiceLifecycle.Service {
    let settings: Settings.Sources.Relay
    let cluster: ClusterName
    let store: Store
    let disk: DiskQueue
    let intake: Intake
    let states: SourceStates
    let metrics: ServerMetrics
    let logger: Logger

    static let name = "relay"
    /// What was taken is committed after so long at the latest.
    private static let commitTime = Duration.seconds(1)
    /// The wait after a commit that failed.
    private static let retryTime = Duration.seconds(2)

    private var address: String {
        "\(settings.host.contains(":") ? "[\(settings.host)]" : settings.host):\(settings.port)"
    }
    private var cursorName: String { "relay:\(cluster.rawValue):\(address)" }

    func run() async throws {
        let stream = RelayStream(target: try target(), report: report)
        let feed = await SourceFeed(intake, source: .hubble, cluster: cluster)
        let flag = CancellationFlag()
        await withTaskCancellationOrGracefulShutdownHandler {
            while !flag.isSet {
                do {
                    try await follow(stream, feed, flag)
                } catch {
                    logger.warning(
                        "flows are read again from the last commit", metadata: ["error": "\(error)"])
                    await feed.startOver()
                    try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.retryTime) }
                }
            }
        } onCancelOrGracefulShutdown: {
            flag.set()
        }
        do { try await feed.commit() } catch {
            logger.warning("the newest flows will be read again", metadata: ["error": "\(error)"])
        }
    }

    /// Runs the stream from the stored position until it is to end; throws where a commit failed.
    private func follow(_ stream: RelayStream, _ feed: SourceFeed, _ flag: CancellationFlag) async throws {
        let cursor = try await storedCursor()
        let name = cursorName
        try await OwnThread.run {
            var randomness = SystemRandomNumberGenerator()
            var committed = ContinuousClock.now
            try stream.run(resuming: cursor, cancellation: flag, using: &randomness) { lines, cursor in
                let bytes = ByteBuffer(bytes: lines)
                let mark = SourceCursor(name: name, value: Data(cursor.encoded).base64EncodedString())
                let isDue = committed.duration(to: .now) >= Self.commitTime
                try OwnThread.wait {
                    try await feed.take(bytes, name: Self.name, cursor: mark)
                    if isDue { try await feed.commit() }
                }
                if isDue { committed = .now }
            }
        }
    }

    private func storedCursor() async throws -> RelayCursor? {
        let name = cursorName
        let stored = try await disk.run { [store] in try store.cursors(prefix: name).first { $0.name == name } }
        guard let stored, let bytes = Data(base64Encoded: stored.value) else { return nil }
        do {
            return try RelayCursor(encoded: Array(bytes))
        } catch {
            logger.error(
                "the stored position of Relay cannot be read: all that it holds is read",
                metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func target() throws -> RelayTarget {
        guard settings.usesTLS else { return try RelayTarget(address: address, tls: nil) }
        let identity = settings.certificateFile.flatMap { certificate in
            settings.keyFile.map { ClientIdentity.files(certificate: certificate, key: $0) }
        }
        return try RelayTarget(
            address: address,
            tls: .init(caFile: settings.caFile, identity: identity, serverName: settings.serverName))
    }

    @Sendable private func report(_ event: RelayEvent) {
        switch event {
        case .connected(let since):
            states.set(Self.name, isUp: true, "connected to \(address)")
            logger.info(
                "Relay answers", metadata: ["address": "\(address)", "since": "\(since.map { "\($0)" } ?? "now")"])
        case .disconnected(let error, let wait):
            states.set(Self.name, isUp: false, "\(error)")
            logger.warning(
                "Relay's stream ended", metadata: ["error": "\(error)", "retryIn": "\(wait / .seconds(1)) s"])
        case .nodes(let nodes) where nodes.isMissing:
            logger.warning(
                "flows of nodes are missing",
                metadata: ["nodes": "\(nodes.names.joined(separator: " "))", "count": "\(nodes.count)"])
        case .nodes: break
        case .gap(let gap):
            metrics.lost.add(1, Self.name, "gaps")
            logger.error(
                "flows were overwritten before they were read",
                metadata: ["node": "\(gap.node)", "from": "\(gap.from)", "to": "\(gap.to)"])
        case .repeated(let count): logger.debug("records came again", metadata: ["count": "\(count)"])
        case .unreadable(let count, let fault):
            metrics.lost.add(Double(count), Self.name, "messages")
            logger.error("messages of Relay cannot be read", metadata: ["count": "\(count)", "fault": "\(fault)"])
        case .unknown(let count): metrics.lost.add(Double(count), Self.name, "messages")
        case .oversized(let count):
            metrics.lost.add(Double(count), Self.name, "messages")
            logger.error("messages of Relay are too large", metadata: ["count": "\(count)"])
        }
    }
}
