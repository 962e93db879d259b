import Testing

/// Waits for what comes about in its own time.
enum Condition {
    struct NotMet: Error {}

    /// Looks every few milliseconds until the condition holds; throws after a time that no machine needs.
    static func wait(for limit: Duration = .seconds(300), _ isMet: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + limit
        while try await !isMet() {
            guard ContinuousClock.now < deadline else { throw NotMet() }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
