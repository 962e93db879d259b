import Foundation
import ScriptedServers
import Testing

@testable import HTTPTransport

@Suite struct StreamingTests {
    private static let server = Result { try ScriptedServer("scripted-http.py") }
    private let base: String
    private let client = HTTPClient(policy: HTTPPolicy(maxResponseBytes: 1000))

    init() throws {
        base = "http://127.0.0.1:\(try Self.server.get().port)"
    }

    private func stream(_ path: String, _ take: (UnsafeRawBufferPointer) -> Bool) throws -> HTTPStreamEnd {
        try client.stream(HTTPRequest(url: base + path), cancellation: CancellationFlag(), take)
    }

    @Test func `hands on all pieces, and the fields behind them`() throws {
        var text: [UInt8] = []
        let end = try stream("/stream/500") {
            text += $0
            return true
        }
        #expect(String(decoding: text, as: UTF8.self) == (0..<500).map { "line \($0)\n" }.joined())
        #expect(end.trailers["X-Status"] == "done")
        #expect(end.response.headers["X-Status"] == nil)
        #expect(end.isComplete)
    }

    @Test func `ends when nothing more is wanted, and the client goes on`() throws {
        var bytes = 0
        let end = try stream("/endless") {
            bytes += $0.count
            return bytes < 5000
        }
        #expect(!end.isComplete)
        #expect(end.response.status == 200)
        #expect(bytes >= 5000)
        #expect(try client.send(HTTPRequest(url: base + "/status/204")).status == 204)
    }

    @Test func `another status is an answer with its body`() throws {
        var pieces = 0
        let end = try stream("/status/410") { _ in
            pieces += 1
            return true
        }
        #expect(end.response.status == 410)
        #expect(end.response.text == "status 410")
        #expect(pieces == 0)
    }

    @Test func `a broken body is an error`() throws {
        let error = try #require(throws: HTTPError.self) { try stream("/broken") { _ in true } }
        #expect(error.code != .cancelled)
    }

    @Test func `the flag ends a stream from another thread`() async throws {
        let flag = CancellationFlag()
        let (client, base) = (client, base)
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        let streaming = Task.detached {
            try client.stream(HTTPRequest(url: base + "/endless"), cancellation: flag) { _ in
                beginning.yield()
                return true
            }
        }
        var beginnings = began.makeAsyncIterator()
        await beginnings.next()
        flag.set()
        let error = await #expect(throws: HTTPError.self) { try await streaming.value }
        #expect(error?.code == .cancelled)
    }
}
