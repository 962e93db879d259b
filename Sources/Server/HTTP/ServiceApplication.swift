import AppConfiguration
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The HTTP side of the service: where it listens, and within which bounds.
struct ServiceApplication: ServiceLifecycle.Service {
    let settings: Settings.Server
    let responder: ServiceResponder
    let certificates: TLSCertificates?
    let connections: OpenConnections
    let metrics: ServerMetrics
    let logger: Logger
    let maximumConnections: Int
    /// Called with the port once connections are accepted.
    let isListening: @Sendable (Int) -> Void

    /// Larger heads than senders have: tokens and a few fields.
    private static let headBytes = 16 << 10

    /// Serves until the service is to stop, and then until the requests in progress are answered, or their time is over.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            group.addTask {
                try await gracefulShutdown()
                try await Task.sleep(for: settings.drainTimeout)
                connections.closeAll()
            }
            try await group.next()
            group.cancelAll()
            // The other task ends with the cancellation that it was waiting for.
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }

    private var application: Application<ServiceResponder> {
        let certificates = certificates
        let limits = ConnectionLimits(
            header: TimeAmount(settings.headerTimeout), idle: TimeAmount(settings.idleTimeout),
            bodyGrace: TimeAmount(settings.bodyGrace), minimumBytesPerSecond: settings.minimumBytesPerSecond)
        let (metrics, connections) = (metrics, connections)
        var quiet = logger
        quiet.logLevel = max(quiet.logLevel, .warning)
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(limits, metrics: metrics)],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: Self.headBytes, maxHeaderListSize: Self.headBytes, maxHeaderFieldCount: 100))
        return Application(
            responder: responder,
            server: HTTPServerBuilder { responder in
                GuardedChannel(
                    base: HTTP1Channel(responder: responder, configuration: configuration), certificates: certificates,
                    connections: connections)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(maximumConnections)),
            onServerRunning: { [isListening, logger] listener in
                // Fails where the listener is closed already.
                try? await listener.eventLoop.submit {
                    try listener.pipeline.syncOperations.addHandler(AcceptFailures(logger: logger), position: .first)
                }.get()
                isListening(listener.localAddress?.port ?? 0)
            },
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), logger: quiet)
    }
}
