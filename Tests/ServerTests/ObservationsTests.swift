import Domain
import Foundation
import HTTPTransport
import ScriptedServers
import Store
import Testing

@testable import Server

@Suite struct ObservationsTests {
    @Test func `what is acknowledged is durable, and counted by outcome`() async throws {
        let service = try await RunningService.start()
        let junk = "not JSON\n"
        let lost =
            "{\"lost_events\":{\"source\":\"PERF_EVENT_RING_BUFFER\",\"num_events_lost\":\"3\"},\"time\":\"2026-11-01T10:00:00Z\"}\n"
        let response = try await service.post("hubble", Flow.lines(0..<3) + junk + lost + Flow.line(3))
        #expect(response.status == 200)
        #expect(try response.answer.accepted == 4)
        #expect(try response.answer.rejected.total == 1)
        #expect(try response.answer.ignored.total == 1)
        #expect(try response.answer.first == [.init(record: 4, reason: "not JSON")])
        #expect(try service.stored().count == 4)
        try await service.stop()
    }

    @Test(arguments: ["lines", "array", "list", "pretty"])
    func `takes records in every form`(form: String) async throws {
        let service = try await RunningService.start()
        let lines = (0..<3).map { Flow.line($0) }
        let body =
            switch form {
            case "array": "[" + lines.joined(separator: ",") + "]"
            case "list": "{\"items\":[" + lines.joined(separator: ",\n") + "]}"
            case "pretty": "[\n  " + lines.joined(separator: ",\n  ") + "\n]\n"
            default: lines.joined(separator: "\r\n")
            }
        #expect(try await service.post("hubble", body).answer.accepted == 3)
        #expect(try service.storedCount() == 3)
        try await service.stop()
    }

    @Test(arguments: ["gzip", "zstd"])
    func `takes compressed bodies`(coding: String) async throws {
        let service = try await RunningService.start()
        let body = try Compressed.bytes(Flow.lines(0..<2000), coding, in: service.folder)
        let response = try await service.send(
            "POST", "/v1/observations/hubble", body: body, headers: ["Content-Encoding": coding])
        #expect(try response.answer.accepted == 2000)
        #expect(try service.stored().count == 2000)
        let half = try await service.send(
            "POST", "/v1/observations/hubble", body: Array(body.prefix(body.count / 2)),
            headers: ["Content-Encoding": coding])
        #expect(half.status == 400)
        #expect(half.reason == "damaged")
        try await service.stop()
    }

    @Test func `takes what the API server's webhook really sends`() async throws {
        let service = try await RunningService.start()
        var accepted = 0
        for name in ["0004", "0006"] {
            let file = ScriptedServer.root.appending(path: "Tests/Fixtures/audit/webhook/\(name).json")
            let response = try await service.send(
                "POST", "/v1/observations/audit?timeout=30s", body: Array(Data(contentsOf: file)),
                headers: ["Content-Type": "application/json"])
            #expect(response.status == 200)
            accepted += try response.answer.accepted
        }
        #expect(accepted > 0)
        #expect(
            try service.store.accesses(cluster: ClusterName("default")).reduce(0) { $0 + $1.fact.count } == accepted)
        try await service.stop()
    }

    @Test(arguments: [
        (["Content-Type": "text/html"], 415, "media type"),
        (["Content-Encoding": "br"], 415, "content coding"),
        (["Content-Encoding": "gzip, gzip"], 415, "content coding"),
        (["Idempotency-Key": "two words"], 400, "bad key"),
        (["Idempotency-Key": String(repeating: "k", count: 129)], 400, "bad key"),
    ])
    func `refuses what it does not take`(headers: [String: String], status: Int, reason: String) async throws {
        let service = try await RunningService.start()
        let response = try await service.post("hubble", Flow.line(0), headers: headers)
        #expect(response.status == status)
        #expect(response.reason == reason)
        #expect(try service.storedCount() == 0)
        try await service.stop()
    }

    @Test func `a body of which nothing can be read is refused`() async throws {
        let service = try await RunningService.start()
        let response = try await service.post("hubble", "<html>\n</html>\n")
        #expect(response.status == 400)
        #expect(response.reason == "nothing usable")
        try await service.stop()
    }

    @Test func `an empty body is no failure`() async throws {
        let service = try await RunningService.start()
        #expect(try await service.post("hubble", "").answer.accepted == 0)
        try await service.stop()
    }

    @Test func `a body larger than the bound is refused, announced or not`() async throws {
        let service = try await RunningService.start(["server.maximumBodyMebibytes": "1"])
        let line = Flow.line(0) + "\n"
        let large = String(repeating: line, count: (1 << 20) / line.utf8.count + 10)
        #expect(try await service.post("hubble", large).status == 413)
        #expect(
            try await service.post("hubble", large, headers: ["Transfer-Encoding": "chunked"]).status == 413)
        let bomb = try Compressed.bytes(String(repeating: "\n", count: 4 << 20), "gzip", in: service.folder)
        let response = try await service.send(
            "POST", "/v1/observations/hubble", body: bomb, headers: ["Content-Encoding": "gzip"])
        #expect(response.status == 413)
        #expect(response.reason == "too large")
        try await service.stop()
    }

    @Test func `many batches at once share commits`() async throws {
        let service = try await RunningService.start(["server.commitMilliseconds": "500"])
        let answers = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<40 {
                group.addTask { try await service.post("hubble", Flow.line(number)).answer.accepted }
            }
            return try await group.reduce(0, +)
        }
        #expect(answers == 40)
        #expect(try service.storedCount() == 40)
        let commits = try await service.metric("leastwise_commits_total{outcome=\"stored\"}")
        #expect((1...39).contains(commits), "\(commits) commits")
        try await service.stop()
    }
}

extension RunningService {
    /// A number of `/metrics`; -1 where it is not there.
    func metric(_ name: String) async throws -> Int {
        let lines = try await send("GET", "/metrics").text.split(separator: "\n")
        let line = lines.first { $0.hasPrefix(name + " ") }
        return line.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? -1
    }
}

/// Bytes as the distribution's programs compress them.
enum Compressed {
    static func bytes(_ text: String, _ coding: String, in folder: TemporaryFolder) throws -> [UInt8] {
        let file = try folder.write(text, to: "plain-\(UUID().uuidString)")
        let outcome = try ScriptedServer.run([coding, "-q", "-k", file.path])
        guard outcome.status == 0 else { throw Failed(output: outcome.output) }
        return try Array(Data(contentsOf: URL(filePath: file.path + (coding == "gzip" ? ".gz" : ".zst"))))
    }

    struct Failed: Error {
        let output: String
    }
}

@Suite struct BrowserTests {
    /// A page that somebody opens on the same machine must not teach Leastwise anything.
    @Test(arguments: [
        ["Origin": "https://evil.example"], ["Origin": "null"], ["Sec-Fetch-Site": "cross-site"],
        ["Host": "rebound.example"], ["Host": "rebound.example:8429"],
    ])
    func `without credentials pages in a browser are refused`(headers: [String: String]) async throws {
        let service = try await RunningService.start()
        for (method, path) in [("POST", "/v1/observations/hubble"), ("POST", "/v1/learn"), ("GET", "/v1/status")] {
            let response = try await service.send(
                method, path, body: method == "POST" ? Array(Flow.line(0).utf8) : nil, headers: headers)
            #expect(response.status == 403, "\(method) \(path)")
            #expect(response.reason == "browser")
        }
        #expect(try service.storedCount() == 0)
        for host in ["localhost", "127.0.0.1:\(service.port)", "[::1]:8429"] {
            #expect(try await service.post("hubble", Flow.line(0), headers: ["Host": host]).status == 200)
        }
        try await service.stop()
    }
}
