import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Bounds on a connection's time, so that slow ones cannot pile up.
struct ConnectionLimits: Sendable {
    let header: TimeAmount
    let idle: TimeAmount
    /// In each such time a body has to bring what the minimum rate asks for.
    let bodyGrace: TimeAmount
    let minimumBytesPerSecond: Int
    /// How long a body is still read and dropped after an answer that did not wait for it, so that the sender sees the
    /// answer (RFC 9112, 9.6).
    let linger = TimeAmount.seconds(5)
}

/// The connection ended before the body did, or its framing is broken.
struct BodyBrokeOff: Error {}

/// Sent down a channel's pipeline as an event once the current request's body is wanted.
struct BodyWanted: Sendable {}

/// Closes a connection whose head, body, next request or reading of answers does not come in time, and answers
/// `Expect: 100-continue` (RFC 9110, 10.1.1). Lives on its channel's event loop.
///
/// Whatever a connection does, one of its times is always running, but while the service owes it an answer.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ConnectionLimits
    private let metrics: ServerMetrics
    private var timer: Scheduled<Void>?
    private var readerTimer: Scheduled<Void>?
    /// Requests whose head came, and those of them that were answered: more may come than are answered yet.
    private var begun = 0
    private var answered = 0
    /// The last request's body, until its end.
    private var body: BodyPace?
    /// Small parts of a body that came together: a sender chooses how small its chunks are, and each part handed on costs
    /// as much as a large one.
    private var gathered = ByteBuffer()
    private var isContinueWanted = false
    /// Nothing after this point can be read.
    private var isBroken = false
    /// Nothing more is said on a connection that is broken.
    private var isLastAnswered = false
    /// It broke within the last request's body.
    private var isBrokenInBody = false
    private var isDroppingAnswer = false
    private var isCounted = false
    /// How many requests had begun when the connection was retired: it ends with their answers. Nil for one that goes on.
    private var lastRequest: Int?

    init(_ limits: ConnectionLimits, metrics: ServerMetrics) {
        self.limits = limits
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
        close(in: limits.header, "slow head", context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        readerTimer?.cancel()
        if isCounted { metrics.connections.add(-1) }
        isCounted = false
        breakOff(context)
        context.fireChannelInactive()
    }

    // MARK: - What comes in

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if let lastRequest, begun == lastRequest, body == nil { return }
        if case .body(let bytes) = part {
            body?.bytes += bytes.readableBytes
            return take(bytes, context)
        }
        handOn(context)
        switch part {
        case .head(let head):
            begun += 1
            body = BodyPace(isReadWanted: false)
            isContinueWanted = head.headerFields[.expect]?.lowercased() == "100-continue"
            schedule(context)
        case .body: break
        case .end:
            body = nil
            schedule(context)
        }
        context.fireChannelRead(data)
    }

    private static let smallBytes = 4 << 10
    private static let gatheredBytes = 64 << 10

    private func take(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        // The rest of a request that was answered already: nobody reads it.
        guard begun > answered else { return }
        guard bytes.readableBytes < Self.smallBytes else {
            handOn(context)
            return context.fireChannelRead(wrapInboundOut(.body(bytes)))
        }
        gathered.writeImmutableBuffer(bytes)
        if gathered.readableBytes >= Self.gatheredBytes { handOn(context) }
    }

    private func handOn(_ context: ChannelHandlerContext) {
        guard gathered.readableBytes > 0 else { return }
        let bytes = gathered
        gathered = ByteBuffer()
        context.fireChannelRead(wrapInboundOut(.body(bytes)))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        handOn(context)
        body?.want(false)
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        body?.want(true)
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ConnectionRetired { return retire(context) }
        if let event = event as? ChannelEvent, case .inputClosed = event { breakOff(context) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isBroken = true
        if body != nil { isBrokenInBody = true }
        schedule(context)
        context.fireErrorCaught(error)
    }

    private func retire(_ context: ChannelHandlerContext) {
        guard lastRequest == nil else { return }
        lastRequest = begun
        if begun == answered, body == nil { context.close(promise: nil) }
    }

    /// A connection that ends inside of a body would look like the body's end to whoever reads it.
    private func breakOff(_ context: ChannelHandlerContext) {
        guard body != nil else { return }
        body = nil
        context.fireErrorCaught(BodyBrokeOff())
    }

    // MARK: - What goes out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var (data, promise) = (data, promise)
        switch unwrapOutboundIn(data) {
        case .head(var head):
            // The request was refused before its body broke: another answer would be taken for the next request's.
            isDroppingAnswer = isBrokenInBody && begun == answered
            if let lastRequest, answered + 1 >= lastRequest {
                head.headerFields[.connection] = "close"
                data = wrapOutboundOut(.head(head))
            }
        case .end where !isDroppingAnswer:
            // The answer to a head that could not be read belongs to no request.
            answered = min(answered + 1, begun)
            if let lastRequest, answered >= lastRequest { promise = closing(after: promise, context) }
            if isBroken { isLastAnswered = true }
            schedule(context)
        default: break
        }
        guard !isDroppingAnswer else { return promise?.succeed() ?? () }
        context.write(data, promise: promise)
    }

    /// Closes the connection behind its last answer; where the rest of a body is still coming, after a while.
    private func closing(
        after promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext
    ) -> EventLoopPromise<Void>? {
        guard body == nil else {
            isBroken = true
            return promise
        }
        let written = promise ?? context.eventLoop.makePromise()
        let loopBound = context.loopBound
        written.futureResult.whenComplete { _ in loopBound.value.close(promise: nil) }
        return written
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        promise?.succeed()
        guard isContinueWanted, body != nil, begun == answered + 1 else { return }
        isContinueWanted = false
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output {
            isBroken = true
            isLastAnswered = true
            schedule(context)
        }
        context.close(mode: mode, promise: promise)
    }

    /// Who does not read the answers has to make room for them in time.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        readerTimer?.cancel()
        readerTimer = context.channel.isWritable ? nil : closing(in: limits.idle, "slow reader", context)
        context.fireChannelWritabilityChanged()
    }

    // MARK: - Times

    /// Starts the time that the connection's state asks for.
    private func schedule(_ context: ChannelHandlerContext) {
        if isBroken { return close(in: isLastAnswered ? limits.linger : limits.header, nil, context) }
        switch (begun - answered, body) {
        case (0, nil): close(in: limits.idle, nil, context)
        case (0, .some): close(in: limits.linger, "body not read", context)
        case (1, .some): checkBody(context)
        default:
            timer?.cancel()
            timer = nil
        }
    }

    private func close(in time: TimeAmount, _ reason: String?, _ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = closing(in: time, reason, context)
    }

    private func closing(
        in time: TimeAmount, _ reason: String?, _ context: ChannelHandlerContext
    ) -> Scheduled<Void> {
        let metrics = metrics
        let loopBound = context.loopBound
        return context.eventLoop.scheduleTask(in: time) {
            if let reason { metrics.refusals.add(1, reason) }
            loopBound.value.close(promise: nil)
        }
    }

    private func checkBody(_ context: ChannelHandlerContext) {
        timer?.cancel()
        body?.restart()
        let this = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: limits.bodyGrace) {
            let (handler, context) = this.value
            handler.judgeBody(context)
        }
    }

    private func judgeBody(_ context: ChannelHandlerContext) {
        guard let body else { return }
        guard body.isSlow(limits.minimumBytesPerSecond) else { return checkBody(context) }
        metrics.refusals.add(1, "slow body")
        context.close(promise: nil)
    }
}
