import Domain

/// Derives least-privilege roles from authorised requests. Pure: same values in, same values out.
package struct AccessLearner: Sendable {
    package let options: AccessLearningOptions

    package init(options: AccessLearningOptions = AccessLearningOptions()) {
        self.options = options
    }

    /// Learns the roles of one cluster's subjects.
    ///
    /// Cost is linear in the number of edges, but for sorting.
    package func learn(_ observations: AccessObservations) -> LearnedAccess {
        let defaults = DefaultGrants(observations.inventory.grants)
        var intake = AccessIntake(
            cluster: observations.cluster,
            screen: RequestScreen(
                defaults: defaults, options: options, memberships: observations.memberships),
            excluded: options.excludedSubjects)
        for (edge, fact) in observations.edges { intake.add(edge, fact) }
        var groups = observations.memberships
        groups.merge(intake.groupsFromReasons) { $0.union($1) }
        let grantees = GranteeTables(intake.ledgers, groups: groups, options)
        let names = SubjectName.names(for: grantees.subjects)
        let strong = StrongAccounts(observations.inventory.grants)
        let learned = grantees.subjects.compactMap { subject in
            names[subject].flatMap {
                Self.learned($0, grantees, groups: groups, RiskAssessment(subject: subject, strong: strong))
            }
        }
        return LearnedAccess(
            subjects: learned, denied: intake.deniedReport, notLearned: intake.unlearnedReport)
    }

    private static func learned(
        _ names: SubjectName, _ grantees: GranteeTables, groups: [Subject: Set<ExactText>], _ risks: RiskAssessment
    ) -> LearnedSubject? {
        let subject = names.subject
        guard let table = grantees.tables[subject], let history = table.history else { return nil }
        let observed =
            grantees.observed[subject]?.observed {
                // What is granted was not let through by that group, so that the replay must not lean on it.
                (groups[$0] ?? []).sorted().map(\.text).filter { $0 != RequestScreen.masters }
            } ?? []
        return LearnedSubject(
            names: names, roles: RoleBuilder(table).roles().map(risks.assessed), history: history, observed: observed,
            gaps: AccessGap.gaps(of: subject, permissions: table.cells.keys))
    }
}

/// The permissions of each grantee, with what its members' groups already have taken out.
private struct GranteeTables {
    private(set) var tables: [Subject: PermissionTable] = [:]
    /// The uses behind each grantee's permissions, as they were observed.
    private(set) var observed: [Subject: UseLedger] = [:]

    /// Sorted.
    var subjects: [Subject] { tables.keys.sorted() }

    init(_ ledgers: [Subject: UseLedger], groups: [Subject: Set<ExactText>], _ options: AccessLearningOptions) {
        for (subject, ledger) in ledgers where subject.kind == .group {
            tables[subject] = PermissionTable(ledger, options, home: nil)
            observed[subject] = ledger
        }
        var handed: [(group: Subject, uses: UseLedger)] = []
        for (subject, ledger) in ledgers where subject.kind != .group {
            var rest = ledger
            if subject.kind == .user { handed += handOver(&rest, to: groups[subject] ?? []) }
            guard !rest.isEmpty else { continue }
            tables[subject] = PermissionTable(
                rest, options, home: subject.kind == .serviceAccount ? subject.namespace : nil)
            observed[subject] = rest
        }
        for (group, uses) in handed {
            tables[group]?.absorb(uses)
            observed[group]?.formUnion(uses)
        }
    }

    /// What the permissions of the user's groups cover: it goes to the first group by name where several do.
    private func handOver(
        _ ledger: inout UseLedger, to groups: Set<ExactText>
    ) -> [(group: Subject, uses: UseLedger)] {
        groups.sorted().compactMap { name in
            let group = Subject(kind: .group, name: name.text)
            guard let table = tables[group] else { return nil }
            let covered = ledger.extract { permission, key in
                table.covers(permission, name: key.name)
            }
            return covered.isEmpty ? nil : (group, covered)
        }
    }
}
