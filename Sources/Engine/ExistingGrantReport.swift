import Domain
import RBACLearner
import Rendering

/// What existing roles and bindings were used for, rule by rule, as `leastwise explain` prints it.
package struct ExistingGrantReport: Sendable {
    /// At most so many requests are printed for one rule.
    private static let shownUses = 40

    private let bindings: [ReviewedBinding]
    private let roles: [ReviewedRole]
    private let holders: [(subject: Subject, holdings: [GrantReview.Holding])]

    /// The live roles and bindings of that name (`api`, `shop/api`, `RoleBinding/shop/api`), and what the subjects of that
    /// name hold (`User bob`, `ServiceAccount shop/api`). Nil if there are none.
    package init?(_ query: String, in learned: LearnedCluster) {
        let review = GrantReviewer.review(learned.inventory.grants, by: learned.requests)
        let wanted = query.replacing(" ", with: "/")
        bindings = review.bindings.filter { Self.matches($0.key.description, $0.key.name, wanted) }
        roles = review.roles.filter { Self.matches($0.key.description, $0.key.name, wanted) }
        let seen = learned.requests.memberships
        let subjects = Set(
            review.bindings.flatMap(\.subjects).map(\.subject) + seen.keys + learned.access.subjects.map(\.subject))
        holders = subjects.filter { $0.description == query }.sorted().compactMap { subject in
            let holdings = review.holdings(of: subject, groups: (seen[subject] ?? []).map(\.text))
            return holdings.isEmpty ? nil : (subject, holdings)
        }
        guard !bindings.isEmpty || !roles.isEmpty || !holders.isEmpty else { return nil }
    }

    private static func matches(_ description: String, _ name: String, _ query: String) -> Bool {
        description == query || name == query
            || description.split(separator: "/").dropFirst().joined(separator: "/") == query
    }

    package var text: String {
        let held = holders.flatMap { holder in
            ["\(holder.subject) holds, beside what everyone has:", ""]
                + holder.holdings.flatMap { Self.lines($0, of: holder.subject) }
        }
        let lines = held + bindings.flatMap(Self.lines) + roles.flatMap(Self.lines)
        return lines.map { TerminalText.oneLine($0) + "\n" }.joined()
    }

    private static func lines(_ binding: ReviewedBinding) -> [String] {
        let role = binding.role.map(\.description) ?? "a role that does not exist"
        let named = binding.named > 0 ? ["  the reason that the API server named for \(binding.named) requests"] : []
        return ["\(binding.key) grants \(role) to"] + binding.subjects.map { "  " + $0.phrase } + named + [""]
            + binding.rules.flatMap(lines)
    }

    private static func lines(_ holding: GrantReview.Holding, of subject: Subject) -> [String] {
        let role = holding.binding.role.map(\.description) ?? "a role that does not exist"
        let groups = holding.through.filter { $0.kind == .group && $0 != subject }.map { " as a member of \($0.name)" }
        let rules = holding.binding.rules.map { rule in
            let last = subject.kind == .group ? rule.lastUse : rule.lastUse(by: Subject(userName: subject.userName))
            return "    \(rule.phrase): " + (last.map { "last used \($0.date)" } ?? "never used by it")
        }
        return ["  \(role) through \(holding.binding.key)\(groups.joined())"] + rules + [""]
    }

    private static func lines(_ role: ReviewedRole) -> [String] {
        let bindings = role.bindings.map { "  through \($0)" }
        return ["\(role.key)"] + (bindings.isEmpty ? ["  granted to nobody"] : bindings)
            + role.subjects.map { "  to \($0.phrase)" } + [""] + role.rules.flatMap(lines)
    }

    private static func lines(_ rule: ReviewedRule) -> [String] {
        let used = rule.used
        let shown = used.prefix(shownUses).map { use in
            let how = use.isInferred ? "not seen, but checked along with what was" : "\(use.count) times"
            return "       \(use.action.phrase): \(how), \(use.first) to \(use.last)"
        }
        let more = used.count > shown.count ? ["       and \(used.count - shown.count) more"] : []
        return ["  \(rule.index + 1). \(rule.rule.phrase)"] + (used.isEmpty ? ["       never used"] : shown + more) + [
            ""
        ]
    }
}

extension ReviewedSubject {
    /// `User bob, last seen 2026-11-14, last used it 2026-11-12`.
    fileprivate var phrase: String {
        guard let lastSeen else { return "\(subject), never seen" }
        return "\(subject), last seen \(lastSeen.date), "
            + (lastUse.map { "last used it \($0.date)" } ?? "never used it")
    }
}
