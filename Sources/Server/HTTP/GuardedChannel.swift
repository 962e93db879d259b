import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// A connection of the service: HTTP/1.1, over TLS where the service has a certificate, which may change at any time.
struct GuardedChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let base: HTTP1Channel
    /// Nil for plain HTTP.
    let certificates: TLSCertificates?
    let connections: OpenConnections

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        // Before its certificates are chosen: others may take their place at any time, and retire it then.
        connections.add(channel)
        guard let certificates else { return base.setup(channel: channel, logger: logger) }
        return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: certificates.context))
        }.flatMap { base.setup(channel: channel, logger: logger) }
    }

    func handle(value: Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}
