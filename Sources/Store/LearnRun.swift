package import Domain

/// One run of the learning job, finished or not.
package struct LearnRun: Hashable, Sendable {
    /// Ascending in the order of beginning, never used twice.
    package let id: Int64
    package let trigger: Trigger
    /// By the server's clock.
    package let started: Timestamp
    /// Nil while it runs.
    package let finished: Timestamp?
    package let outcome: Outcome
    /// What it came to, JSON; `{}` while it runs.
    @Exact package private(set) var summary: String

    /// Why it was begun.
    package enum Trigger: String, Sendable, CaseIterable {
        /// A moment of the schedule came, or had passed while no replica ran.
        case schedule
        /// Somebody asked for it.
        case request
        /// The service started.
        case start
    }

    /// How far it came.
    package enum Outcome: String, Sendable, CaseIterable {
        case running
        case succeeded
        case failed
        /// Its process was killed or lost its lease.
        case interrupted
    }

    package init(
        id: Int64, trigger: Trigger, started: Timestamp, finished: Timestamp?, outcome: Outcome, summary: String
    ) {
        self.id = id
        self.trigger = trigger
        self.started = started
        self.finished = finished
        self.outcome = outcome
        self.summary = summary
    }
}
