/// How well a workload is known: what was observed of it, what of this nobody could be named for, and how mature that makes it.
package struct WorkloadStanding: Hashable, Sendable {
    /// Distinct connections that its policy has to allow, in both directions.
    package var observed: Int
    /// Distinct connections that were held back.
    package var held: Int
    /// Of these, connections with an address that nobody, or more than one, could be named for.
    package var unresolved: Int
    package var days: DaySet
    package var hours: HourSet
    package var judgement: MaturityJudgement

    package init(
        observed: Int = 0, held: Int = 0, unresolved: Int = 0, days: DaySet = DaySet(), hours: HourSet = HourSet(),
        judgement: MaturityJudgement
    ) {
        self.observed = observed
        self.held = held
        self.unresolved = unresolved
        self.days = days
        self.hours = hours
        self.judgement = judgement
    }

    /// The part of its connections that could not be resolved, 0 to 1; 0 without any.
    package var unresolvedShare: Double {
        observed + held == 0 ? 0 : Double(unresolved) / Double(observed + held)
    }
}
