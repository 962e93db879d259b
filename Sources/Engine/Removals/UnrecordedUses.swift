import Domain
import RBACLearner

/// What of grants an audit policy does not record for certain, so that silence says nothing.
struct UnrecordedUses {
    private let policy: AuditPolicy
    private let memberships: [Subject: Set<ExactText>]
    /// Who was seen to act in somebody else's name: the policy judges the one who asks.
    private let impersonators: [AuditedSubject]

    init(_ policy: AuditPolicy, _ requests: AccessObservations) {
        self.policy = policy
        memberships = requests.memberships
        let subjects = Set(
            requests.edges.keys.filter { $0.decision != .denied && ImpersonationVerb($0.action.verb) != nil }
                .map(\.subject))
        impersonators = subjects.sorted().map { [memberships] in Self.audited($0, memberships) }
    }

    /// The part of a rule whose use by one of the subjects, or by somebody else in their name, would not be recorded.
    ///
    /// Impersonation shows in the requests that are made by it: it is recorded where all that its holder asks for is. A
    /// right to ask for one thing while acting as another is recorded where that thing is.
    func parts(of rule: PolicyRule, by subjects: [Subject], in scope: Namespace) -> [PolicyRule] {
        let own = subjects.map { Self.audited($0, memberships) }
        let actors = own + impersonators
        let namespace = scope == .clusterScope ? nil : scope
        let requests = rule.with(verbs: rule.verbs.filter { ImpersonationVerb($0) == nil })
        let silent =
            requests.verbs.isEmpty ? [] : actors.flatMap { policy.unrecorded(requests, by: $0, in: namespace) }
        let acting = rule.with(verbs: rule.verbs.filter { ImpersonationVerb($0) != nil && Self.asked(by: $0) == nil })
        return silent + (acting.verbs.isEmpty || actors.allSatisfy(isRecorded) ? [] : [acting])
            + ImpersonationMode.allCases.flatMap { actions(of: rule, as: $0, by: own, in: namespace) }
    }

    /// What of the rights to ask for something in one mode of impersonation would not be recorded.
    private func actions(
        of rule: PolicyRule, as mode: ImpersonationMode, by subjects: [AuditedSubject], in namespace: Namespace?
    ) -> [PolicyRule] {
        let asked = rule.with(
            verbs: rule.verbs.compactMap(Self.asked).filter { $0.mode == mode }.map(\.verb))
        guard !asked.verbs.isEmpty else { return [] }
        return subjects.flatMap { policy.unrecorded(asked, by: $0, in: namespace) }.map { part in
            part.with(verbs: part.verbs.map(mode.actionVerb))
        }
    }

    /// The mode and the one verb of a right to ask for something while acting as another; nil for any other verb.
    private static func asked(by verb: String) -> (mode: ImpersonationMode, verb: String)? {
        guard case .action(let constrained?) = ImpersonationVerb(verb), constrained.verb != "*" else { return nil }
        return (constrained.mode, constrained.verb)
    }

    /// True if no request of the subject goes unrecorded.
    private func isRecorded(_ subject: AuditedSubject) -> Bool {
        Self.anything.allSatisfy { policy.unrecorded($0, by: subject).isEmpty }
    }

    private static let anything = [
        PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"]), PolicyRule(verbs: ["*"], nonResourceURLs: ["*"]),
    ]

    /// A subject as an audit policy sees it.
    private static func audited(_ subject: Subject, _ memberships: [Subject: Set<ExactText>]) -> AuditedSubject {
        AuditedSubject(subject, groups: (memberships[subject] ?? []).sorted().map(\.text))
    }
}

extension PolicyRule {
    fileprivate func with(verbs: [String]) -> PolicyRule {
        var rule = self
        rule.verbs = verbs
        return rule
    }
}
