import Domain

/// Who is known well enough for silence to say something.
struct SettledSubjects {
    private let thresholds: MaturityThresholds
    private let workloads: AccountWorkloads
    private let auditDays: SourceDays
    private let newest: Timestamp

    init(
        _ observations: AccessObservations, workloads: AccountWorkloads, auditDays: SourceDays,
        thresholds: MaturityThresholds
    ) {
        self.thresholds = thresholds
        self.workloads = workloads
        self.auditDays = auditDays
        newest = observations.newest
    }

    /// Why a subject that was seen is not known well enough; nil if it is.
    func objection(to subject: Subject, _ history: AccessHistory) -> String? {
        let own = workloads.live(subject)
        let isScheduled = !own.isEmpty && own.allSatisfy { $0.schedule != nil }
        let maturity = thresholds.judge(
            MaturityEvidence(
                days: history.days, lastNovelty: history.lastNovelty, newest: newest,
                silentDays: auditDays.silentDays(after: history.lastNovelty, through: newest),
                schedule: isScheduled ? .unknown : .always)
        ).maturity
        return maturity == .stable ? nil : "\(subject) is \(maturity.rawValue)"
    }
}
