package import Domain

/// What becomes of a rule of an existing role.
package enum RuleEdit: Hashable, Sendable {
    case keep
    case remove
    /// At least one rule, which together allow less.
    case replace([PolicyRule])
}

/// A smaller rule set for an existing role: what all its subjects were seen to use through any of its bindings, what could
/// not have been seen, and nothing else.
package struct RoleNarrowing: Sendable {
    package let role: ReviewedRole
    /// One for each rule of the role.
    package let edits: [RuleEdit]
    /// What is kept although no use of it was seen, each with the rule's position and the reason.
    package let kept: [Kept]

    /// A part of a rule that stays unseen.
    package struct Kept: Hashable, Sendable {
        package let rule: PolicyRule
        package let index: Int
        package let isRecorded: Bool
    }

    package var changesNothing: Bool { edits.allSatisfy { $0 == .keep } }

    /// The role's rules after the edits.
    package var rules: [PolicyRule] {
        zip(role.role.rules, edits).flatMap { rule, edit -> [PolicyRule] in
            switch edit {
            case .keep: return [rule]
            case .remove: return []
            case .replace(let rules): return rules
            }
        }
    }
}

/// Narrows rules to what they were used for.
package struct RuleNarrower {
    private let options: AccessLearningOptions
    private let showsConstraints: Bool
    private let unrecorded: (PolicyRule) -> [PolicyRule]

    /// - Parameters:
    ///   - showsConstraints: whether events name the verb of constrained impersonation where it was used.
    ///   - unrecorded: of a rule, the part whose use by the role's subjects the audit policy does not record.
    package init(
        options: AccessLearningOptions, showsConstraints: Bool, unrecorded: @escaping (PolicyRule) -> [PolicyRule]
    ) {
        self.options = options
        self.showsConstraints = showsConstraints
        self.unrecorded = unrecorded
    }

    /// The role's rules, each kept, gone or made smaller.
    package func narrowed(_ role: ReviewedRole) -> RoleNarrowing {
        var kept: [RoleNarrowing.Kept] = []
        let edits = role.rules.map { reviewed in
            let rule = reviewed.rule
            let unseen = UnseenCheck.parts(of: rule, showsConstraints: showsConstraints)
            // What no event shows, no audit policy could record.
            let silent = Self.joined(unrecorded(rule)).filter { part in !unseen.contains { $0.means(like: part) } }
            kept += unseen.map { RoleNarrowing.Kept(rule: $0, index: reviewed.index, isRecorded: true) }
            kept += silent.map { RoleNarrowing.Kept(rule: $0, index: reviewed.index, isRecorded: false) }
            return Self.edit(of: rule, to: Self.joined(used(reviewed, beside: unseen + silent) + unseen + silent))
        }
        return RoleNarrowing(role: role, edits: edits, kept: kept)
    }

    private static func edit(of rule: PolicyRule, to rules: [PolicyRule]) -> RuleEdit {
        if rules.isEmpty { return .remove }
        let isSame = rules.count == 1 && rules[0].means(like: rule) || RuleCells.areEqual(rules, [rule])
        return isSame ? .keep : .replace(rules)
    }

    /// Each once, in order.
    private static func joined(_ rules: [PolicyRule]) -> [PolicyRule] {
        var known: Set<PolicyRule> = []
        return rules.filter { known.insert($0).inserted }
    }

    /// The rules that allow what the rule was used for, exactly, as far as the kept ones do not.
    private func used(_ reviewed: ReviewedRule, beside kept: [PolicyRule]) -> [PolicyRule] {
        let words = RuleWords(reviewed.rule)
        let known = RuleTable(kept)
        var ledger = UseLedger()
        for (permission, uses) in reviewed.uses.cells {
            for (key, tally) in uses {
                let action = permission.renamed(key.name).inAnyNamespace
                guard !known.covers(action) else { continue }
                ledger.add(action, by: key.requester, tally, inference: key.inference)
            }
        }
        var builder = RuleBuilder()
        // A rule that lists names was used for some of them: nothing is to be decided about names.
        if reviewed.rule.resourceNames.isEmpty {
            let table = PermissionTable(ledger, options, home: nil)
            // What is inferred beside uses is granted only as far as this rule grants it.
            for permission in table.cells.keys where words.mayCover(permission) {
                builder.add(permission, table.evidence(permission))
            }
        } else {
            for (permission, uses) in ledger.cells {
                builder.add(permission, Dictionary(uses.keys.map { (ExactText($0.name), []) }) { first, _ in first })
            }
        }
        return builder.rules().map(\.rule)
    }
}

extension AccessAction {
    /// The same action as a role that knows no namespaces sees it.
    fileprivate var inAnyNamespace: AccessAction { isResourceRequest ? clusterWide.renamed(name) : self }
}

extension PolicyRule {
    /// True if both say the same in lists of another order.
    fileprivate func means(like other: PolicyRule) -> Bool {
        [\PolicyRule.verbs, \.apiGroups, \.resources, \.resourceNames, \.nonResourceURLs].allSatisfy {
            Set(self[keyPath: $0]) == Set(other[keyPath: $0])
        }
    }
}

/// Rules as the products of their words, to be compared.
enum RuleCells {
    private struct Cell: Hashable {
        let verb: String
        /// Nil for a path.
        let group: String?
        let resource: String
        let name: String
    }

    /// Nobody writes rules that stand for more.
    private static let most = 100_000

    /// True if both allow the same, word by word: wildcards are words.
    static func areEqual(_ left: [PolicyRule], _ right: [PolicyRule]) -> Bool {
        guard let left = cells(left), let right = cells(right) else { return false }
        return left == right
    }

    private static func cells(_ rules: [PolicyRule]) -> Set<Cell>? {
        let size = rules.reduce(0) {
            $0 + $1.verbs.count
                * ($1.apiGroups.count * $1.resources.count * max(1, $1.resourceNames.count) + $1.nonResourceURLs.count)
        }
        guard size <= most else { return nil }
        var cells: Set<Cell> = []
        for rule in rules {
            let names = rule.resourceNames.isEmpty ? [""] : rule.resourceNames
            for verb in rule.verbs {
                for url in rule.nonResourceURLs { cells.insert(Cell(verb: verb, group: nil, resource: url, name: "")) }
                for group in rule.apiGroups {
                    for resource in rule.resources {
                        for name in names {
                            cells.insert(Cell(verb: verb, group: group, resource: resource, name: name))
                        }
                    }
                }
            }
        }
        return cells
    }
}
