import Domain

/// When the learning job is due: pure decisions over the schedule, the last time that was served, and the clock.
struct LearningSchedule: Sendable {
    let schedule: CronSchedule

    /// A time at which a run is due.
    struct Slot: Hashable, Sendable {
        let time: Timestamp
        /// True where the time passed while nobody ran it.
        let isLate: Bool
    }

    /// The next run: the newest time missed since the last one served, once for however many were missed, or else the
    /// first to come.
    ///
    /// - Parameter served: nil where none was ever served; then nothing was missed.
    func slot(served: Timestamp?, started: Timestamp, now: Timestamp) -> Slot? {
        let earlier = served ?? started
        if let missed = schedule.last(through: now, after: earlier) { return Slot(time: missed, isLate: true) }
        return schedule.next(after: max(earlier, began(earlier, now))).map { Slot(time: $0, isLate: false) }
    }

    /// A calendar's next time lies behind now; an interval's is counted from the run before.
    private func began(_ earlier: Timestamp, _ now: Timestamp) -> Timestamp {
        schedule.isInterval ? earlier : now
    }
}
