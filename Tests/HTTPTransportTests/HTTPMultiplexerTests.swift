import Foundation
import ScriptedServers
import Testing

@testable import HTTPTransport

@Suite struct HTTPMultiplexerTests {
    private static let server = Result { try ScriptedServer("scripted-http.py") }
    private let base: String
    private let multiplexer: HTTPMultiplexer

    init() throws {
        base = "http://127.0.0.1:\(try Self.server.get().port)"
        multiplexer = try HTTPMultiplexer()
    }

    /// What came of the exchanges that are started, by number.
    private final class Received {
        var bodies: [Int: [UInt8]] = [:]
        var outcomes: [Int: HTTPMultiplexer.Outcome] = [:]
    }

    private func start(
        _ paths: [String], policy: HTTPPolicy = HTTPPolicy(), limit: Int = .max, into received: Received
    ) throws {
        for (number, path) in paths.enumerated() {
            try multiplexer.start(HTTPRequest(url: base + path), id: number, policy: policy) { piece in
                received.bodies[number, default: []] += piece
                return received.bodies[number, default: []].count < limit
            }
        }
    }

    private func finish(_ received: Received) {
        while multiplexer.count > 0 {
            for (number, outcome) in multiplexer.run(for: .seconds(10)) { received.outcomes[number] = outcome }
        }
    }

    private func end(_ number: Int, _ received: Received) throws -> HTTPStreamEnd {
        try #require(received.outcomes[number]).get()
    }

    @Test func `runs many exchanges at once, each with its own answer`() throws {
        let received = Received()
        try start((0..<50).map { "/stream/\($0)" } + ["/status/410"], into: received)
        #expect(multiplexer.count == 51)
        finish(received)
        for number in 0..<50 {
            let text = String(decoding: received.bodies[number] ?? [], as: UTF8.self)
            #expect(text == (0..<number).map { "line \($0)\n" }.joined())
            #expect(try end(number, received).isComplete == true)
        }
        #expect(try end(50, received).response.text == "status 410")
    }

    @Test func `one that fails, or of which no more is wanted, stops no other`() throws {
        let received = Received()
        try start(["/broken", "/endless", "/stream/3", "/vanish"], limit: 2000, into: received)
        finish(received)
        #expect(throws: HTTPError.self) { try end(0, received) }
        #expect(try end(1, received).isComplete == false)
        #expect(try end(2, received).isComplete == true)
        #expect(throws: HTTPError.self) { try end(3, received) }
    }

    @Test func `an exchange may take no longer than its policy says`() throws {
        let received = Received()
        var policy = HTTPPolicy(totalTimeout: .milliseconds(200))
        policy.stallTimeout = .seconds(30)
        try start(["/silent"], policy: policy, into: received)
        finish(received)
        let error = #expect(throws: HTTPError.self) { try end(0, received) }
        #expect(error?.code == .timeout)
    }

    @Test func `a cancelled exchange is heard of no more`() throws {
        let received = Received()
        try start(["/silent", "/stream/2"], into: received)
        multiplexer.cancel(0)
        multiplexer.cancel(7)
        finish(received)
        #expect(received.outcomes.keys.sorted() == [1])
    }

    @Test func `is woken from another thread`() throws {
        let received = Received()
        try start(["/silent"], into: received)
        let waker = multiplexer.waker
        let begin = ContinuousClock.now
        Thread { waker.wake() }.start()
        _ = multiplexer.run(for: .seconds(60))
        #expect(ContinuousClock.now - begin < .seconds(50))
    }

    @Test func `a waker that outlives it does nothing`() throws {
        var short: HTTPMultiplexer? = try HTTPMultiplexer()
        let waker = try #require(short?.waker)
        short = nil
        waker.wake()
    }

    @Test func `refuses what a client refuses`() throws {
        for url in ["ftp://host/", "http://user:pw@host/", "host"] {
            #expect(throws: HTTPError.self) {
                try multiplexer.start(HTTPRequest(url: url), id: 1, policy: HTTPPolicy()) { _ in true }
            }
        }
        #expect(multiplexer.count == 0)
    }
}

/// Over HTTP/2, as API servers speak it.
@Suite(.enabled(if: HTTP2Server.isPossible, "node or openssl is not installed"))
struct HTTPMultiplexerHTTP2Tests {
    private let server: HTTP2Server
    private let multiplexer: HTTPMultiplexer

    init() throws {
        server = try HTTP2Server()
        multiplexer = try HTTPMultiplexer()
    }

    private func run(_ paths: [String]) throws -> [Int: (body: String, outcome: HTTPMultiplexer.Outcome)] {
        final class Bodies { var texts: [Int: String] = [:] }
        let bodies = Bodies()
        for (number, path) in paths.enumerated() {
            let request = HTTPRequest(url: "https://localhost:\(server.port)\(path)")
            try multiplexer.start(request, id: number, policy: HTTPPolicy(caFile: server.certificate)) { piece in
                bodies.texts[number, default: ""] += String(decoding: piece, as: UTF8.self)
                return true
            }
        }
        var ended: [Int: (body: String, outcome: HTTPMultiplexer.Outcome)] = [:]
        while multiplexer.count > 0 {
            for (number, outcome) in multiplexer.run(for: .seconds(10)) {
                ended[number] = (bodies.texts[number] ?? "", outcome)
            }
        }
        return ended
    }

    @Test func `all exchanges share one connection`() throws {
        let ended = try run((0..<100).map { "/stream/\($0)" })
        for number in 0..<100 {
            let found = try #require(ended[number])
            #expect(found.body == (0..<number).map { "line \($0)\n" }.joined())
            let end = try found.outcome.get()
            #expect(end.isComplete && end.response.status == 200)
        }
        #expect(try run(["/sessions"])[0]?.body == "1")
    }

    @Test func `one that is reset is an error, and the others go on`() throws {
        let ended = try run(["/stream/50", "/reset", "/stream/50"])
        let reset = try #require(ended[1])
        #expect(throws: HTTPError.self) { try reset.outcome.get() }
        for number in [0, 2] {
            let end = try #require(ended[number]).outcome.get()
            #expect(end.isComplete)
        }
        #expect(try run(["/sessions"])[0]?.body == "1")
    }
}

/// An HTTP/2 server with a certificate that it signed itself.
private final class HTTP2Server: Sendable {
    static let isPossible = ["node", "openssl"].allSatisfy { program in
        (try? ScriptedServer.run([program, program == "node" ? "--version" : "version"]))?.status == 0
    }

    let certificate: String
    private let folder: TemporaryFolder
    private let server: ScriptedServer

    var port: Int { server.port }

    init() throws {
        folder = try TemporaryFolder()
        certificate = folder.path("certificate")
        let made = try ScriptedServer.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2", "-subj", "/CN=leastwise-test", "-addext", "subjectAltName=DNS:localhost", "-keyout",
            folder.path("key"), "-out", certificate,
        ])
        try #require(made.status == 0, "\(made.output)")
        server = try ScriptedServer("scripted-http2.mjs", [folder.path("key"), certificate])
    }
}
