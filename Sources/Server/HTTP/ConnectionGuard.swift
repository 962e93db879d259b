import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Bounds on a connection's time, so that slow ones cannot pile up.
struct ConnectionLimits: Sendable {
    let header: TimeAmount
    let idle: TimeAmount
    let bodyGrace: TimeAmount
    let minimumBytesPerSecond: Int
    /// How long a body is still read and dropped after an answer that did not wait for it, so that the sender sees the
    /// answer (RFC 9112, 9.6).
    let linger = TimeAmount.seconds(5)
}

/// The connection ended before the body did.
struct BodyBrokeOff: Error {}

/// Closes a connection whose head, body or next request does not come in time, and answers `Expect: 100-continue`
/// (RFC 9110, 10.1.1). Lives on its channel's event loop.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ConnectionLimits
    private let connections: OpenConnections
    private let metrics: ServerMetrics
    private var timer: Scheduled<Void>?
    private var bodyBegan: NIODeadline?
    private var bodyBytes = 0
    /// Time in which the service itself did not read.
    private var isReadWanted = false
    private var isCounted = false

    init(_ limits: ConnectionLimits, connections: OpenConnections, metrics: ServerMetrics) {
        self.limits = limits
        self.connections = connections
        self.metrics = metrics
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        begin(context)
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard !isCounted else { return }
        isCounted = true
        metrics.connections.add(1)
        connections.add(context.channel)
        close(in: limits.header, "slow head", context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        if isCounted {
            metrics.connections.add(-1)
            connections.remove(context.channel)
        }
        isCounted = false
        breakOff(context)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, case .inputClosed = event { breakOff(context) }
        context.fireUserInboundEventTriggered(event)
    }

    /// A connection that ends inside of a body would look like the body's end to whoever reads it.
    private func breakOff(_ context: ChannelHandlerContext) {
        guard bodyBegan != nil else { return }
        bodyBegan = nil
        context.fireErrorCaught(BodyBrokeOff())
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            bodyBegan = .now()
            bodyBytes = 0
            checkBody(in: limits.bodyGrace, context)
            if head.headerFields[.expect]?.lowercased() == "100-continue" {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .body(let bytes): bodyBytes += bytes.readableBytes
        case .end:
            bodyBegan = nil
            timer?.cancel()
            timer = nil
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReadWanted = false
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        isReadWanted = true
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            close(in: bodyBegan == nil ? limits.idle : limits.linger, bodyBegan == nil ? nil : "body not read", context)
        }
        context.write(data, promise: promise)
    }

    private func close(in time: TimeAmount, _ reason: String?, _ context: ChannelHandlerContext) {
        timer?.cancel()
        let metrics = metrics
        let loopBound = context.loopBound
        timer = context.eventLoop.scheduleTask(in: time) {
            if let reason { metrics.refusals.add(1, reason) }
            loopBound.value.close(promise: nil)
        }
    }

    /// From the end of the grace on, the average since the body's begin has to keep to the minimum; while the service does
    /// not want to read, nobody is slow but the service.
    private func checkBody(in time: TimeAmount, _ context: ChannelHandlerContext) {
        timer?.cancel()
        let this = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: time) {
            let (handler, context) = this.value
            handler.judgeBody(context)
        }
    }

    private func judgeBody(_ context: ChannelHandlerContext) {
        guard let bodyBegan else { return }
        let seconds = Double((NIODeadline.now() - bodyBegan).nanoseconds) / 1e9
        guard isReadWanted, Double(bodyBytes) < seconds * Double(limits.minimumBytesPerSecond) else {
            return checkBody(in: .seconds(5), context)
        }
        metrics.refusals.add(1, "slow body")
        context.close(promise: nil)
    }
}
