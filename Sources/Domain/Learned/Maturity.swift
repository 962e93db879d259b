/// How far the observation of a workload or a subject has come.
package enum Maturity: String, Hashable, Comparable, Sendable, Codable, CaseIterable {
    /// Too few days seen to say anything.
    case learning
    /// Seen for some days, but something new appeared lately, or something observed could not be expressed.
    case stabilizing
    /// Seen for long enough, and nothing new for a while.
    case stable

    private var rank: Int {
        switch self {
        case .learning: 0
        case .stabilizing: 1
        case .stable: 2
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// The thresholds of maturity, in days of observation.
package struct MaturityThresholds: Hashable, Sendable {
    /// Distinct days seen below which a workload is still learning.
    package var stabilizingDays: Int
    /// Distinct days seen from which it can be stable.
    package var stableDays: Int
    /// Days without anything new that it takes to be stable.
    package var quietDays: Int

    package init(stabilizingDays: Int = 3, stableDays: Int = 7, quietDays: Int = 3) {
        self.stabilizingDays = stabilizingDays
        self.stableDays = stableDays
        self.quietDays = quietDays
    }

    /// Judges from the days on which something was seen, the moment when the newest edge was first seen, and the
    /// store's newest observation (which stands for now: the program's own clock plays no part).
    ///
    /// What runs on a schedule is seen on few days by its nature: it needs two of them, at least a week apart or as
    /// many as `stableDays`, so that a run that has been seen once only never counts as stable.
    package func judge(days: DaySet, lastNovelty: Timestamp, newest: Timestamp, isScheduled: Bool = false) -> Maturity {
        let quiet = newest.seconds(since: lastNovelty) >= Double(quietDays) * 86400
        if isScheduled {
            let seen = days.days
            guard let first = seen.first, let last = seen.last, seen.count >= 2 else { return .learning }
            return quiet && (seen.count >= stableDays || last - first >= 7) ? .stable : .stabilizing
        }
        if days.count < stabilizingDays { return .learning }
        return quiet && days.count >= stableDays ? .stable : .stabilizing
    }
}
