import NIOCore
import Synchronization

/// Sent up a channel's pipeline as an event: what was proved at the connection's beginning may not hold any more.
struct ConnectionRetired: Sendable {}

/// The connections that are open now.
final class OpenConnections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    /// Holds a connection until it is closed.
    func add(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        channels.withLock { $0[id] = channel }
        channel.closeFuture.whenComplete { _ in self.channels.withLock { $0[id] = nil } }
    }

    var count: Int { channels.withLock { $0.count } }

    /// Ends all of them with the answers that the service owes now.
    func retireAll() {
        for channel in channels.withLock({ Array($0.values) }) {
            channel.pipeline.fireUserInboundEventTriggered(ConnectionRetired())
        }
    }

    /// Closes all of them, whatever they are doing.
    func closeAll() {
        for channel in channels.withLock({ Array($0.values) }) { channel.close(promise: nil) }
    }
}
