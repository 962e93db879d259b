import Domain
import RBACLearner
import Rendering

/// What existing roles and bindings were used for, rule by rule, as `leastwise explain` prints it.
package struct ExistingGrantReport: Sendable {
    /// At most so many requests are printed for one rule.
    private static let shownUses = 40

    private let bindings: [ReviewedBinding]
    private let roles: [ReviewedRole]

    /// The live roles and bindings of that name: `api`, `shop/api`, `RoleBinding/shop/api`. Nil if there is none.
    package init?(_ query: String, in learned: LearnedCluster) {
        let review = GrantReviewer.review(learned.inventory.grants, by: learned.requests)
        let wanted = query.replacing(" ", with: "/")
        bindings = review.bindings.filter { Self.matches($0.key.description, $0.key.name, wanted) }
        roles = review.roles.filter { Self.matches($0.key.description, $0.key.name, wanted) }
        guard !bindings.isEmpty || !roles.isEmpty else { return nil }
    }

    private static func matches(_ description: String, _ name: String, _ query: String) -> Bool {
        description == query || name == query
            || description.split(separator: "/").dropFirst().joined(separator: "/") == query
    }

    package var text: String {
        let lines = bindings.flatMap(Self.lines) + roles.flatMap(Self.lines)
        return lines.map { TerminalText.oneLine($0) + "\n" }.joined()
    }

    private static func lines(_ binding: ReviewedBinding) -> [String] {
        let role = binding.role.map(\.description) ?? "a role that does not exist"
        let named = binding.named > 0 ? ["  the reason that the API server named for \(binding.named) requests"] : []
        return ["\(binding.key) grants \(role) to"] + binding.subjects.map { "  " + $0.phrase } + named + [""]
            + binding.rules.flatMap(lines)
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
