import Testing

@testable import Server

@Suite struct RefusalLogTests {
    @Test func `so many a second are logged, and the next line says how many were not`() {
        let log = RefusalLog()
        let start = ContinuousClock.now
        let first = (0..<1000).map { log.turn(start + .microseconds($0)) }
        #expect(first.prefix(RefusalLog.mostPerSecond).allSatisfy { $0 == 0 })
        #expect(first.dropFirst(RefusalLog.mostPerSecond).allSatisfy { $0 == nil })
        #expect(log.turn(start + .milliseconds(999)) == nil)
        #expect(log.turn(start + .seconds(2)) == 1001 - RefusalLog.mostPerSecond)
        #expect(log.turn(start + .seconds(2)) == 0)
    }

    @Test(arguments: [
        ("/v1/status?access_token=secret", "/v1/status"),
        ("/a b\r\nc\u{0}\u{1b}[2J", "/a?b??c???[2J".replacing("???[", with: "??[")),
        ("/ü", "/??"),
        ("", ""),
    ])
    func `a path is shown without its query and without what is not visible`(path: String, shown: String) {
        #expect(RefusalLog.shown(path) == shown)
    }

    @Test func `a long path is cut`() {
        #expect(RefusalLog.shown("/" + String(repeating: "a", count: 5000)).utf8.count == 200)
    }

    @Test func `a flood of refused requests fills no log`() async throws {
        let service = try await RunningService.start(["log.level": "info"])
        let start = ContinuousClock.now
        let answers = try await RawConnection.answer(
            service.port, String(repeating: "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 1000))
        #expect(RawConnection.statuses(answers) == Array(repeating: 404, count: 1000))
        let seconds = Int(start.duration(to: .now) / .seconds(1)) + 1
        let lines = service.log.events.count { $0["message"] == "request refused" }
        #expect((1...(seconds + 1) * RefusalLog.mostPerSecond).contains(lines))
        #expect(try await service.metric("leastwise_refused_total{reason=\"no such path\"}") == 1000)
        try await service.stop()
    }
}
