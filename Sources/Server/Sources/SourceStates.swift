import Synchronization

/// How the sources that the service reads by itself are doing, for status and metrics.
final class SourceStates: Sendable {
    struct State: Sendable, Equatable {
        var isUp: Bool
        /// What is wrong, or how far it is: for people who may read the status.
        var note: String
    }

    private let states = Mutex<[String: State]>([:])
    private let metrics: ServerMetrics

    init(metrics: ServerMetrics) { self.metrics = metrics }

    func set(_ name: String, isUp: Bool, _ note: String) {
        states.withLock { $0[name] = State(isUp: isUp, note: note) }
        metrics.sources.set(isUp ? 1 : 0, name)
    }

    /// By name.
    var all: [(name: String, state: State)] {
        states.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
