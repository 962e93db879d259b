import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Server

/// What passes a connection's guard, and when it closes: on a loop whose time the test sets.
@Suite struct ConnectionGuardTests {
    private let metrics = ServerMetrics()

    private func channel() throws -> EmbeddedChannel {
        let limits = ConnectionLimits(
            header: .seconds(10), idle: .seconds(75), bodyGrace: .seconds(60), minimumBytesPerSecond: 1024)
        let channel = EmbeddedChannel(handler: ConnectionGuard(limits, metrics: metrics))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private func head(_ fields: HTTPFields = [:]) -> HTTPRequestPart {
        .head(HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/", headerFields: fields))
    }

    private func body(_ text: String) -> HTTPRequestPart { .body(ByteBuffer(string: text)) }

    private func answer(_ channel: EmbeddedChannel) throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    /// The bodies that came through, until nothing more did.
    private func bodies(_ channel: EmbeddedChannel) throws -> [String] {
        var bodies: [String] = []
        while let part = try channel.readInbound(as: HTTPRequestPart.self) {
            if case .body(let bytes) = part { bodies.append(String(buffer: bytes)) }
        }
        return bodies
    }

    @Test func `small parts that came together are one, and stand in their order`() throws {
        let channel = try channel()
        let large = String(repeating: "L", count: 5000)
        channel.pipeline.fireChannelRead(head())
        for number in 0..<10 { channel.pipeline.fireChannelRead(body("\(number)")) }
        channel.pipeline.fireChannelRead(body(large))
        channel.pipeline.fireChannelRead(body("a"))
        channel.pipeline.fireChannelReadComplete()
        channel.pipeline.fireChannelRead(body("b"))
        channel.pipeline.fireChannelRead(HTTPRequestPart.end(nil))
        channel.pipeline.fireChannelRead(head())
        #expect(try bodies(channel) == ["0123456789", large, "a", "b"])
        #expect(metrics.connections.value() == 1)
        #expect(throws: BodyBrokeOff.self) { _ = try channel.finish() }
        #expect(metrics.connections.value() == 0)
    }

    @Test func `a body that never ends is handed on while it comes`() throws {
        let channel = try channel()
        channel.pipeline.fireChannelRead(head())
        for _ in 0..<100_000 { channel.pipeline.fireChannelRead(body("12")) }
        let bodies = try bodies(channel)
        #expect(bodies.count == 3)
        #expect(bodies.allSatisfy { (65_536..<66_000).contains($0.utf8.count) })
        #expect(throws: BodyBrokeOff.self) { _ = try channel.finish() }
    }

    @Test func `the body of an answered request goes nowhere, and that of the next one does`() throws {
        let channel = try channel()
        channel.pipeline.fireChannelRead(head())
        try answer(channel)
        channel.pipeline.fireChannelRead(body("dropped"))
        channel.pipeline.fireChannelRead(body(String(repeating: "d", count: 10_000)))
        channel.pipeline.fireChannelReadComplete()
        channel.pipeline.fireChannelRead(HTTPRequestPart.end(nil))
        channel.pipeline.fireChannelRead(head())
        channel.pipeline.fireChannelRead(body("next"))
        channel.pipeline.fireChannelReadComplete()
        #expect(try bodies(channel) == ["next"])
        #expect(throws: BodyBrokeOff.self) { _ = try channel.finish() }
    }

    @Test func `an answer takes away the time of the head, and gives that of idleness`() throws {
        let channel = try channel()
        channel.pipeline.fireChannelRead(head())
        channel.pipeline.fireChannelRead(HTTPRequestPart.end(nil))
        // While the service owes an answer, no time runs.
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
        try answer(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(74))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
        #expect(metrics.connections.value() == 0)
    }

    @Test func `a request that waits behind another one keeps the connection`() throws {
        let channel = try channel()
        for _ in 0..<2 {
            channel.pipeline.fireChannelRead(head())
            channel.pipeline.fireChannelRead(HTTPRequestPart.end(nil))
        }
        try answer(channel)
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
        try answer(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(75))
        #expect(!channel.isActive)
    }

    @Test(arguments: [(false, 5), (true, 75)])
    func `after an answer that did not wait for the body it is read for a while`(ends: Bool, seconds: Int64) throws {
        let channel = try channel()
        channel.pipeline.fireChannelRead(head())
        try answer(channel)
        if ends { channel.pipeline.fireChannelRead(HTTPRequestPart.end(nil)) }
        channel.embeddedEventLoop.advanceTime(by: .seconds(seconds - 1))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
        #expect(metrics.refusals.value("body not read") == (ends ? 0 : 1))
    }

    @Test func `a body is asked for once, and only where its sender waits for it`() throws {
        let channel = try channel()
        channel.pipeline.fireChannelRead(head([.expect: "100-Continue"]))
        #expect(try channel.readOutbound(as: HTTPResponsePart.self) == nil)
        for _ in 0..<2 { channel.triggerUserOutboundEvent(BodyWanted(), promise: nil) }
        #expect(try channel.readOutbound(as: HTTPResponsePart.self) == .head(HTTPResponse(status: .continue)))
        #expect(try channel.readOutbound(as: HTTPResponsePart.self) == nil)
        channel.pipeline.fireChannelRead(HTTPRequestPart.end(nil))
        try answer(channel)
        channel.pipeline.fireChannelRead(head())
        channel.triggerUserOutboundEvent(BodyWanted(), promise: nil)
        while let part = try channel.readOutbound(as: HTTPResponsePart.self) {
            #expect(part != .head(HTTPResponse(status: .continue)))
        }
        #expect(throws: BodyBrokeOff.self) { _ = try channel.finish() }
    }

    private func request(_ channel: EmbeddedChannel) {
        channel.pipeline.fireChannelRead(head())
        channel.pipeline.fireChannelRead(HTTPRequestPart.end(nil))
    }

    /// The `Connection` field of each answer, until nothing more comes.
    private func connectionFields(_ channel: EmbeddedChannel) throws -> [String?] {
        var fields: [String?] = []
        while let part = try channel.readOutbound(as: HTTPResponsePart.self) {
            if case .head(let head) = part { fields.append(head.headerFields[.connection]) }
        }
        return fields
    }

    @Test func `a connection that is retired while nothing is asked closes at once`() throws {
        let channel = try channel()
        request(channel)
        try answer(channel)
        #expect(channel.isActive)
        channel.pipeline.fireUserInboundEventTriggered(ConnectionRetired())
        channel.embeddedEventLoop.run()
        #expect(!channel.isActive)
    }

    @Test func `a retired connection ends with the answers that are owed, and takes no further request`() throws {
        let channel = try channel()
        request(channel)
        request(channel)
        channel.pipeline.fireUserInboundEventTriggered(ConnectionRetired())
        request(channel)
        var heads = 0
        while let part = try channel.readInbound(as: HTTPRequestPart.self) {
            if case .head = part { heads += 1 }
        }
        #expect(heads == 2)
        try answer(channel)
        #expect(channel.isActive)
        try answer(channel)
        channel.embeddedEventLoop.run()
        #expect(!channel.isActive)
        #expect(try connectionFields(channel) == [nil, "close"])
    }

    @Test func `a retired connection whose body is not read lingers, so that its sender sees the answer`() throws {
        let channel = try channel()
        channel.pipeline.fireChannelRead(head())
        channel.pipeline.fireUserInboundEventTriggered(ConnectionRetired())
        try answer(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(4))
        #expect(channel.isActive)
        channel.pipeline.fireChannelRead(HTTPRequestPart.end(nil))
        request(channel)
        #expect(try connectionFields(channel) == ["close"])
        channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(!channel.isActive)
    }
}
