import HTTPTransport
import Testing

@testable import HubbleRelay

@Suite struct GRPCFramesTests {
    /// Takes pieces and returns the messages.
    private func messages(_ pieces: [[UInt8]], _ frames: inout GRPCFrames) throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        for piece in pieces {
            try piece.withUnsafeBytes { piece in try frames.take(piece) { found.append(Array($0)) } }
        }
        return found
    }

    private static func cut(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...min(rest.count, 9), using: &generator)
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return pieces
    }

    @Test func `messages are the same wherever the pieces are cut`() throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<300 {
            let sent = (0..<8).map { _ in
                let count = Int.random(in: 0...20, using: &generator)
                return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            }
            var frames = GRPCFrames(maxMessageBytes: 15)
            let found = try messages(Self.cut(sent.flatMap { Bytes.frame($0) }, using: &generator), &frames)
            #expect(found == sent.filter { $0.count <= 15 })
            #expect(frames.oversized == sent.filter { $0.count > 15 }.count)
            #expect(frames.isComplete)
        }
    }

    @Test func `a beginning alone is not complete`() throws {
        var frames = GRPCFrames()
        #expect(try messages([[0, 0, 0, 0, 3, 1, 2]], &frames).isEmpty)
        #expect(!frames.isComplete)
        #expect(try messages([[3, 0]], &frames) == [[1, 2, 3]])
        #expect(!frames.isComplete)
    }

    @Test(
        arguments: [
            ([1, 0, 0, 0, 1, 9], GRPCFrames.Fault.compressed), (Array("<html>".utf8), .notGRPC),
            ([0, 0xff, 0xff, 0xff, 0xff], .absurdLength(.max)),
        ] as [([UInt8], GRPCFrames.Fault)])
    func `other bytes are a fault, in one piece and in many`(bytes: [UInt8], fault: GRPCFrames.Fault) {
        var whole = GRPCFrames()
        #expect(throws: fault) { try messages([bytes], &whole) }
        var parts = GRPCFrames()
        #expect(throws: fault) { try messages(bytes.map { [$0] }, &parts) }
    }

    @Test func `an error of the reader goes through, and the message counts as taken`() throws {
        struct Failure: Error {}
        var frames = GRPCFrames()
        let bytes = Bytes.frame([7])
        #expect(throws: Failure.self) {
            try bytes.withUnsafeBytes { try frames.take($0) { _ in throw Failure() } }
        }
        #expect(try messages([Bytes.frame([8])], &frames) == [[8]])
    }
}

@Suite struct GRPCStatusTests {
    @Test(arguments: [
        ("a%20b", "a b"), ("50%", "50%"), ("%zz%4", "%zz%4"), ("%C3%A4", "ä"), ("%ff", "\u{fffd}"), ("", ""),
        ("%0a%1B[31m", "\\n\\u{1b}[31m"),
    ])
    func `messages are decoded, and safe to show`(text: String, expected: String) throws {
        let headers: HTTPHeaders = ["grpc-status": "14", "grpc-message": text]
        #expect(try #require(GRPCStatus(headers: headers, trailers: [:])).message == expected)
    }

    @Test func `trailers go before headers, and no status is none`() throws {
        let status = try #require(GRPCStatus(headers: ["grpc-status": "0"], trailers: ["Grpc-Status": "16"]))
        #expect(status.code.name == "UNAUTHENTICATED")
        #expect(GRPCStatus(headers: [:], trailers: ["grpc-message": "x"]) == nil)
        #expect(GRPCStatus(headers: ["grpc-status": "abc"], trailers: [:])?.code.name == "UNKNOWN")
        #expect(GRPCStatus(headers: ["grpc-status": "99"], trailers: [:])?.code.name == "status 99")
    }

    @Test(arguments: [
        (401, "UNAUTHENTICATED"), (403, "PERMISSION_DENIED"), (404, "UNIMPLEMENTED"), (503, "UNAVAILABLE"),
        (500, "UNKNOWN"),
    ])
    func `a status of HTTP stands for one of gRPC`(http: Int, name: String) {
        #expect(GRPCStatus(httpStatus: http).code.name == name)
    }
}
