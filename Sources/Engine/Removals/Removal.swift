import Domain
import Layout
import RBACLearner

/// Rights that go from one role or binding, in the file where it stands.
struct Removal {
    let edit: Edit
    /// Where the role or binding stands.
    let manifest: RBACManifest
    let lines: [Line]
    /// Who loses them.
    let subjects: [ReviewedSubject]
    /// What a reviewer has to know of it.
    let warnings: [Warning]

    /// What changes.
    enum Edit: Hashable {
        case rules(RoleKey, [RuleEdit])
        /// Some subjects leave the binding; all of them, and it goes.
        case subjects(BindingKey, [Subject], isWhole: Bool)
    }

    /// What one rule, or one subject of a binding, loses.
    struct Line: Hashable {
        /// The rule as it was, or the subject with its role.
        let what: String
        /// What is left of it; empty where all of it goes.
        let left: [String]
        /// What says that nobody needs the rest.
        let evidence: String
    }

    /// What stays although no use of it was seen, or what goes and might have been used unseen.
    struct Warning: Hashable, CustomStringConvertible {
        let what: String
        /// The rule that it is about, in words; nil where it is about all.
        var rule: String?
        let why: String

        var description: String { rule.map { "\(what): \($0): \(why)" } ?? "\(what): \(why)" }
    }

    /// `Role/shop/api` or `RoleBinding/shop/api`.
    var title: String {
        switch edit {
        case .rules(let role, _): role.description
        case .subjects(let binding, _, _): binding.description
        }
    }

    /// The cluster scope for a ClusterRole or a ClusterRoleBinding.
    var namespace: Namespace {
        switch edit {
        case .rules(let role, _): role.namespace
        case .subjects(let binding, _, _): binding.namespace
        }
    }
}
