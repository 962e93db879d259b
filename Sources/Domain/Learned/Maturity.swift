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

/// The thresholds of maturity: days and hours of observation, and the estimated coverage.
package struct MaturityThresholds: Hashable, Sendable {
    /// Distinct days seen below which a workload is still learning.
    package var stabilizingDays: Int
    /// Distinct days seen from which it can be stable.
    package var stableDays: Int
    /// Days without anything new that it takes to be stable.
    package var quietDays: Int
    /// Distinct hours of the day in which it has to be seen to be stable; 0 means that they are not asked for.
    ///
    /// Off by default: much that is complete is seen at few hours (offices, nightly imports), and days spread over all
    /// hours only where something goes on all the time.
    package var stableHours: Int
    /// The estimated coverage, in percent, that it takes to be stable; 0 means that it is not asked for.
    ///
    /// 70 by default, for the lower bound of what is missing grows fast in small numbers: of fewer than seven behaviours,
    /// three that were seen once are too many, two never are. A higher threshold would keep back workloads for two rare
    /// connections.
    package var minimumCoverage: Int

    package init(
        stabilizingDays: Int = 3, stableDays: Int = 7, quietDays: Int = 3, stableHours: Int = 0,
        minimumCoverage: Int = 70
    ) {
        self.stabilizingDays = stabilizingDays
        self.stableDays = stableDays
        self.quietDays = quietDays
        self.stableHours = stableHours
        self.minimumCoverage = minimumCoverage
    }

    /// Judges from days alone: those on which something was seen, the moment when the newest edge was first seen, and the
    /// store's newest observation (which stands for now: the program's own clock plays no part).
    ///
    /// What runs on a schedule that is not known is seen on few days by its nature: it needs two of them, at least a week
    /// apart or as many as `stableDays`, so that a run that has been seen once only never counts as stable.
    package func judge(days: DaySet, lastNovelty: Timestamp, newest: Timestamp, isScheduled: Bool = false) -> Maturity {
        judge(
            MaturityEvidence(
                days: days, lastNovelty: lastNovelty, newest: newest, schedule: isScheduled ? .unknown : .always)
        ).maturity
    }
}
