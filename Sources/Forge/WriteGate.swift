/// Lets one write at a time through to a forge, with a distance between two of them.
actor WriteGate {
    private let distance: Duration
    private let clock: ForgeClock
    private var isOccupied = false
    private var lastWrite: Duration?
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(distance: Duration, clock: ForgeClock) {
        self.distance = distance
        self.clock = clock
    }

    /// Runs a write when it is its turn.
    nonisolated func pass<Value: Sendable>(_ write: @Sendable () async throws -> Value) async throws -> Value {
        let pause = await enter()
        do {
            if pause > .zero { try await clock.sleep(pause) }
            let value = try await write()
            await leave()
            return value
        } catch {
            await leave()
            throw error
        }
    }

    /// Takes the turn, then says how long to wait in it.
    private func enter() async -> Duration {
        if isOccupied {
            // The one who leaves hands the turn over: it stays occupied.
            await withCheckedContinuation { waiting.append($0) }
        }
        isOccupied = true
        guard let lastWrite else { return .zero }
        return max(.zero, min(distance, lastWrite + distance - clock.now()))
    }

    private func leave() {
        lastWrite = clock.now()
        guard waiting.isEmpty else { return waiting.removeFirst().resume() }
        isOccupied = false
    }
}
