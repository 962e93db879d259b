/// What the maturity of a workload or subject is judged from.
package struct MaturityEvidence: Hashable, Sendable {
    /// The days on which it was seen.
    package var days: DaySet
    /// The hours of the day in which it was seen; empty where they are not known, and then not asked for.
    package var hours: HourSet
    /// When the newest of its behaviours was first seen.
    package var lastNovelty: Timestamp
    /// The newest observation of the cluster, which stands for now.
    package var newest: Timestamp
    /// Days between these two on which the source recorded nothing (`SourceDays.silentDays`): they count as neither quiet
    /// nor new.
    package var silentDays: Int
    /// Nil where nothing can be estimated; then it is not asked for.
    package var coverage: SampleCoverage?
    package var schedule: Schedule

    /// When it runs.
    package enum Schedule: Hashable, Sendable {
        /// Not by a schedule.
        case always
        /// By a schedule that is not known, such as a service account's whose users are CronJobs.
        case unknown
        /// A CronJob's `spec.schedule`, as written.
        case cron(String)
        /// A CronJob that is suspended: its runs come by hand, at no known times.
        case suspended
    }

    package init(
        days: DaySet, hours: HourSet = HourSet(), lastNovelty: Timestamp, newest: Timestamp, silentDays: Int = 0,
        coverage: SampleCoverage? = nil, schedule: Schedule = .always
    ) {
        self.days = days
        self.hours = hours
        self.lastNovelty = lastNovelty
        self.newest = newest
        self.silentDays = silentDays
        self.coverage = coverage
        self.schedule = schedule
    }
}

extension MaturityEvidence.Schedule {
    /// The schedule of a declared workload; `always` for one that no object declares.
    package init(_ workload: Workload?) {
        guard let workload, let schedule = workload.schedule else {
            self = .always
            return
        }
        self = workload.isSuspended ? .suspended : .cron(schedule)
    }
}

/// A maturity, and why it is no higher.
package struct MaturityJudgement: Hashable, Sendable {
    package var maturity: Maturity
    /// What is missing to be stable, in words, each without an end stop; empty for `stable`.
    package var reasons: [String]
    /// The estimate that it was judged by; nil where nothing could be estimated.
    package let coverage: SampleCoverage?

    package init(maturity: Maturity, reasons: [String], coverage: SampleCoverage?) {
        self.maturity = maturity
        self.reasons = reasons
        self.coverage = coverage
    }

    /// The judgement where something else needs a person's look: stable no longer, for that reason.
    package func heldBack(for reason: String) -> MaturityJudgement {
        MaturityJudgement(maturity: min(maturity, .stabilizing), reasons: reasons + [reason], coverage: coverage)
    }
}
