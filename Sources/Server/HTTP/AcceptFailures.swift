import Glibc
import Logging
import NIOCore

/// Keeps the service listening where a connection cannot be accepted, for want of file descriptors or memory: what is
/// caught by nobody ends the listener for good.
final class AcceptFailures: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = Never

    private let logger: Logger
    /// How long the listener waits then: whoever holds too much has to let go of some of it first.
    private static let pause = TimeAmount.milliseconds(100)
    private var isPausing = false

    init(logger: Logger) { self.logger = logger }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isPausing else { return }
        isPausing = true
        logger.error("a connection could not be accepted", metadata: ["error": "\(error)"])
        let this = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.pause) {
            let (handler, context) = this.value
            handler.isPausing = false
            context.read()
        }
    }

    /// Asked at once again, the system would say the same.
    func read(context: ChannelHandlerContext) {
        if !isPausing { context.read() }
    }
}

/// The process' open files: each connection is one.
enum FileDescriptors {
    /// What is left for the store, learning, certificates and all else.
    private static let reserve = 256

    /// How many connections there may be at the same time: as many as wanted, if the system lets this process have so many
    /// files, for which its limit is raised.
    static func connections(wanted: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return wanted }
        limit.rlim_cur = limit.rlim_max
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return wanted }
        return connections(wanted: wanted, files: Int(clamping: limit.rlim_cur))
    }

    static func connections(wanted: Int, files: Int) -> Int {
        min(wanted, max(files - reserve, files / 2, 1))
    }
}
