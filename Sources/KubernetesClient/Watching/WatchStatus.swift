package import Domain
import Synchronization

/// How far the watch of a cluster is, kind by kind.
package struct WatchStatus: Sendable, Equatable {
    /// One kind.
    package struct Kind: Sendable, Equatable {
        /// What is going on.
        package enum Phase: String, Sendable {
            /// It is not known yet whether the server has the kind.
            case unknown
            /// The server does not have it.
            case absent
            /// It is being listed, or about to be.
            case listing
            /// All is known, and changes come as they happen.
            case watching
            /// The server refuses; `problem` says which right is missing.
            case forbidden
            /// Waits after a failure.
            case waiting
        }

        /// What is going on.
        package var phase = Phase.unknown
        /// Whether it was listed to its end since the start.
        package var isListed = false
        /// Objects that the last complete listing held.
        package var listed = 0
        /// Events since the start.
        package var events = 0
        /// Complete listings since the start.
        package var listings = 0
        /// Objects that could not be used, since the start.
        package var refused = 0
        /// What went wrong last, with the next step; nil while all is well.
        package var problem: String?
        /// Up to which moment the store has what the server had; nil before the first listing.
        package var knownUntil: Timestamp?

        /// Makes the status of a kind that nothing is known of.
        package init() {}
    }

    /// By group and kind.
    package var kinds: [String: Kind] = [:]
    /// Why it is not known which kinds there are; nil while it is.
    package var discoveryProblem: String?
    /// Why changes could not be stored the last time; nil while they can.
    package var deliveryProblem: String?
    /// Whether it was found out once which kinds there are.
    package var isDiscovered = false

    /// Makes an empty status.
    package init() {}

    /// True once all that the server has, and lets this side see, was listed.
    package var isComplete: Bool {
        isDiscovered
            && kinds.values.allSatisfy { $0.isListed || $0.phase == .absent || $0.phase == .forbidden }
    }

    /// The rules that are missing for a full view, sorted.
    package var missingRules: [String] {
        kinds.values.filter { $0.phase == .forbidden }.compactMap(\.problem).sorted()
    }
}

/// The status where other threads can read it.
package final class WatchStatusBoard: Sendable {
    private let status = Mutex(WatchStatus())

    /// Makes an empty board.
    package init() {}

    /// The newest status.
    package var current: WatchStatus { status.withLock { $0 } }

    func update(_ change: (inout WatchStatus) -> Void) { status.withLock { change(&$0) } }
}
