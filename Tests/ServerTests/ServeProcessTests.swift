import AppConfiguration
import Foundation
import HTTPTransport
import ScriptedServers
import Testing

@testable import Server

@Suite(.enabled(if: ServeProcess.isThere, "the program leastwise is not built beside the tests"))
struct ServeProcessTests {
    private func request(_ method: String, _ path: String, _ port: Int, token: String? = nil) -> HTTPRequest {
        HTTPRequest(
            method: method, url: "http://127.0.0.1:\(port)\(path)",
            body: method == "POST" ? .bytes(Array(Flow.line(0).utf8)) : .none,
            credentials: token.map { .bearer(Secret($0)) })
    }

    private func status(_ method: String, _ path: String, _ port: Int, token: String? = nil) async throws -> Int {
        try await HTTPClient().response(for: request(method, path, port, token: token)).status
    }

    @Test func `SIGTERM ends it well, after what was begun is answered`() async throws {
        let process = try ServeProcess()
        let port = try await process.port()
        let connection = try RawConnection(port: port)
        let body = Flow.lines(0..<10)
        let half = body.prefix(body.count / 2)
        connection.send(
            "POST /v1/observations/hubble HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                + half)
        // The service has the request once it counts the connection.
        try await Condition.wait {
            try await HTTPClient().response(for: request("GET", "/metrics", port)).text
                .contains("\nleastwise_connections 2\n")
        }
        process.send(SIGTERM)
        try await Condition.wait {
            (try? await status("GET", "/livez", port)) == nil
        }
        connection.send(String(body.dropFirst(half.count)))
        let answer = await connection.receive(until: "}}")
        #expect(answer.contains(" 200 ") && answer.contains("\"accepted\":10"), "\(answer)")
        #expect(try await process.status() == 0, "\(process.logged)")
    }

    @Test func `SIGHUP reads senders and settings again, and keeps what it has where they are wrong`() async throws {
        let (first, second) = ("lw_first", "lw_second")
        func senders(_ token: String) -> String {
            "senders:\n  - name: a\n    tokenSHA256: \(Hexadecimal.text(TokenHash.of(token)))\n    sources: [hubble]\n"
        }
        let process = try ServeProcess(
            "server:\n  sendersFile: {folder}/senders.yaml\n", files: ["senders.yaml": senders(first)])
        let port = try await process.port()
        #expect(try await status("POST", "/v1/observations/hubble", port, token: first) == 200)
        #expect(try await status("POST", "/v1/observations/hubble", port, token: second) == 401)

        _ = try process.folder.write(senders(second), to: "senders.yaml")
        process.send(SIGHUP)
        try await Condition.wait { try await status("POST", "/v1/observations/hubble", port, token: second) == 200 }
        #expect(try await status("POST", "/v1/observations/hubble", port, token: first) == 401)

        _ = try process.folder.write("senders: nobody\n", to: "senders.yaml")
        _ = try process.folder.write("clutser: x\n", to: "leastwise.yaml")
        process.send(SIGHUP)
        try await Condition.wait { process.logged.contains("there is no key 'clutser'") }
        #expect(try await status("POST", "/v1/observations/hubble", port, token: second) == 200)
        #expect(!process.logged.contains(second) && !process.logged.contains(first))
        process.send(SIGTERM)
        #expect(try await process.status() == 0)
    }

    @Test func `a file that is of no use keeps it from starting, with the next step`() async throws {
        let process = try ServeProcess("server:\n  sendersFile: {folder}/nowhere.yaml\n")
        #expect(try await process.status() == 64)
        #expect(
            process.logged.contains("nowhere.yaml") && process.logged.contains("check the path"), "\(process.logged)")
    }

    @Test func `token prints a token, and an entry that takes it`() throws {
        let program = try #require(ServeProcess.url)
        let outcome = try ScriptedServer.run([program.path, "token", "vector", "--source", "hubble"])
        #expect(outcome.status == 0)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        let token = try #require(lines.first { $0.hasPrefix("lw_") })
        let entry = lines.filter { $0 != token }.joined(separator: "\n")
        let senders = try SendersFile.parse(entry, file: "-", sources: ["hubble", "audit"])
        #expect(senders.map(\.name) == ["vector"])
        #expect(senders.first?.tokenHashes == [TokenHash.of(token)])
        #expect(try ScriptedServer.run([program.path, "token", "two words"]).status == 64)
    }
}
