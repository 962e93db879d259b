package import AppConfiguration
import Domain
import Foundation
import Glibc
import Hummingbird
import Ingest
import Logging
import ServiceLifecycle
package import Store
import UnixSignals

/// `leastwise serve`: takes records from senders, fetches others, learns on schedule, and keeps its store in order.
package struct IngestService: ServiceLifecycle.Service {
    private let settings: SettingsBox
    private let store: Store
    private let logger: Logger
    private let metrics = ServerMetrics()
    private let disk = DiskQueue()
    private let pollTime: Duration
    private let now: @Sendable () -> Timestamp
    private let isListening: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - reload: reads the settings anew, for SIGHUP.
    ///   - isListening: called with the port once connections are accepted.
    package init(
        settings: Settings, reload: @escaping @Sendable () throws -> Settings, store: Store,
        isListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.init(
            settings: settings, reload: reload, store: store, pollTime: .seconds(5), now: SystemClock.now,
            writeLog: LogLines.toStandardError, isListening: isListening)
    }

    /// - Parameters:
    ///   - pollTime: how often certificates and senders are looked at.
    ///   - writeLog: takes each line of the log.
    init(
        settings: Settings, reload: @escaping @Sendable () throws -> Settings, store: Store, pollTime: Duration,
        now: @escaping @Sendable () -> Timestamp, writeLog: @escaping @Sendable (String) -> Void,
        isListening: @escaping @Sendable (Int) -> Void
    ) {
        self.settings = SettingsBox(settings, load: reload)
        self.store = store
        self.pollTime = pollTime
        self.now = now
        self.isListening = isListening
        logger = Logger(label: "leastwise") { label in
            LogLines(
                label: label, format: settings.server.logFormat,
                level: Logger.Level(rawValue: settings.server.logLevel) ?? .info, write: writeLog)
        }
    }

    /// Runs until SIGTERM or SIGINT, and then until all that was begun is durable, within the drain's bound.
    ///
    /// Throws a `ConfigurationError` for files that are of no use, and what keeps a service from running.
    package func run() async throws {
        let server = settings.current.server
        let mostConnections = FileDescriptors.connections(wanted: server.maximumConnections)
        if mostConnections < server.maximumConnections {
            logger.warning(
                "fewer connections than configured: the process may not open more files",
                metadata: ["connections": "\(mostConnections)", "configured": "\(server.maximumConnections)"])
        }
        let intake = Intake(
            store: store, disk: disk, commitDelay: server.commitDelay, bufferBytes: server.bodyBuffer, metrics: metrics)
        let learning = learningService
        let states = SourceStates(metrics: metrics)
        let certificates = try TLSCertificates(server)
        let senders = try SenderDirectory(file: server.sendersFile)
        let connections = OpenConnections()
        let application = ServiceApplication(
            settings: server, responder: responder(intake, learning, senders, certificates, states),
            certificates: certificates, connections: connections, metrics: metrics, logger: logger,
            maximumConnections: mostConnections,
            isListening: { [logger, isListening] port in
                logger.info("listening", metadata: ["host": "\(server.host)", "port": "\(port)"])
                isListening(port)
            })
        // Stopped in the opposite order: what takes records before what commits them.
        let services: [any ServiceLifecycle.Service] =
            [CommitService(intake: intake)] + pulled(intake, states) + [
                UpkeepService(
                    store: store, disk: disk, intake: intake, settings: settings, metrics: metrics, logger: logger,
                    now: now),
                learning,
                ReloadService(
                    settings: settings, certificates: certificates, connections: connections, senders: senders,
                    logger: logger, pollTime: pollTime),
                application,
                DrainService(intake: intake),
            ]
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // The connections have the drain's time; what is left takes no longer than a commit.
        configuration.maximumGracefulShutdownDuration = server.drainTimeout + .seconds(30)
        try await ServiceGroup(configuration: configuration).run()
        logger.info("stopped")
    }

    /// What the service reads by itself.
    private func pulled(_ intake: Intake, _ states: SourceStates) -> [any ServiceLifecycle.Service] {
        let (sources, cluster) = (settings.current.sources, settings.current.cluster)
        var services: [any ServiceLifecycle.Service] = []
        for (source, patterns) in [(IngestSource.hubble, sources.hubbleFiles), (.audit, sources.auditFiles)] {
            guard !patterns.isEmpty else { continue }
            services.append(
                FollowService(
                    source: source, patterns: patterns, pollInterval: sources.pollInterval, cluster: cluster,
                    store: store, disk: disk, intake: intake, states: states, metrics: metrics, logger: logger))
        }
        if let relay = sources.relay {
            services.append(
                RelayService(
                    settings: relay, cluster: cluster, store: store, disk: disk, intake: intake, states: states,
                    metrics: metrics, logger: logger))
        }
        if sources.watch != .off {
            services.append(
                WatchService(
                    settings: sources, cluster: cluster, store: store, states: states, metrics: metrics,
                    environment: ProcessInfo.processInfo.environment, logger: logger))
        }
        return services
    }

    private var learningService: LearningService {
        LearningService(
            store: store, settings: { [settings] in settings.current }, metrics: metrics, logger: logger,
            holder: Self.holder, now: now,
            jitter: { longest in longest * Double.random(in: 0...1) }, disk: disk)
    }

    /// A name that no other process has.
    private static var holder: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(host)/\(getpid())/\(String(UInt32.random(in: .min ... .max), radix: 16))"
    }

    private func responder(
        _ intake: Intake, _ learning: LearningService, _ senders: SenderDirectory, _ certificates: TLSCertificates?,
        _ states: SourceStates
    ) -> ServiceResponder {
        let server = settings.current.server
        let readiness = Readiness(intake: intake)
        let status = StatusReport(
            settings: settings, store: store, disk: disk, intake: intake, learning: learning, metrics: metrics,
            readiness: readiness, states: states, started: now())
        let handlers = RouteHandlers(
            observations: ObservationsHandler(
                intake: intake, store: store, disk: disk, rates: RateLimiter(), cluster: settings.current.cluster,
                maximumBody: server.maximumBody, now: now),
            metrics: metrics, readiness: readiness, status: { try await status.document() },
            learn: { LearnAnswer(state: await learning.request() ? "started" : "running") })
        return ServiceResponder(
            handlers: handlers,
            authorizer: Authorizer(
                senders: senders, isLoopback: server.isLoopback, openMetrics: server.openMetrics,
                asksForCertificates: certificates?.asksForCertificates ?? false, now: now),
            metrics: metrics, refusals: RefusalLog(), logger: logger)
    }
}

/// Commits until everything else has stopped.
private struct CommitService: ServiceLifecycle.Service {
    let intake: Intake

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await intake.committer.run() }
            group.addTask {
                try? await gracefulShutdown()
                await intake.committer.close()
            }
            await group.next()
            group.cancelAll()
        }
    }
}

/// Refuses new batches from the moment on at which the service is asked to stop.
private struct DrainService: ServiceLifecycle.Service {
    let intake: Intake

    func run() async throws {
        try? await gracefulShutdown()
        intake.beginDraining()
    }
}
