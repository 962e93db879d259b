import Synchronization

/// Tells a running transfer to stop; set from any thread, read between two pieces of it.
package final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    /// A flag that is not set.
    package init() {}

    /// Whether the transfer has to stop.
    package var isSet: Bool { flag.load(ordering: .relaxed) }

    /// Stops the transfers that watch the flag, for good.
    package func set() {
        flag.store(true, ordering: .relaxed)
    }
}
