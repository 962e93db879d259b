import Configuration
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
    private let policy: AuditPolicy
    private let review: GrantReview
    private let editable: EditableGrants
    private let bindings: [BindingKey: RoleBinding]
    private let impersonators: [AuditedSubject]
    private let showsConstraints: Bool
    /// Roles that Leastwise wrote and people merged.
    private let merged: Set<RoleKey>
    /// Subjects whose every request roles of the repository allow: those that Leastwise wrote, or those of their own.
    private let served: ServedSubjects

    /// Nil where no removal is wanted, or where the audit policy is not known, so that nothing is known to be unused.
    ///
    /// Throws if the audit policy cannot be read.
    init?(_ learned: LearnedCluster, base: RepositoryObjects, settings: Settings) throws {
        guard settings.access.removals, settings.proposals.proposesAccess,
            let policy = try settings.access.readAuditPolicy()
        else { return nil }
        self.init(learned, base: base, options: RemovalOptions(settings), policy: policy)
    }

    init(_ learned: LearnedCluster, base: RepositoryObjects, options: RemovalOptions, policy: AuditPolicy) {
        let grants = learned.inventory.grants.overlaid(with: base.grants)
        self.learned = learned
        self.policy = policy
        conditions = RemovalConditions(learned.requests, auditDays: learned.auditDays, options: options.conditions)
        review = GrantReviewer.review(grants, by: learned.requests)
        editable = EditableGrants(base.tree)
        merged = Set(base.grants.roles.filter(\.isGenerated).map { RoleKey($0) })
        bindings = Dictionary(grants.bindings.map { (BindingKey($0), $0) }) { $1 }
        let impersonators = learned.requests.impersonators
        self.impersonators = impersonators
        let showsConstraints = learned.requests.showsConstraints
        self.showsConstraints = showsConstraints
        served = ServedSubjects(learned, base: base, editable: editable)
        narrower = { role in
            RuleNarrower(options: options.learning, showsConstraints: showsConstraints) { rule in
                role.subjects.flatMap { subject in
                    policy.unseen(
                        rule, by: learned.audited(subject.subject), impersonators: impersonators,
                        in: role.key.namespace)
                }
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
            !role.bindings.isEmpty
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
    fileprivate var warnings: [String] {
        kept.map { kept in
            let why =
                kept.isRecorded
                ? "no audit event shows whether it is used" : "the audit policy does not record whether it is used"
            return "kept of rule \(kept.index + 1): \(kept.rule.phrase): \(why)"
        }
    }
}

// MARK: - Bindings

extension RemovalList {
    private func removal(of reviewed: ReviewedBinding) -> Removal? {
        guard let manifest = editable.bindings[reviewed.key], !reviewed.binding.isGenerated,
            !reviewed.key.name.hasPrefix("system:"), let role = reviewed.role
        else { return nil }
        // A role that can be narrowed where it stands keeps the bindings that are used.
        let mayBeSuperseded = editable.roles[role] == nil
        let gone = reviewed.subjects.filter { subject in
            let isFree = subject.lastUse == nil || mayBeSuperseded && served.byGenerated(subject.subject)
            return isFree && conditions.obstacles(of: [subject.subject], created: reviewed.created).isEmpty
                && unrecorded(reviewed, of: subject.subject).isEmpty
                && conditions.uncheckedNeeds(
                    of: [subject.subject], rules: reviewed.rules.map(\.rule), kept: []
                ).isEmpty
        }
        guard let created = reviewed.created, !gone.isEmpty else { return nil }
        let days = conditions.recordedDays(since: created)
        return Removal(
            edit: .subjects(reviewed.key, gone.map(\.subject), isWhole: gone.count == reviewed.subjects.count),
            manifest: manifest, lines: gone.map { Self.line($0, role, days: days) }, subjects: gone,
            warnings: reviewed.rules.contains { $0.rule.verbs.contains("*") }
                ? ["its wildcards also stand for what no audit event shows: bind, escalate, kubelets, paths"] : [])
    }

    private static func line(_ subject: ReviewedSubject, _ role: RoleKey, days: Int) -> Removal.Line {
        let evidence = subject.lastUse.map { last in
            "last used \(last.date); every request of it is allowed by its generated roles"
        }
        return Removal.Line(
            what: "\(subject.subject): \(role)", left: [],
            evidence: evidence ?? (subject.lastSeen == nil ? "never seen" : "never used") + " in \(days) days")
    }

    /// The part of what the binding grants of which it cannot be said that it was not used.
    private func unrecorded(_ reviewed: ReviewedBinding, of subject: Subject) -> [PolicyRule] {
        reviewed.rules.map(\.rule).flatMap { rule in
            UnseenCheck.parts(of: rule, showsConstraints: showsConstraints)
                + policy.unseen(
                    rule, by: learned.audited(subject), impersonators: impersonators, in: reviewed.key.namespace)
        }
    }
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

extension AccessGrants {
    /// Both, the other's objects in place of those of the same name; when they were created stays known.
    func overlaid(with other: AccessGrants) -> AccessGrants {
        let roles = Dictionary(self.roles.map { (RoleKey($0), $0) }) { $1 }
        let bindings = Dictionary(self.bindings.map { (BindingKey($0), $0) }) { $1 }
        return AccessGrants(
            roles: self.roles
                + other.roles.map { role in
                    var role = role
                    role.created = roles[RoleKey(role)]?.created
                    return role
                },
            bindings: self.bindings
                + other.bindings.map { binding in
                    var binding = binding
                    binding.created = bindings[BindingKey(binding)]?.created
                    return binding
                })
    }
}

extension Labels {
    /// True for what the API server makes and keeps up by itself.
    var isKubernetesOwn: Bool { self["kubernetes.io/bootstrapping"] == "rbac-defaults" }
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

extension AuditPolicy {
    /// The part of a grant whose use would not be recorded; but for impersonation, which shows in the requests made by it.
    ///
    /// A right to ask for something while acting as another is used by requests of the holder's own.
    fileprivate func unseen(
        _ rule: PolicyRule, by subject: AuditedSubject, impersonators: [AuditedSubject], in scope: Namespace
    ) -> [PolicyRule] {
        let namespace = scope == .clusterScope ? nil : scope
        var plain = rule
        plain.verbs.removeAll { ImpersonationVerb($0) != nil }
        let own =
            plain.verbs.isEmpty ? [] : unrecorded(plain, by: subject, impersonators: impersonators, in: namespace)
        return own
            + ImpersonationMode.allCases.flatMap { mode -> [PolicyRule] in
                var acting = rule
                acting.verbs = rule.verbs.compactMap { verb in
                    guard case .action(let constrained?) = ImpersonationVerb(verb), constrained.mode == mode,
                        constrained.verb != "*"
                    else { return nil }
                    return constrained.verb
                }
                guard !acting.verbs.isEmpty else { return [] }
                return unrecorded(acting, by: subject, in: namespace).map { part in
                    var part = part
                    part.verbs = part.verbs.map(mode.actionVerb)
                    return part
                }
            }
    }
}

extension LearnedCluster {
    /// A subject as an audit policy sees it.
    fileprivate func audited(_ subject: Subject) -> AuditedSubject {
        AuditedSubject(subject, groups: (requests.memberships[subject] ?? []).sorted().map(\.text))
    }
}

extension AccessObservations {
    /// Who was seen to act in somebody else's name.
    fileprivate var impersonators: [AuditedSubject] {
        let subjects = Set(
            edges.keys.filter { $0.decision != .denied && ImpersonationVerb($0.action.verb) != nil }.map(\.subject))
        return subjects.sorted().map { AuditedSubject($0, groups: (memberships[$0] ?? []).sorted().map(\.text)) }
    }
}
