import FoundationEssentials

extension ForgeClock {
    /// The machine's clock.
    package static let system = ForgeClock(
        now: { .seconds(Date().timeIntervalSince1970) },
        sleep: { try await Task.sleep(for: $0) }
    )
}
