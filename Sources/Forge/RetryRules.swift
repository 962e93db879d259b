import HTTPTransport

/// Decides what to do with the outcome of one try; pure.
package struct RetryRules: Sendable, Equatable {
    /// What to do next.
    enum Verdict: Equatable {
        /// The outcome stands.
        case accept
        /// Try again after a while.
        case retry(after: Duration)
        /// The forge asks for more patience than there is.
        case giveUp(wait: Duration)
    }

    /// How often a request is sent at most.
    package var maxAttempts = 5
    /// The first pause; each further one is twice as long.
    package var firstPause: Duration = .milliseconds(500)
    /// The longest pause where the forge names none.
    package var longestPause: Duration = .seconds(2)
    /// The longest pause that a forge may ask for.
    package var longestRateLimitPause: Duration = .seconds(120)
    /// How often a rate limit is waited for.
    package var maxRateLimitPauses = 2

    /// Makes the rules that field experience suggests.
    package init() {}

    /// Judges an outcome; `attempt` counts from 0, `pauses` counts the rate limits so far, `now` is since 1970.
    func verdict(
        _ outcome: Result<HTTPResponse, HTTPError>,
        of call: ForgeCall,
        attempt: Int,
        pauses: Int,
        now: Duration
    ) -> Verdict {
        switch outcome {
        case .failure(let error):
            return attempt + 1 < maxAttempts && mayRepeat(call, after: error) ? .retry(after: pause(attempt)) : .accept
        case .success(let response):
            if let limit = RateLimit(response, now: now) {
                let wait = limit.wait(pauses: pauses)
                let isBearable = pauses < maxRateLimitPauses && wait <= longestRateLimitPause
                return isBearable ? .retry(after: wait) : .giveUp(wait: wait)
            }
            guard attempt + 1 < maxAttempts else { return .accept }
            if call.isLag(response) { return .retry(after: pause(attempt)) }
            return response.status >= 500 && call.effect != .once ? .retry(after: pause(attempt)) : .accept
        }
    }

    /// The pause after a try, twice as long each time.
    func pause(_ attempt: Int) -> Duration {
        min(longestPause, firstPause * (1 << min(attempt, 16)))
    }

    private func mayRepeat(_ call: ForgeCall, after error: HTTPError) -> Bool {
        switch error.code {
        case .unreachable: true
        case .timeout, .protocolError: call.effect != .once
        default: false
        }
    }
}

/// A forge's wish for patience.
struct RateLimit: Equatable {
    /// How long, where it says so.
    private let asked: Duration?

    /// Reads an answer; nil where it is none about rate limits.
    ///
    /// GitHub sends 403 or 429, for content creation also 422 with the code `abuse`; others send 429, or 503 with
    /// Retry-After (RFC 9110, 10.2.3).
    init?(_ response: HTTPResponse, now: Duration) {
        let retryAfter = response.headers["Retry-After"].flatMap(Int.init).map { Duration.seconds(max(0, $0)) }
        let isSpent = response.headers["x-ratelimit-remaining"] == "0"
        switch response.status {
        case 429: break
        case 403: guard retryAfter != nil || isSpent || Self.speaksOfLimits(response) else { return nil }
        case 422: guard Self.hasAbuseCode(response) else { return nil }
        case 503: guard retryAfter != nil else { return nil }
        default: return nil
        }
        let reset = response.headers["x-ratelimit-reset"].flatMap(Int64.init).map { Duration.seconds($0) }
        let untilReset = isSpent ? reset.map { max(.seconds(1), $0 - now + .seconds(1)) } : nil
        asked = retryAfter ?? untilReset
    }

    /// How long to wait: what was asked for, or a minute that doubles (GitHub's advice for secondary limits).
    func wait(pauses: Int) -> Duration {
        asked ?? .seconds(60) * (1 << min(pauses, 8))
    }

    private static func speaksOfLimits(_ response: HTTPResponse) -> Bool {
        let text = String(response.text.prefix(2000)).lowercased()
        return ["rate limit", "abuse detection"].contains(where: text.contains)
    }

    private static func hasAbuseCode(_ response: HTTPResponse) -> Bool {
        ForgeProblem(response).details.contains { $0.code == "abuse" } || speaksOfLimits(response)
    }
}
