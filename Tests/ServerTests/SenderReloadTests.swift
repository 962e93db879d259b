import HTTPTransport
import Testing

@testable import Server

@Suite struct SenderReloadTests {
    private func status(_ service: RunningService, _ sender: TestSender) async throws -> Int {
        try await service.send("GET", "/v1/status", token: sender.token).status
    }

    @Test func `a sender that is taken out of the file is refused at once, also on its old connection`() async throws {
        let gone = TestSender("gone", "may: [status]")
        let service = try await RunningService.start(
            ["server.sendersFile": "{folder}/senders.yaml"], files: ["senders.yaml": TestSender.file([.all, gone])])
        let connection = try RawConnection(port: service.port)
        let request = "GET /v1/status HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(gone.token)\r\n\r\n"
        connection.send(request)
        #expect(RawConnection.status(await connection.receive(until: "}\n")) == 200)
        _ = try service.folder.write(TestSender.file([.all]), to: "senders.yaml")
        try await Condition.wait { try await status(service, gone) == 401 }
        connection.send(request)
        #expect(RawConnection.status(await connection.receive(until: "}")) == 401)
        #expect(try await status(service, .all) == 200)
        try await service.stop()
    }

    @Test(arguments: ["senders: [", "senders:\n  - name: x\n", "", "\u{0}", "senders:\n  - nme: x\n"])
    func `a broken file keeps the senders that were read before, and says so`(text: String) async throws {
        let service = try await RunningService.start(
            ["server.sendersFile": "{folder}/senders.yaml"], files: ["senders.yaml": TestSender.file([.all])])
        _ = try service.folder.write(text, to: "senders.yaml")
        try await Condition.wait { service.log.has("not reloaded: what was read before stays") }
        #expect(try await status(service, .all) == 200)
        #expect(try await service.send("GET", "/v1/status").status == 401)
        let new = TestSender("new", "may: [status]")
        _ = try service.folder.write(TestSender.file([new]), to: "senders.yaml")
        try await Condition.wait { try await status(service, new) == 200 }
        #expect(try await status(service, .all) == 401)
        try await service.stop()
    }

    @Test func `a file that is gone keeps the senders that were read before`() async throws {
        let service = try await RunningService.start(
            ["server.sendersFile": "{folder}/senders.yaml"], files: ["senders.yaml": TestSender.file([.all])])
        try service.folder.remove("senders.yaml")
        try await Condition.wait { service.log.has("not reloaded: what was read before stays") }
        #expect(try await status(service, .all) == 200)
        #expect(try await service.send("GET", "/v1/status").status == 401)
        try await service.stop()
    }
}

@Suite struct ReloadFailuresTests {
    @Test func `the same failure at every look is told now and then, and another one at once`() {
        var failures = ReloadFailures()
        let looks = ReloadFailures.silence
        let told = (0..<looks * 2).map { _ in failures.isWorthALine("senders", "broken") }
        #expect(told.indices.filter { told[$0] } == [0, looks])
        let others = [("senders", "broken otherwise"), ("certificates", "broken"), ("senders", "broken otherwise")]
        #expect(others.map { failures.isWorthALine($0.0, $0.1) } == [true, true, false])
        failures.end("senders")
        // It was mended in between.
        let again = failures.isWorthALine("senders", "broken otherwise")
        #expect(again)
    }
}
