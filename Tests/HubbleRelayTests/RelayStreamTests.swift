import Domain
import Foundation
import HTTPTransport
import HubbleRelay
import ScriptedServers
import Testing

@Suite(
    .serialized,
    .enabled(if: Fixtures.hasRelay, "run `make setup-relay-tools`, and have the shared fixtures beside the repository"))
struct RelayStreamTests {
    @Test(arguments: Fixtures.flowFiles)
    func `a stream says the same as the file`(file: String) throws {
        let server = try RelayServer(["flows,hang"], records: [file])
        let text = try String(contentsOfFile: Fixtures.path(file), encoding: .utf8)
        // What is not JSON never was a message.
        let records = text.split(separator: "\n").filter {
            (try? JSONSerialization.jsonObject(with: Data($0.utf8))) != nil
        }
        let taker = Taker()
        try taker.run(try server.target()) { $0.lineCount >= records.count }
        let expected = Decoded(Array(records.joined(separator: "\n").utf8))
        #expect(Decoded(taker.lines) == expected)
        #expect(expected.records == records.count)
        #expect(taker.events.first == .connected(since: .init(seconds: 0)))
        #expect(taker.errors.isEmpty)
    }

    @Test func `a stream says the same as lines with any combination of fields`() throws {
        var random = RandomRecords(seed: 2026)
        let records = random.lines(3000)
        let folder = try TemporaryFolder()
        try Data(records.joined(separator: "\n").utf8).write(to: URL(filePath: folder.path("records")))
        let server = try RelayServer(["flows,hang"], records: [folder.path("records")])
        let taker = Taker()
        try taker.run(try server.target()) { $0.lineCount >= records.count }
        let expected = Decoded(Array(records.joined(separator: "\n").utf8))
        #expect(Decoded(taker.lines) == expected)
        #expect(expected.records == 3000)
        #expect(expected.connections.count > 100)
        #expect(expected.names.count > 100)
        #expect(!expected.rejected.isEmpty)
    }

    private static let all = Result {
        try Array(Data(contentsOf: URL(filePath: Fixtures.path("basic-sample-400-udp-flows.json"))))
    }

    @Test func `a broken connection costs no record and counts none twice`() throws {
        let server = try RelayServer(["flows:0-150,kill", "flows:0-300,kill", "flows,hang"])
        let taker = Taker()
        try taker.run(try server.target()) { $0.lineCount >= 400 }
        #expect(Decoded(taker.lines) == Decoded(try Self.all.get()))
        #expect(taker.repeated > 0)
        #expect(taker.gaps.isEmpty)
        #expect(taker.errors.map(\.code) == [.unavailable, .unavailable])
        // The second and the third stream begin shortly before what came last.
        #expect(server.requests.count == 3)
        #expect(server.requests.allSatisfy { $0.contains(#""follow": true"#) && $0.contains(#""since": "#) })
        #expect(server.requests[0].contains(#""since": "1970-01-01T00:00:00Z""#))
        #expect(server.requests[1].contains(#""since": "2021-11-10T"#))
    }

    @Test func `a stored position goes on where it stands`() throws {
        let server = try RelayServer(["flows:0-200,hang", "flows,hang"])
        let first = Taker()
        try first.run(try server.target()) { $0.lineCount >= 200 }
        let stored = try #require(first.cursor).encoded
        let second = Taker()
        try second.run(try server.target(), resuming: try RelayCursor(encoded: stored)) { $0.lineCount >= 200 }
        #expect(Decoded(first.lines + second.lines) == Decoded(try Self.all.get()))
        #expect(second.repeated > 0)
        #expect(second.gaps.isEmpty)
    }

    @Test func `a node that Relay asks once more is not counted twice`() throws {
        let server = try RelayServer(["flows:0-300,node:NODE_ERROR,flows,hang"])
        let taker = Taker()
        try taker.run(try server.target()) { $0.lineCount >= 401 }
        #expect(taker.repeated == 300)
        let flows = taker.lines.split(separator: UInt8(ascii: "\n")).filter { $0.starts(with: Array("{\"flow\"".utf8)) }
        #expect(Decoded(Array(flows.joined(separator: [UInt8(ascii: "\n")]))) == Decoded(try Self.all.get()))
    }

    @Test func `who asks for what comes next misses nothing before the first flow`() throws {
        let server = try RelayServer(["node:NODE_CONNECTED,kill", "hang"])
        var options = Taker.options
        options.beginning = nil
        options.silence = .seconds(1)
        let taker = Taker()
        try taker.run(try server.target(), options: options) { $0.errors.count >= 2 }
        #expect(server.requests.map { $0.contains("since") } == [false, true])
        #expect(taker.events.first == .connected(since: nil))
    }

    @Test func `a gap that Relay no longer holds is reported`() throws {
        let server = try RelayServer(["flows:0-100,status:UNAVAILABLE", "flows:300-400,hang"])
        let taker = Taker()
        try taker.run(try server.target()) { $0.lineCount >= 200 }
        #expect(!taker.gaps.isEmpty)
        #expect(taker.gaps.allSatisfy { $0.from < $0.to && !$0.node.isEmpty })
    }

    @Test(arguments: [
        ("UNAUTHENTICATED", RelayError.Code.refused, true), ("PERMISSION_DENIED", .refused, true),
        ("UNIMPLEMENTED", .unsupported, true), ("UNAVAILABLE", .unavailable, false), ("INTERNAL", .server, false),
    ])
    func `a status is an error with Relay's words`(status: String, code: RelayError.Code, isLasting: Bool) throws {
        let server = try RelayServer(["status:\(status)"])
        let taker = Taker()
        try taker.run(try server.target()) { !$0.errors.isEmpty }
        let error = try #require(taker.errors.first)
        #expect(error.code == code)
        #expect(error.message == "Relay answers \(status): no, 100% no")
        #expect(error.isLasting == isLasting)
        guard case .disconnected(_, let wait) = taker.events.last else { return #expect(Bool(false)) }
        #expect((wait >= .seconds(150)) == isLasting)
    }

    @Test func `messages that are too large or unreadable are passed over and counted`() throws {
        let server = try RelayServer(["huge:5000000,raw:ff,raw:0a05,raw:,flows:0-10,huge:5000000,flows:10-20,hang"])
        let taker = Taker()
        try taker.run(try server.target()) { $0.lineCount >= 20 }
        #expect(Decoded(taker.lines).records == 20)
        let counted = taker.events.reduce(into: [0, 0, 0]) { sums, event in
            switch event {
            case .oversized(let count): sums[0] += count
            case .unreadable(let count, _): sums[1] += count
            case .unknown(let count): sums[2] += count
            default: break
            }
        }
        #expect(counted == [2, 2, 1])
        #expect(taker.errors.isEmpty)
    }

    @Test func `lost events and the states of nodes are told`() throws {
        let server = try RelayServer(["node:NODE_CONNECTED,node:NODE_ERROR,lost:12,lost:12,flows:0-1,hang"])
        let taker = Taker()
        try taker.run(try server.target()) { $0.lineCount >= 4 }
        let decoded = Decoded(taker.lines)
        // The second one is the first one once more, byte for byte.
        #expect(decoded.lost == 12)
        #expect(taker.repeated == 1)
        let nodes = taker.events.compactMap { if case .nodes(let nodes) = $0 { nodes } else { nil } }
        #expect(nodes.map(\.isMissing) == [false, true])
        #expect(nodes.last?.names == ["n1", "n2"])
        #expect(nodes.last?.message == "out of reach")
    }

    @Test func `a silent stream is asked again`() throws {
        let server = try RelayServer(["flows:0-5,hang", "flows:0-10,hang"])
        var options = Taker.options
        options.silence = .seconds(1)
        let taker = Taker()
        try taker.run(try server.target(), options: options) { $0.lineCount >= 10 }
        #expect(taker.errors.map(\.code) == [.silent])
        #expect(Decoded(taker.lines).records == 10)
    }

    @Test func `the flag ends a silent stream soon`() throws {
        let server = try RelayServer(["node:NODE_CONNECTED,hang"])
        let taker = Taker()
        let begun = ContinuousClock.now
        try taker.run(try server.target()) { !$0.lines.isEmpty }
        #expect(begun.duration(to: .now) < .seconds(4))
        #expect(taker.errors.isEmpty)
    }

    @Test func `lines that cannot be taken end the run`() throws {
        struct Full: Error {}
        let server = try RelayServer(["flows,hang"])
        var randomness = SeededGenerator(seed: 1)
        let stream = RelayStream(target: try server.target(), options: Taker.options) { _ in }
        var calls = 0
        #expect(throws: Full.self) {
            try stream.run(resuming: nil, cancellation: CancellationFlag(), using: &randomness) { _, _ in
                calls += 1
                throw Full()
            }
        }
        #expect(calls == 1)
    }

    @Test func `what does not answer is tried again`() throws {
        let taker = Taker()
        try taker.run(try RelayTarget(address: "127.0.0.1:1")) { $0.errors.count >= 3 }
        #expect(taker.errors.allSatisfy { $0.code == .unavailable })
    }

    @Test func `a server of another protocol is an error`() throws {
        let server = try ScriptedServer("scripted-http.py")
        let taker = Taker()
        try taker.run(try RelayTarget(address: "127.0.0.1:\(server.port)")) { !$0.errors.isEmpty }
        #expect(taker.lines.isEmpty)
    }
}
