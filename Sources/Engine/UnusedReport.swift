package import AppConfiguration
import Domain
import Foundation
import RBACLearner
import Rendering

/// Grants that exist and that nobody was seen to use, as `leastwise preview --unused` prints them.
package struct UnusedReport: Sendable {
    let cluster: ClusterName
    let first: Timestamp
    let last: Timestamp
    /// Days on which audit events were recorded, of the days of the period.
    let recordedDays: Int
    let days: Int
    /// Bindings of which at least one rule allowed nothing that was seen, those that open most first.
    let unused: [ReviewedBinding]
    /// Bindings with a rule of which only some words are used, in the same order.
    let usedInPart: [ReviewedBinding]
    /// Roles that no binding grants, sorted.
    let unbound: [RoleKey]
    let neverSeen: [Subject]
    let accounts: [ReviewedAccount]
    /// Bindings that allowed requests and do not by what was observed of them.
    let outdated: [BindingKey]
    /// Why nothing is proposed to be taken, whatever it is; nil where something may be.
    let nothingGoes: String?
    private let conditions: RemovalConditions
    private let showsConstraints: Bool
    private let hasGrants: Bool

    /// Reviews the live grants of a cluster. Throws if the configured audit policy cannot be read.
    package init(
        _ learned: LearnedCluster, _ filter: PreviewJob.Filter = PreviewJob.Filter(), settings: Settings
    ) throws {
        nothingGoes = learned.requests.edges.isEmpty ? "no audit events were observed" : try Self.obstacle(settings)
        conditions = RemovalConditions(
            learned.requests, auditDays: learned.auditDays, options: RemovalOptions(settings).conditions)
        let review = GrantReviewer.review(learned.inventory.grants, by: learned.requests)
        let shown = review.bindings.filter { filter.includes($0) }
        cluster = learned.cluster
        first = learned.first
        last = learned.last
        days = Int(learned.last.day) - Int(learned.first.day) + 1
        // Without a record of its coverage, a source is taken to have watched; of requests, something is always seen.
        recordedDays =
            learned.requests.edges.isEmpty
            ? 0 : learned.auditDays.sampledCount(DaySet(from: learned.first.day, through: learned.last.day))
        unused = shown.filter { !$0.unusedRules.isEmpty }.sorted(by: Self.precedes)
        usedInPart = shown.filter { $0.rules.contains(where: \.isUsedInPart) }.sorted(by: Self.precedes)
        unbound = review.roles.filter { $0.bindings.isEmpty && filter.includes($0.key) }.map(\.key)
        neverSeen = Set(shown.flatMap(\.subjects).filter { $0.lastSeen == nil }.map(\.subject)).sorted()
        accounts = review.accounts.filter { filter.includes(account: $0.account) }
        outdated = review.outdated
        showsConstraints = learned.requests.showsConstraints
        hasGrants = !learned.inventory.grants.bindings.isEmpty
    }

    private static func obstacle(_ settings: Settings) throws -> String? {
        if !settings.access.removals || !settings.proposals.proposesAccess { return "the configuration wants none" }
        guard try settings.access.readAuditPolicy() == nil else { return nil }
        return "rbac.auditPolicy is not set, so that it is not known which uses would have been recorded"
    }

    /// Why the binding's unused rights are not proposed to be taken, as far as it does not depend on the repository.
    func obstacles(_ binding: ReviewedBinding) -> [String] {
        guard nothingGoes == nil else { return [] }
        let subjects = binding.subjects.map(\.subject)
        let rules = binding.rules.map(\.rule)
        return conditions.obstacles(of: subjects, created: binding.created)
            + conditions.uncheckedNeeds(
                of: subjects, rules: rules,
                kept: rules.flatMap { UnseenCheck.parts(of: $0, showsConstraints: showsConstraints) })
    }

    /// Critical ones first, then risky ones, then by the breadth of what is unused, then by name.
    private static func precedes(_ left: ReviewedBinding, _ right: ReviewedBinding) -> Bool {
        let (a, b) = (left.unusedRank, right.unusedRank)
        guard a == b else { return a < b }
        return left.breadth == right.breadth ? left.key < right.key : left.breadth > right.breadth
    }
}

extension PreviewJob.Filter {
    fileprivate func includes(_ binding: ReviewedBinding) -> Bool {
        let subjects = binding.subjects.map(\.subject)
        let isInNamespace =
            namespace.map { name in
                binding.key.namespace.rawValue == name || subjects.contains { $0.namespace.rawValue == name }
            } ?? true
        let isWanted =
            workload.map { name in
                binding.key.description == name || binding.key.name == name
                    || subjects.contains { $0.description == name || $0.name == name }
            } ?? true
        return isInNamespace && isWanted
    }

    fileprivate func includes(_ role: RoleKey) -> Bool {
        (namespace.map { role.namespace.rawValue == $0 } ?? true)
            && (workload.map { role.name == $0 || role.description == $0 } ?? true)
    }

    fileprivate func includes(account: Subject) -> Bool {
        (namespace.map { account.namespace.rawValue == $0 } ?? true)
            && (workload.map { account.name == $0 || account.description == $0 } ?? true)
    }
}

extension ReviewedBinding {
    /// 0 where an unused rule is as good as full control, 1 where one leads to more than it says, otherwise 2.
    fileprivate var unusedRank: Int {
        let risks = unusedRules.flatMap(\.risks)
        return risks.contains(where: \.isCritical) ? 0 : risks.isEmpty ? 2 : 1
    }

    /// How much of it is unused: wildcards of unused rules count most.
    fileprivate var breadth: Int {
        unusedRules.reduce(0) { sum, unused in
            let rule = unused.rule
            let isWild = [rule.verbs, rule.resources].filter { $0.contains("*") }.count
            return sum + (isWild > 0 ? isWild * 1000 : 0) + rule.verbs.count * max(1, rule.resources.count)
        } + (binding.isClusterRoleBinding ? 1 : 0)
    }
}

extension ReviewedRule {
    /// True if it is used, but not in all its words.
    var isUsedInPart: Bool { isUsed && (!unusedParts.isEmpty || !coveredByWildcards.isEmpty) }
}

// MARK: - Text

extension UnusedReport {
    /// - Parameter withParts: also rules of which only a part is used.
    package func text(withParts: Bool) -> String {
        guard hasGrants else {
            return "no roles and bindings of cluster \(TerminalText.oneLine(cluster.rawValue)) were observed: "
                + "`kubectl get \(Self.kinds) -A -o json` makes a file for `leastwise observe objects`\n"
        }
        guard recordedDays > 0 else {
            return
                "no audit events of cluster \(TerminalText.oneLine(cluster.rawValue)) were observed, so that nothing can be "
                + "said about what is used: `leastwise observe audit FILE` reads the API server's log\n"
        }
        var lines = unused.flatMap { binding in
            let stays = obstacles(binding).map { "stays for now: \($0)" }
            return Self.lines(binding, binding.unusedRules.flatMap { $0.unusedLines(showsConstraints) } + stays)
        }
        if withParts, !usedInPart.isEmpty {
            lines.append("Used in part:")
            lines += usedInPart.flatMap { binding in
                let stays = obstacles(binding).map { "stays for now: \($0)" }
                return Self.lines(binding, binding.rules.filter(\.isUsedInPart).flatMap(\.partLines) + stays)
            }
        }
        lines += footer(withParts: withParts)
        return lines.map { TerminalText.oneLine($0) + "\n" }.joined()
    }

    /// Workloads are among them for their schedules: without those, it is not known when an account is at work.
    private static let kinds =
        "roles,clusterroles,rolebindings,clusterrolebindings,serviceaccounts,deployments,statefulsets,daemonsets,cronjobs"

    /// At most so many subjects of a binding are named.
    private static let shownSubjects = 10

    private static func lines(_ binding: ReviewedBinding, _ rules: [String]) -> [String] {
        let more = binding.subjects.count - shownSubjects
        let subjects =
            binding.subjects.prefix(shownSubjects).map { seen in
                "\(seen.subject)" + (seen.lastSeen.map { " (last seen \($0.date))" } ?? " (never seen)")
            } + (more > 0 ? ["\(more) more"] : [])
        let use =
            (binding.lastUse.map { "last use \($0.date)" } ?? "no use of it at all")
            + (binding.named > 0 ? ", the reason named for \(binding.named) requests" : "")
        let role = binding.role.map(\.description) ?? "a role that does not exist"
        return ["\(binding.key) grants \(role) to \(subjects.joined(separator: ", ")): \(use)"]
            + rules.map { "  " + $0 }
            + [""]
    }

    private static func lines(_ account: ReviewedAccount) -> [String] {
        let kind = account.isDefault ? "is the default account, which pods get that ask for none" : "is shared"
        let users = account.parts.map { "  \($0.phrase)" }
        return [
            "\(account.account) \(kind). An account of its own for each workload would let each have its own rights:"
        ]
            + (users.isEmpty ? ["  no workload of it is known"] : users)
    }

    private func footer(withParts: Bool) -> [String] {
        var lines: [String] = []
        if !neverSeen.isEmpty {
            lines.append("Never seen: \(neverSeen.map(\.description).joined(separator: ", ")).")
        }
        if !unbound.isEmpty {
            lines.append("Granted to nobody: \(unbound.map(\.description).joined(separator: ", ")).")
        }
        lines += accounts.flatMap(Self.lines)
        if !outdated.isEmpty {
            lines.append(
                "Outdated: requests were allowed by \(outdated.map(\.description).joined(separator: ", ")), which do not allow "
                    + "them as they were observed: observe the cluster's objects again.")
        }
        lines.append(
            "Cluster \(cluster), \(first.date) to \(last.date): audit events on \(recordedDays) of \(days) days. "
                + "\(unused.reduce(0) { $0 + $1.unusedRules.count }) rules of \(unused.count) bindings allowed nothing that was seen."
        )
        if let nothingGoes { lines.append("Nothing is proposed to be taken away: \(nothingGoes).") }
        if !withParts, !usedInPart.isEmpty {
            lines.append("\(usedInPart.count) bindings have rules that are used in part: `--parts` shows them.")
        }
        return lines
    }
}

extension ReviewedRule {
    /// `rule 2 of ClusterRole/edit: get, list on pods, deployments.apps`.
    var phrase: String { "rule \(index + 1) of \(origin): \(rule.phrase)" }

    /// With what of it would not show even if it were used.
    fileprivate func unusedLines(_ showsConstraints: Bool) -> [String] {
        let unseen = UnseenCheck.parts(of: rule, showsConstraints: showsConstraints).map(\.phrase)
        let remark = unseen.isEmpty ? "" : " (no audit event would show \(unseen.joined(separator: "; ")))"
        let first = risks.prefix(1).map { "  ! \($0.isCritical ? "critical: " : "")it \($0.path)" }
        let more = risks.count > 1 ? ["  ! and \(risks.count - 1) more risks"] : []
        return ["never used: \(phrase)\(remark)"] + first + more
    }

    fileprivate var partLines: [String] {
        let parts = unusedParts
        let words = [
            ("verbs", parts.verbs), ("API groups", parts.apiGroups.map { $0.isEmpty ? "\"\"" : $0 }),
            ("resources", parts.resources), ("names", parts.resourceNames), ("paths", parts.nonResourceURLs),
        ].filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1.joined(separator: ", "))" }
        let covered = coveredByWildcards
        let shown = covered.prefix(12).map(\.phrase).joined(separator: "; ")
        let more = covered.count > 12 ? " and \(covered.count - 12) more" : ""
        return ["used in part: \(phrase)"]
            + (words.isEmpty ? [] : ["  never used: \(words.joined(separator: "; "))"])
            + (covered.isEmpty ? [] : ["  its wildcards stood for: \(shown)\(more)"])
    }
}

extension PolicyRule {
    /// `get, list on pods "web"`, `get on deployments (apps)`, or `get on /metrics`; long lists are cut.
    package var phrase: String {
        let names = resourceNames.isEmpty ? "" : " " + resourceNames.map { "\"\($0)\"" }.cut
        let groups = apiGroups == [""] ? "" : " (\(apiGroups.map { $0.isEmpty ? "core" : $0 }.cut))"
        let targets = resources.isEmpty ? [] : [resources.cut + groups + names]
        let all = targets + (nonResourceURLs.isEmpty ? [] : [nonResourceURLs.cut])
        return "\(verbs.joined(separator: ", ")) on \(all.joined(separator: "; "))"
    }

    /// Each resource with its group, as `kubectl` writes them: `pods`, `deployments.apps`.
    var resourceTexts: [String] {
        apiGroups.flatMap { group in resources.map { group.isEmpty ? $0 : "\($0).\(group)" } }
    }
}

extension [String] {
    /// The words as a list, cut where nobody would read on.
    fileprivate var cut: String {
        count <= 8 ? joined(separator: ", ") : prefix(7).joined(separator: ", ") + " and \(count - 7) more"
    }
}

// MARK: - JSON

extension UnusedReport {
    /// The whole report as JSON with sorted keys.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(UnusedDocument(self)), as: UTF8.self) + "\n"
    }
}
