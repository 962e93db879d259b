import AppConfiguration
import HTTPTransport
import Testing

@testable import Server

@Suite struct RateLimiterTests {
    private let start = ContinuousClock.now

    private func sender(_ requests: Double?, _ bytes: Double? = nil, name: String = "a") -> Sender {
        Sender(name: name, requestsPerSecond: requests, bytesPerSecond: bytes)
    }

    @Test func `a second's worth may come at once, and then what the rate gives back`() {
        let limiter = RateLimiter()
        let sender = sender(4)
        for _ in 0..<4 { #expect(limiter.admit(sender, now: start) == nil) }
        #expect(limiter.admit(sender, now: start) == 1)
        #expect(limiter.admit(sender, now: start + .milliseconds(249)) == 1)
        #expect(limiter.admit(sender, now: start + .milliseconds(250)) == nil)
        #expect(limiter.admit(sender, now: start + .milliseconds(250)) == 1)
        for _ in 0..<4 { #expect(limiter.admit(sender, now: start + .seconds(3600)) == nil) }
        #expect(limiter.admit(sender, now: start + .seconds(3600)) == 1)
    }

    @Test func `a rate below one a second lets one in, and says how long the next one waits`() {
        let limiter = RateLimiter()
        let sender = sender(0.1)
        #expect(limiter.admit(sender, now: start) == nil)
        #expect(limiter.admit(sender, now: start) == 10)
        #expect(limiter.admit(sender, now: start + .seconds(4)) == 6)
        #expect(limiter.admit(sender, now: start + .seconds(10)) == nil)
    }

    @Test func `bytes that were too many are waited for by the next request`() {
        let limiter = RateLimiter()
        let sender = sender(nil, 1000)
        #expect(limiter.admit(sender, now: start) == nil)
        limiter.spend(5000, sender, now: start)
        #expect(limiter.admit(sender, now: start) == 4)
        #expect(limiter.admit(sender, now: start + .milliseconds(3999)) == 1)
        #expect(limiter.admit(sender, now: start + .seconds(4)) == nil)
    }

    @Test func `senders have rates of their own, and one without a bound has none`() {
        let limiter = RateLimiter()
        #expect(limiter.admit(sender(1), now: start) == nil)
        #expect(limiter.admit(sender(1), now: start) == 1)
        #expect(limiter.admit(sender(1, name: "b"), now: start) == nil)
        for _ in 0..<1000 { #expect(limiter.admit(sender(nil, name: "c"), now: start) == nil) }
    }

    @Test func `a clock that was looked at in another order gives nothing twice`() {
        let limiter = RateLimiter()
        let sender = sender(1)
        #expect(limiter.admit(sender, now: start + .seconds(10)) == nil)
        #expect(limiter.admit(sender, now: start) == 1)
        #expect(limiter.admit(sender, now: start + .seconds(10)) == 1)
        #expect(limiter.admit(sender, now: start + .seconds(11)) == nil)
    }

    @Test(arguments: [1e-300, 1e-100, 1e-9])
    func `a rate too small for a time is no crash`(rate: Double) {
        let limiter = RateLimiter()
        #expect(limiter.admit(sender(rate, rate), now: start) == nil)
        limiter.spend(1 << 30, sender(rate, rate), now: start)
        #expect(limiter.admit(sender(rate, rate), now: start) == 3600)
    }

    @Test func `over HTTP it is 429 with the seconds to wait, and other senders go on`() async throws {
        let slow = TestSender("slow", "sources: [hubble]", "requestsPerSecond: 0.01")
        let service = try await RunningService.start(
            ["server.sendersFile": "{folder}/senders.yaml"], files: ["senders.yaml": TestSender.file([.all, slow])])
        #expect(try await service.post("hubble", Flow.line(0), token: slow.token).status == 200)
        let refused = try await service.post("hubble", Flow.line(1), token: slow.token)
        #expect(refused.status == 429)
        #expect(refused.reason == "rate")
        let seconds = try #require(refused.headers["Retry-After"].flatMap { Int($0) })
        #expect((90...100).contains(seconds))
        #expect(try await service.post("hubble", Flow.line(2), token: TestSender.all.token).status == 200)
        #expect(try service.storedCount() == 2)
        try await service.stop()
    }

    @Test(arguments: [[:], ["Idempotency-Key": "k"]])
    func `also bytes of a body that comes to nothing are paid for`(headers: [String: String]) async throws {
        let slow = TestSender("slow", "sources: [hubble]", "mebibytesPerSecond: 0.0001")
        let service = try await RunningService.start(
            ["server.sendersFile": "{folder}/senders.yaml"], files: ["senders.yaml": TestSender.file([slow])])
        let fields = headers.map { "\($0): \($1)\r\n" }.joined()
        let answer = try await RawConnection.answer(
            service.port,
            "POST /v1/observations/hubble HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(slow.token)\r\n\(fields)"
                + "Content-Length: 1048576\r\n\r\n" + String(repeating: "\n", count: 512 << 10))
        #expect(RawConnection.status(answer) == 400)
        try await Condition.wait {
            try await service.post("hubble", Flow.line(0), token: slow.token).status == 429
        }
        try await service.stop()
    }
}
