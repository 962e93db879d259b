/// How long to wait before the next connection: exponential with full jitter (AWS Architecture Blog, "Exponential
/// Backoff And Jitter"), so that many clients do not come back at once.
struct BackOff: Sendable {
    let options: RelayOptions
    private var attempt = 0

    init(options: RelayOptions) { self.options = options }

    /// The next wait. `hasWorked` says that the stream before delivered, and stood for some time.
    mutating func wait(
        after error: RelayError, hasWorked: Bool, using randomness: inout some RandomNumberGenerator
    ) -> Duration {
        if hasWorked || error.code == .silent { attempt = 0 }
        defer { attempt += 1 }
        if error.isLasting {
            return options.lastingBackOff * Double.random(in: 0.5...1, using: &randomness)
        }
        // 2^20 times the first wait is beyond any bound, and does not overflow.
        let most = min(options.longestBackOff, options.firstBackOff * Double(1 << min(attempt, 20)))
        return max(options.leastBackOff, most * Double.random(in: 0...1, using: &randomness))
    }
}
