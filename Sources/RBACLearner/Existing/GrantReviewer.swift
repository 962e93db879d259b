package import Domain

/// Finds what existing roles and bindings are used for.
///
/// The authorizer names only the first binding that allows a request, and another may allow it as well. So use is not read
/// off the reasons: every authorised request is held against every rule of every binding that reaches its subject. Cost is
/// linear in requests, times the bindings that reach each.
package struct GrantReviewer {
    private let observations: AccessObservations
    private let strong: StrongAccounts
    private var roles: RoleTables
    private var bound: [Bound] = []
    private var reach = GrantReach()
    private let memberships: [Subject: Set<ExactText>]
    private var groups: [Subject: Set<ExactText>] = [:]
    private var lastSeen: [Subject: Timestamp] = [:]
    private var groupLastSeen: [ExactText: Timestamp] = [:]
    private var reasons: [ExactText: GrantReason?] = [:]
    private var named: [BindingKey: Int64] = [:]
    /// The subjects of each binding.
    private let subjects: [BindingKey: Set<Subject>]
    /// By role that holds a rule, the newest request that it allowed through a binding that is not there.
    private var usedElsewhere: [RoleKey: Timestamp] = [:]
    /// Bindings that were the reason for a request that they do not allow by now.
    private var outdated: Set<BindingKey> = []

    private struct Bound {
        let binding: RoleBinding
        let role: RoleKey
        let table: RuleTable
        let isDefault: Bool
        /// By entry of the table.
        var uses: [UseLedger]
    }

    private init(_ observations: AccessObservations, _ grants: AccessGrants) {
        self.observations = observations
        memberships = observations.knownGroups
        strong = StrongAccounts(grants)
        roles = RoleTables(grants.roles)
        // Of several bindings with one name the last counts, as when they are applied in turn.
        let bindings = Dictionary(grants.bindings.map { (BindingKey($0), $0) }) { $1 }
        subjects = bindings.mapValues { Set($0.resolvedSubjects) }
        for (_, binding) in bindings.sorted(by: { $0.key < $1.key }) { add(binding) }
    }

    /// Reviews the grants, by everything that was observed.
    package static func review(_ grants: AccessGrants, by observations: AccessObservations) -> GrantReview {
        var reviewer = GrantReviewer(observations, grants)
        reviewer.replay()
        let bindings = Dictionary(grants.bindings.map { (BindingKey($0), $0) }) { $1 }.values
        return GrantReview(
            bindings: reviewer.reviewedBindings(bindings.filter { !DefaultGrants.isDefault($0.labels) }),
            roles: reviewer.reviewedRoles(),
            accounts: AccountReviewer(observations).accounts(bindings: Array(bindings)),
            outdated: grants.bindings.isEmpty ? [] : reviewer.outdated.sorted())
    }

    private mutating func add(_ binding: RoleBinding) {
        guard let key = RoleKey(boundBy: binding), let table = roles.rules(of: key) else { return }
        let number = bound.count
        bound.append(
            Bound(
                binding: binding, role: key, table: table, isDefault: DefaultGrants.isDefault(binding.labels),
                uses: Array(repeating: UseLedger(), count: table.entries.count)))
        reach.add(binding, number)
    }
}

// MARK: - Replay

extension GrantReviewer {
    private mutating func replay() {
        for (edge, fact) in observations.edges
        where edge.cluster == observations.cluster && edge.decision != .denied {
            see(edge.subject, at: fact.last)
            let tally = UseTally(fact: fact, isLowConfidence: edge.decision == .allowedByStatus)
            let used = use(edge.action, by: edge.subject, tally)
            if let reason = parsed(edge.reason) {
                attribute(fact.count, to: reason.binding, used)
                lookElsewhere(edge.action, reason, at: fact.last)
            }
            for implied in edge.action.checkedAlong { _ = use(implied, by: edge.subject, tally, inference: .upgrade) }
        }
    }

    /// What the authorizer said; nil where it named no binding.
    private mutating func parsed(_ text: String) -> GrantReason? {
        guard !text.isEmpty else { return nil }
        if let known = reasons[ExactText(text)] { return known }
        let reason = GrantReason(text)
        reasons[ExactText(text)] = .some(reason)
        return reason
    }

    /// Operators bind roles at run time: who is bound where nobody has looked uses the role as well.
    private mutating func lookElsewhere(_ action: AccessAction, _ reason: GrantReason, at time: Timestamp) {
        guard subjects[reason.binding]?.contains(reason.subject) != true, let table = roles.rules(of: reason.role)
        else { return }
        for number in table.covering(action) {
            let origin = table.entries[number].origin
            usedElsewhere[origin] = max(usedElsewhere[origin] ?? time, time)
        }
    }

    /// - Parameter used: the numbers of the bindings that allow the request by what they are now.
    private mutating func attribute(_ count: Int64, to key: BindingKey, _ used: Set<Int>) {
        named[key] = (named[key] ?? 0).addingSaturated(count)
        // What Kubernetes binds itself is no subject of the review, and often not observed.
        let isOwn = key.name.utf8.starts(with: "system:".utf8)
        if !isOwn, !used.contains(where: { BindingKey(bound[$0].binding) == key }) { outdated.insert(key) }
    }

    private mutating func see(_ subject: Subject, at time: Timestamp) {
        lastSeen[subject] = max(lastSeen[subject] ?? time, time)
        for group in known(groupsOf: subject) { groupLastSeen[group] = max(groupLastSeen[group] ?? time, time) }
    }

    private func groups(of subject: Subject) -> Set<ExactText> {
        groups[subject] ?? (memberships[subject] ?? []).union(subject.impliedGroups.map { ExactText($0) })
    }

    private mutating func known(groupsOf subject: Subject) -> Set<ExactText> {
        let groups = groups(of: subject)
        self.groups[subject] = groups
        return groups
    }

    /// Counts the use of every rule that allows the request, and returns the numbers of their bindings.
    private mutating func use(
        _ action: AccessAction, by subject: Subject, _ tally: UseTally,
        inference: UseKey.Inference? = nil
    ) -> Set<Int> {
        let scope = action.isResourceRequest ? action.namespace : .clusterScope
        var used: Set<Int> = []
        for number in reach.bindings(of: subject, groups: known(groupsOf: subject), in: scope) {
            for entry in bound[number].table.covering(action) {
                bound[number].uses[entry].add(action, by: subject, tally, inference: inference)
                used.insert(number)
            }
        }
        return used
    }
}

// MARK: - Results

extension GrantReviewer {
    private func reviewedBindings(_ bindings: some Sequence<RoleBinding>) -> [ReviewedBinding] {
        let numbers = Dictionary(bound.indices.map { (BindingKey(bound[$0].binding), $0) }) { first, _ in first }
        return bindings.sorted { BindingKey($0) < BindingKey($1) }.map { binding in
            let bound = numbers[BindingKey(binding)].map { self.bound[$0] }
            let risks = binding.resolvedSubjects.first.map { RiskAssessment(subject: $0, strong: strong) }
            let scope =
                binding.isClusterRoleBinding ? LearnedRole.Scope.cluster : .namespaces([binding.namespace])
            let rules = bound.map { bound in
                zip(bound.table.entries, bound.uses).map { entry, uses in
                    ReviewedRule(
                        origin: entry.origin, index: entry.index, rule: entry.rule, uses: uses,
                        risks: risks?.risks(of: entry.rule, in: scope) ?? [])
                }
            }
            let lastUses = lastUses(rules ?? [])
            return ReviewedBinding(
                binding: binding, role: bound?.role, rules: rules ?? [],
                subjects: binding.resolvedSubjects.map { reviewed($0, lastUses) },
                named: named[BindingKey(binding)] ?? 0, created: created(of: binding, bound?.role))
        }
    }

    private func created(of binding: RoleBinding, _ role: RoleKey?) -> Timestamp? {
        guard let created = binding.created else { return nil }
        guard let role = role.flatMap(roles.role), !DefaultGrants.isDefault(role.labels) else { return created }
        return role.created.map { max($0, created) }
    }

    private func reviewed(_ subject: Subject, _ lastUses: [Subject: Timestamp]) -> ReviewedSubject {
        let account = subject.kind == .group ? subject : Subject(userName: subject.userName)
        return ReviewedSubject(
            subject: subject,
            lastSeen: subject.kind == .group ? groupLastSeen[ExactText(subject.name)] : lastSeen[account],
            lastUse: lastUses[account])
    }

    /// The newest use of the rules by each requester, and by any member of each group.
    private func lastUses(_ rules: [ReviewedRule]) -> [Subject: Timestamp] {
        var requesters: [Subject: Timestamp] = [:]
        for uses in rules.flatMap(\.uses.cells.values) {
            for (key, tally) in uses {
                requesters[key.requester] = max(requesters[key.requester] ?? tally.fact.last, tally.fact.last)
            }
        }
        return requesters.reduce(into: requesters) { all, entry in
            for name in groups(of: entry.key) {
                let group = Subject(kind: .group, name: name.text)
                all[group] = max(all[group] ?? entry.value, entry.value)
            }
        }
    }

    /// Each role's own rules, with the uses of all bindings that grant them.
    private func reviewedRoles() -> [ReviewedRole] {
        var uses: [RoleKey: [Int: UseLedger]] = [:]
        var grantors: [RoleKey: Set<Int>] = [:]
        for (number, bound) in bound.enumerated() {
            for (entry, ledger) in zip(bound.table.entries, bound.uses) {
                grantors[entry.origin, default: []].insert(number)
                uses[entry.origin, default: [:]][entry.index, default: UseLedger()].formUnion(ledger)
            }
        }
        return roles.all.filter { !DefaultGrants.isDefault($0.labels) && $0.aggregation.isEmpty }.map { role in
            let key = RoleKey(role)
            let rules = role.rules.enumerated().map { index, rule in
                ReviewedRule(
                    origin: key, index: index, rule: rule, uses: uses[key]?[index] ?? UseLedger(), risks: [])
            }
            return reviewed(role, rules, (grantors[key] ?? []).map { bound[$0].binding })
        }
    }

    private func reviewed(_ role: Role, _ rules: [ReviewedRule], _ bindings: [RoleBinding]) -> ReviewedRole {
        let times = [role.created] + bindings.map(\.created)
        let lastUses = lastUses(rules)
        return ReviewedRole(
            role: role, rules: rules, bindings: bindings.map { BindingKey($0) }.sorted(),
            subjects: Set(bindings.flatMap(\.resolvedSubjects)).sorted().map { reviewed($0, lastUses) },
            created: times.contains(nil) ? nil : times.compactMap { $0 }.max(),
            usedElsewhere: usedElsewhere[RoleKey(role)], isPartOfUnknown: roles.isPartOfUnknown(role))
    }
}

extension RoleBinding {
    /// The subjects in the binding's order, a ServiceAccount always with its namespace.
    package var resolvedSubjects: [Subject] { subjects.map { $0.resolved(in: namespace) } }
}

extension Subject {
    /// A ServiceAccount without namespace is one of the binding's.
    func resolved(in namespace: Namespace) -> Subject {
        guard kind == .serviceAccount, self.namespace == .clusterScope else { return self }
        return Subject(kind: kind, namespace: namespace, name: name)
    }

    /// The groups that authentication adds; nobody with system:unauthenticated has system:authenticated.
    var impliedGroups: [String] {
        switch kind {
        case .serviceAccount:
            ["system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated"]
        case .user: [name == "system:anonymous" ? "system:unauthenticated" : "system:authenticated"]
        case .group: []
        }
    }
}

extension AccessAction {
    /// What the API server checks along with a request, in checks that are no events: get and create for WebSockets of exec,
    /// attach and port-forward (Kubernetes 1.35, feature gate AuthorizePodWebsocketUpgradeCreatePermission).
    var checkedAlong: [AccessAction] {
        guard apiGroup.isEmpty, PermissionTable.upgraded.contains(resourceWithSubresource),
            let other = ["get": "create", "create": "get"][verb]
        else { return [] }
        return [with(verb: other)]
    }
}
