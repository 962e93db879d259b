import AppConfiguration
import Domain
import PolicyEvaluator
import RBACLearner

/// Finds what can be taken away from the roles and bindings of a repository.
///
/// Roles are narrowed to what all their subjects were seen to use. Bindings lose subjects that used nothing of them, and
/// those whose every request generated roles of the repository allow already: that is how a binding to one of Kubernetes'
/// own roles, which nobody edits, gives way to a role of the subject's own. Each only where the conditions are met.
struct RemovalList {
    private let learned: LearnedCluster
    private let conditions: RemovalConditions
    private let narrower: (ReviewedRole) -> RoleNarrowing
    private let unrecorded: UnrecordedUses
    private let review: GrantReview
    private let editable: EditableGrants
    private let applied: AppliedGrants
    private let showsConstraints: Bool
    /// Roles that Leastwise wrote and people merged.
    private let merged: Set<RoleKey>
    /// Subjects whose every request roles of the repository allow: those that Leastwise wrote, or those of their own.
    private let served: ServedSubjects

    /// Nil where no removal is wanted, or where the audit policy is not known, so that nothing is known to be unused.
    ///
    /// Throws if the audit policy cannot be read.
    ///
    /// - Parameter earlier: what the repository had at a time; nil where that is not known.
    init?(
        _ learned: LearnedCluster, base: RepositoryObjects, settings: Settings,
        earlier: (Timestamp) throws -> AccessGrants? = { _ in nil }
    ) throws {
        guard settings.access.removals, settings.proposals.proposesAccess,
            let policy = try settings.access.readAuditPolicy()
        else { return nil }
        let options = RemovalOptions(settings)
        let conditions = RemovalConditions(
            learned.requests, auditDays: learned.auditDays, options: options.conditions)
        let applied = AppliedGrants(
            live: learned.inventory.grants, declared: base.grants, earlier: try conditions.newestOld.flatMap(earlier))
        self.init(learned, base, options, policy, conditions, applied)
    }

    private init(
        _ learned: LearnedCluster, _ base: RepositoryObjects, _ options: RemovalOptions, _ policy: AuditPolicy,
        _ conditions: RemovalConditions, _ applied: AppliedGrants
    ) {
        let grants = learned.inventory.grants.overlaid(with: base.grants)
        self.learned = learned
        self.applied = applied
        self.conditions = conditions
        let unrecorded = UnrecordedUses(policy, learned.requests)
        self.unrecorded = unrecorded
        review = GrantReviewer.review(grants, by: learned.requests)
        editable = EditableGrants(base.tree)
        merged = Set(base.grants.roles.filter(\.isGenerated).map { RoleKey($0) })
        let showsConstraints = learned.requests.showsConstraints
        self.showsConstraints = showsConstraints
        served = ServedSubjects(learned, base: base, editable: editable)
        narrower = { role in
            RuleNarrower(options: options.learning, showsConstraints: showsConstraints) { rule in
                unrecorded.parts(of: rule, by: role.subjects.map(\.subject), in: role.key.namespace)
            }.narrowed(role)
        }
    }

    /// Sorted by kind and name.
    func removals() -> [Removal] { review.roles.compactMap(removal) + review.bindings.compactMap(removal) }

    /// True if the item's subject needs no role beside those that people wrote for it alone, which can be narrowed.
    ///
    /// Not where a role that Leastwise wrote is merged already: that goes on being kept up.
    func hasOwnRoles(_ item: ProposedItem) -> Bool {
        item.kind == .rbac && served.byOwn(item.title)
            && !item.grants.roles.contains { role in merged.contains(RoleKey(role)) }
    }
}

// MARK: - Roles

extension RemovalList {
    private func removal(of role: ReviewedRole) -> Removal? {
        guard let manifest = editable.roles[role.key], !role.role.isGenerated, !role.key.name.hasPrefix("system:"),
            !role.bindings.isEmpty, applied.holds(role), !isUsedElsewhere(role)
        else { return nil }
        let subjects = role.subjects.map(\.subject)
        guard conditions.obstacles(of: subjects, created: role.created).isEmpty, let created = role.created else {
            return nil
        }
        let narrowing = narrower(role)
        guard !narrowing.changesNothing,
            conditions.uncheckedNeeds(of: subjects, rules: role.role.rules, kept: narrowing.rules).isEmpty
        else { return nil }
        let days = conditions.recordedDays(since: created)
        return Removal(
            edit: .rules(role.key, narrowing.edits), manifest: manifest,
            lines: zip(role.rules, narrowing.edits).compactMap { Self.line($0, $1, days: days) },
            subjects: role.subjects, warnings: narrowing.warnings)
    }

    /// True if somebody may use it of whom the roles and bindings that were observed tell nothing.
    private func isUsedElsewhere(_ role: ReviewedRole) -> Bool {
        role.isPartOfUnknown || role.usedElsewhere.map { !conditions.isLongAgo($0) } ?? false
    }

    private static func line(_ rule: ReviewedRule, _ edit: RuleEdit, days: Int) -> Removal.Line? {
        let what = "rule \(rule.index + 1): \(rule.rule.phrase)"
        switch edit {
        case .keep: return nil
        case .remove: return Removal.Line(what: what, left: [], evidence: "never used in \(days) days")
        case .replace(let rules):
            let last = rule.lastUse.map { "; what stays was last used \($0.date)" } ?? ""
            return Removal.Line(
                what: what, left: rules.map(\.phrase), evidence: "the rest was never used in \(days) days" + last)
        }
    }
}

extension RoleNarrowing {
    fileprivate var warnings: [Removal.Warning] {
        kept.map { kept in
            let why =
                kept.isRecorded
                ? "no audit event shows whether it is used" : "the audit policy does not record whether it is used"
            return Removal.Warning(what: "kept of rule \(kept.index + 1)", rule: kept.rule.phrase, why: why)
        }
    }
}

// MARK: - Bindings

extension RemovalList {
    private func removal(of reviewed: ReviewedBinding) -> Removal? {
        guard let manifest = editable.bindings[reviewed.key], !reviewed.binding.isGenerated,
            !reviewed.key.name.hasPrefix("system:"), let role = reviewed.role, let created = reviewed.created,
            applied.holds(role), isRecorded(reviewed, of: [])
        else { return nil }
        let settled = applied.settledSubjects(of: reviewed.key)
        // A role that can be narrowed where it stands keeps the bindings that are used.
        let mayBeSuperseded = editable.roles[role] == nil
        let rules = reviewed.rules.map(\.rule)
        let gone = reviewed.subjects.filter { subject in
            let isFree = subject.lastUse == nil || mayBeSuperseded && served.byGenerated(subject.subject)
            return isFree && settled.contains(subject.subject)
                && conditions.obstacles(of: [subject.subject], created: created).isEmpty
                && isRecorded(reviewed, of: [subject.subject])
                && conditions.uncheckedNeeds(of: [subject.subject], rules: rules, kept: []).isEmpty
        }
        guard !gone.isEmpty else { return nil }
        let days = conditions.recordedDays(since: created)
        let isWhole = Set(gone.map(\.subject)) == applied.subjects(of: reviewed.key)
        return Removal(
            edit: .subjects(reviewed.key, gone.map(\.subject), isWhole: isWhole), manifest: manifest,
            lines: gone.map { Self.line($0, role, days: days) }, subjects: gone,
            warnings: rules.contains { $0.verbs.contains("*") } ? [.wildcards] : [])
    }

    private static func line(_ subject: ReviewedSubject, _ role: RoleKey, days: Int) -> Removal.Line {
        let evidence = subject.lastUse.map { last in
            "last used \(last.date); every request of it is allowed by its generated roles"
        }
        return Removal.Line(
            what: "\(subject.subject): \(role)", left: [],
            evidence: evidence ?? (subject.lastSeen == nil ? "never seen" : "never used") + " in \(days) days")
    }

    /// True if each use of what the binding grants, by the subjects or in their name, would have been seen.
    private func isRecorded(_ reviewed: ReviewedBinding, of subjects: [Subject]) -> Bool {
        reviewed.rules.map(\.rule).allSatisfy { rule in
            UnseenCheck.parts(of: rule, showsConstraints: showsConstraints).isEmpty
                && unrecorded.parts(of: rule, by: subjects, in: reviewed.key.namespace).isEmpty
        }
    }
}

extension Removal.Warning {
    fileprivate static let wildcards = Removal.Warning(
        what: "its wildcards also stand for what no audit event shows", why: "bind, escalate, kubelets, paths")
}

/// What removals are judged by.
struct RemovalOptions {
    let conditions: RemovalConditions.Options
    let learning: AccessLearningOptions

    init(_ settings: Settings) {
        conditions = RemovalConditions.Options(
            unusedDays: settings.access.unusedDays, maturity: settings.learning.maturity,
            excludedSubjects: settings.access.excludedSubjects)
        learning = LearningOptions(settings).access
    }
}

extension Role {
    /// True if Leastwise wrote it.
    var isGenerated: Bool { GeneratedName.labels.allSatisfy { labels[$0.key] == $0.value } }
}

extension RoleBinding {
    /// True if Leastwise wrote it.
    var isGenerated: Bool { GeneratedName.labels.allSatisfy { labels[$0.key] == $0.value } }
}

extension Settings.Access {
    /// The configured audit policy; nil where none is.
    func readAuditPolicy() throws -> AuditPolicy? {
        guard let path = auditPolicy else { return nil }
        guard let text = FileText.read(path) else {
            throw EngineError(
                code: .unreadableFile, message: "the audit policy \(path) cannot be read, or is no UTF-8",
                hint: "set rbac.auditPolicy to the file that the API server gets as --audit-policy-file")
        }
        return try AuditPolicyFile.parse(text, name: path)
    }
}
