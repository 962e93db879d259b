import HTTPTransport
import Testing

@testable import Forge

@Suite struct RetryRulesTests {
    private let rules = RetryRules()

    private func call(_ effect: ForgeCall.Effect) -> ForgeCall {
        ForgeCall(method: "X", path: "/x", query: "", body: nil, effect: effect)
    }

    private func verdict(
        _ outcome: Result<HTTPResponse, HTTPError>,
        _ effect: ForgeCall.Effect,
        attempt: Int = 0
    ) -> RetryRules.Verdict {
        rules.verdict(outcome, of: call(effect), attempt: attempt, pauses: 0, now: .seconds(100))
    }

    private func failure(_ code: HTTPError.Code) -> Result<HTTPResponse, HTTPError> {
        .failure(HTTPError(code: code, message: "", hint: ""))
    }

    private func answer(_ status: Int, _ headers: HTTPHeaders = HTTPHeaders()) -> Result<HTTPResponse, HTTPError> {
        .success(HTTPResponse(status: status, headers: headers, body: [], finalURL: ""))
    }

    @Test(arguments: [200, 201, 204, 400, 401, 403, 404, 409, 422])
    func `accepts what is final`(status: Int) {
        #expect(verdict(answer(status), .read) == .accept)
    }

    @Test(arguments: [HTTPError.Code.timeout, .protocolError])
    func `repeats a lost answer only where that is harmless`(code: HTTPError.Code) {
        #expect(verdict(failure(code), .read) == .retry(after: .milliseconds(500)))
        #expect(verdict(failure(code), .idempotent) == .retry(after: .milliseconds(500)))
        #expect(verdict(failure(code), .once) == .accept)
    }

    @Test func `repeats anything that never arrived`() {
        #expect(verdict(failure(.unreachable), .once) == .retry(after: .milliseconds(500)))
    }

    @Test(arguments: [HTTPError.Code.certificate, .invalidRequest, .redirect, .tooLarge, .cancelled])
    func `does not repeat what will not change`(code: HTTPError.Code) {
        #expect(verdict(failure(code), .read) == .accept)
    }

    @Test func `pauses twice as long each time, up to a bound`() {
        let pauses = (0..<4).map { verdict(answer(500), .read, attempt: $0) }
        #expect(pauses == [500, 1000, 2000, 2000].map { .retry(after: .milliseconds($0)) })
        #expect(verdict(answer(500), .read, attempt: 4) == .accept)
    }

    @Test(arguments: ["-1", "abc", "", "99999999999999999999", "Wed, 21 Oct 2026 07:28:00 GMT"])
    func `survives a strange Retry-After`(value: String) {
        let verdict = verdict(answer(429, ["Retry-After": value]), .read)
        #expect(verdict == .retry(after: .seconds(value == "-1" ? 0 : 60)))
    }

    @Test(arguments: ["-9223372036854775808", "9223372036854775807", "x"])
    func `survives a strange reset`(value: String) {
        let headers: HTTPHeaders = ["x-ratelimit-remaining": "0", "x-ratelimit-reset": value]
        #expect(verdict(answer(403, headers), .read) != .accept)
    }
}
