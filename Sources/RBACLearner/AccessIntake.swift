import Domain

/// Sorts edges into what is granted, to whom, what was refused, and what makes no rule.
struct AccessIntake {
    private(set) var ledgers: [Subject: UseLedger] = [:]
    /// Groups through which a user was seen to have rights, beside those that its requests carried.
    private(set) var groupsFromReasons: [Subject: Set<ExactText>] = [:]
    private var denied: [DeniedKey: DeniedAccess] = [:]
    private var unlearned: [UnlearnedKey: UnlearnedTally] = [:]
    private var reasons: [ExactText: GrantReason?] = [:]

    private struct DeniedKey: Hashable {
        let subject: Subject
        let action: AccessAction
    }

    private struct UnlearnedKey: Hashable {
        let subject: Subject
        let reason: UnlearnedReason
    }

    private struct UnlearnedTally {
        var actions: Set<AccessAction> = []
        var count: Int64 = 0
        var first: Timestamp
        var last: Timestamp
    }

    private let cluster: ClusterName
    private let screen: RequestScreen
    private let excluded: Set<Subject>

    init(cluster: ClusterName, screen: RequestScreen, excluded: Set<Subject>) {
        self.cluster = cluster
        self.screen = screen
        self.excluded = excluded
    }

    mutating func add(_ edge: AccessEdge, _ fact: AccessFact) {
        guard edge.cluster == cluster else { return leaveOut(edge, fact, .otherCluster) }
        guard edge.decision != .denied else { return refuse(edge, fact) }
        let reason = parsed(edge.reason)
        if let objection = screen.objection(to: edge, reason: reason) { return leaveOut(edge, fact, objection) }
        let grantee = Self.grantee(edge, reason)
        guard !excluded.contains(grantee) else { return leaveOut(edge, fact, .excluded) }
        if grantee.kind == .group { groupsFromReasons[edge.subject, default: []].insert(ExactText(grantee.name)) }
        let tally = UseTally(fact: fact, isLowConfidence: edge.decision == .allowedByStatus)
        ledgers[grantee, default: UseLedger()].add(edge.action, by: edge.subject, tally)
    }

    /// The one to be granted: the group by which a user was allowed, otherwise the requester itself.
    ///
    /// Impersonation is never learned for a group: the reason speaks of the impersonated request.
    private static func grantee(_ edge: AccessEdge, _ reason: GrantReason?) -> Subject {
        guard let subject = reason?.subject, edge.subject.kind == .user, subject.kind == .group, !subject.name.isEmpty,
            !subject.isReserved, ImpersonationVerb(edge.action.verb) == nil
        else { return edge.subject }
        return subject
    }

    private mutating func parsed(_ text: String) -> GrantReason? {
        guard !text.isEmpty else { return nil }
        let key = ExactText(text)
        if let known = reasons[key] { return known }
        let reason = GrantReason(text)
        reasons[key] = .some(reason)
        return reason
    }

    private mutating func refuse(_ edge: AccessEdge, _ fact: AccessFact) {
        let key = DeniedKey(subject: edge.subject, action: edge.action)
        let known = denied[key]
        denied[key] = DeniedAccess(
            subject: edge.subject, action: edge.action, count: (known?.count ?? 0).addingSaturated(fact.count),
            first: min(known?.first ?? fact.first, fact.first), last: max(known?.last ?? fact.last, fact.last))
    }

    private mutating func leaveOut(_ edge: AccessEdge, _ fact: AccessFact, _ reason: UnlearnedReason) {
        let key = UnlearnedKey(subject: edge.subject, reason: reason)
        var tally = unlearned[key] ?? UnlearnedTally(first: fact.first, last: fact.last)
        tally.actions.insert(edge.action)
        tally.count = tally.count.addingSaturated(fact.count)
        tally.first = min(tally.first, fact.first)
        tally.last = max(tally.last, fact.last)
        unlearned[key] = tally
    }
}

extension AccessIntake {
    /// The refused requests, sorted.
    var deniedReport: [DeniedAccess] {
        denied.values.sorted { $0.subject == $1.subject ? $0.action < $1.action : $0.subject < $1.subject }
    }

    /// What made no rule, sorted.
    var unlearnedReport: [UnlearnedAccess] {
        let rows = unlearned.compactMap { key, tally in
            tally.actions.min().map { example in
                UnlearnedAccess(
                    subject: key.subject, reason: key.reason, actions: tally.actions.count, count: tally.count,
                    first: tally.first, last: tally.last, example: example)
            }
        }
        return rows.sorted { ($0.subject, $0.reason.rawValue) < ($1.subject, $1.reason.rawValue) }
    }
}

extension Int64 {
    /// The sum, or the nearest number that there is.
    func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
