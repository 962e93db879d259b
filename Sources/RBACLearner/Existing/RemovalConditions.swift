package import Domain

/// Whether rights that nobody was seen to use may be proposed for removal.
///
/// Not having seen a use says something only where it would have been seen: over enough days with records since the grant
/// exists, with all subjects at work as they usually are, and under an audit policy that records them.
package struct RemovalConditions {
    private let observations: AccessObservations
    private let auditDays: SourceDays
    private let options: Options
    private let first: Timestamp?
    private let histories: [Subject: AccessHistory]
    /// Why those who were seen are not known well enough.
    private let unsettled: [Subject: String]
    private let members: GroupMembers
    private let workloads: AccountWorkloads
    private let gaps: [Subject: [AccessGap]]
    /// Nothing is known of the time since the audit log was last read.
    private let stale: [String]

    /// What has to be fulfilled.
    package struct Options: Sendable {
        /// Days with audit events, since the grant exists, in which nobody used it.
        package var unusedDays: Int
        package var maturity: MaturityThresholds
        /// Who is rarely seen by design, such as break-glass users and groups.
        package var excludedSubjects: Set<Subject>

        package init(
            unusedDays: Int = 90, maturity: MaturityThresholds = MaturityThresholds(),
            excludedSubjects: Set<Subject> = []
        ) {
            self.unusedDays = unusedDays
            self.maturity = maturity
            self.excludedSubjects = excludedSubjects
        }
    }

    package init(_ observations: AccessObservations, auditDays: SourceDays, options: Options) {
        self.observations = observations
        self.auditDays = auditDays
        self.options = options
        first = observations.edges.values.lazy.map(\.first).min()
        histories = Self.histories(observations)
        workloads = AccountWorkloads(observations.inventory)
        gaps = AccessGap.gaps(in: observations)
        stale = Self.lag(observations)
        let settled = SettledSubjects(
            observations, workloads: workloads, auditDays: auditDays, thresholds: options.maturity)
        unsettled = Dictionary(
            uniqueKeysWithValues: histories.compactMap { subject, history in
                settled.objection(to: subject, history).map { (subject, $0) }
            })
        members = GroupMembers(observations.knownGroups, gaps: gaps) { [unsettled] member, group in
            options.excludedSubjects.contains(member)
                ? "\(member), a member of Group \(group.text), is excluded by rbac.excludedSubjects" : unsettled[member]
        }
    }

    /// The days with audit events since a moment: what "never in so many days" counts.
    package func recordedDays(since created: Timestamp) -> Int {
        guard let first else { return 0 }
        let start = max(created, first)
        guard start <= observations.newest else { return 0 }
        return auditDays.sampledCount(DaySet(from: start.day, through: observations.newest.day))
    }

    /// The newest time since which a right has been there long enough; nil where the records do not go back so far.
    package var newestOld: Timestamp? {
        guard let first, first <= observations.newest else { return nil }
        var day = observations.newest.day
        while day >= first.day {
            let start = Timestamp(seconds: Int64(day) * 86400)
            if recordedDays(since: start) >= options.unusedDays { return start }
            day -= 1
        }
        return nil
    }

    /// True if that is at least as long ago as a right has to be unused.
    package func isLongAgo(_ time: Timestamp) -> Bool { recordedDays(since: time) > options.unusedDays }

    /// What is in the way of taking rights from the subjects, each in words; empty where nothing is.
    ///
    /// - Parameter created: when the role and its bindings were created, the newest of them; nil where it is not known.
    package func obstacles(of subjects: [Subject], created: Timestamp?) -> [String] {
        guard let created else {
            return ["it is not known since when it is there: its object was not observed in the cluster"]
        }
        let days = recordedDays(since: created)
        let tooFew =
            days < options.unusedDays
            ? ["audit events were recorded on \(days) days since it is there, rbac.unusedDays is \(options.unusedDays)"]
            : []
        return stale + tooFew + subjects.flatMap { obstacles(of: $0, created: created) }
    }

    private static func lag(_ observations: AccessObservations) -> [String] {
        let last = observations.edges.values.lazy.map(\.last).max() ?? observations.newest
        guard Int(observations.newest.day) - Int(last.day) > mostDaysBehind else { return [] }
        return ["audit events end on \(last.date), and other records on \(observations.newest.date)"]
    }

    /// How far audit events may lag behind other records.
    private static let mostDaysBehind = 7

    private func obstacles(of subject: Subject, created: Timestamp) -> [String] {
        let account = subject.kind == .user ? Subject(userName: subject.name) : subject
        if options.excludedSubjects.contains(subject) || options.excludedSubjects.contains(account) {
            return ["\(subject) is excluded by rbac.excludedSubjects"]
        }
        if account.isReserved { return ["\(subject) is one of Kubernetes' own, and may be anybody"] }
        guard account.kind != .group else { return members.obstacles(of: account) }
        return [unsettled[account]].compactMap { $0 } + workloads.doubts(about: account)
            + workloads.live(account).compactMap {
                unscheduled($0, since: created) ?? unstarted($0, account, since: created)
            }
    }

    private func gaps(of subject: Subject) -> [AccessGap] {
        switch subject.kind {
        case .group: members.gaps(of: subject)
        case .user: gaps[Subject(userName: subject.name)] ?? []
        case .serviceAccount: gaps[subject] ?? []
        }
    }

    /// What is in the way of narrowing rules for subjects whose requests lead to checks that are no audit events, each in
    /// words.
    ///
    /// Whoever writes a role has to hold all that it grants, or `escalate`; whoever writes a binding all of its role, or
    /// `bind` (Kubernetes documentation, "Using RBAC Authorization": privilege escalation prevention and bootstrapping). So
    /// any right may be one that they hand on, though they never use it.
    ///
    /// - Parameters:
    ///   - rules: what the subjects are granted.
    ///   - kept: what of it stays.
    package func uncheckedNeeds(of subjects: [Subject], rules: [PolicyRule], kept: [PolicyRule]) -> [String] {
        subjects.flatMap(gaps).filter { gap in
            guard !gap.isClosed(by: kept) else { return false }
            return gap.concernsAllRights || gap.isClosed(by: rules)
        }.map { "\($0.subject) may need \($0.verb) on \($0.resource), or the rights that it hands on" }
    }

    /// Why a workload of an account that was never seen says nothing yet; nil if it had its time.
    private func unstarted(_ workload: Workload, _ account: Subject, since created: Timestamp) -> String? {
        guard histories[account] == nil, let start = workload.created else { return nil }
        let days = recordedDays(since: max(start, created))
        return days < options.unusedDays
            ? "\(workload.id) came on \(start.date), and audit events were recorded on \(days) days since" : nil
    }

    /// Why a workload's rare runs may not have been seen yet; nil if two of them were due on days with records.
    private func unscheduled(_ workload: Workload, since created: Timestamp) -> String? {
        guard let text = workload.schedule else { return nil }
        guard !workload.isSuspended else { return "\(workload.id) is suspended: its runs come at no known times" }
        guard let schedule = CronSchedule(text), schedule.cadence != nil else {
            return "\(workload.id) has a schedule that tells no times"
        }
        guard let first else { return "\(workload.id) was not seen" }
        let start = max(created, first, workload.created ?? created)
        let days = start <= observations.newest ? DaySet(from: start.day, through: observations.newest.day) : DaySet()
        let runs = schedule.runs(seenOn: auditDays.sampled(days))
        return runs >= 2
            ? nil : "\(workload.id) runs by a schedule, of which \(runs) runs were due on days with records"
    }

    /// When each subject was seen, and when last with a permission that it had not used before.
    private static func histories(_ observations: AccessObservations) -> [Subject: AccessHistory] {
        var firsts: [Subject: [AccessAction: Timestamp]] = [:]
        var histories: [Subject: AccessHistory] = [:]
        for (edge, fact) in observations.edges
        where edge.cluster == observations.cluster && edge.decision != .denied {
            let permission = edge.action.renamed("")
            let known = firsts[edge.subject]?[permission] ?? fact.first
            firsts[edge.subject, default: [:]][permission] = min(known, fact.first)
            if histories[edge.subject]?.merge(fact) == nil { histories[edge.subject] = AccessHistory(fact) }
        }
        for (subject, times) in firsts {
            if let newest = times.values.max() { histories[subject]?.lastNovelty = newest }
        }
        return histories
    }
}
