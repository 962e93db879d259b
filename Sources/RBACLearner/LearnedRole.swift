package import Domain

/// Rules that hold in one scope.
package struct LearnedRole: Hashable, Sendable {
    package let scope: Scope
    /// In canonical order; never empty.
    package let rules: [LearnedRule]

    /// Where the rules hold.
    package enum Scope: Hashable, Sendable {
        /// A ClusterRole with a ClusterRoleBinding.
        case cluster
        /// A Role for one namespace; for several, sorted, one ClusterRole with a RoleBinding in each of them.
        case namespaces([Namespace])
    }

    package init(scope: Scope, rules: [LearnedRule]) {
        self.scope = scope
        self.rules = rules
    }
}

/// A rule with the requests that it is made of.
package struct LearnedRule: Hashable, Sendable {
    package let rule: PolicyRule
    /// Sorted; never empty.
    package let evidence: [AccessEvidence]
    /// Why the rule deserves a close look, sorted: critical ones first.
    package let risks: [AccessRisk]

    package init(rule: PolicyRule, evidence: [AccessEvidence], risks: [AccessRisk] = []) {
        self.rule = rule
        self.evidence = evidence
        self.risks = risks
    }
}

/// Requests of one requester behind one permission of a rule.
package struct AccessEvidence: Hashable, Sendable {
    /// Without a name where the permission holds for any name.
    package let action: AccessAction
    /// Who asked; a member where the grantee is a Group.
    package let requester: Subject
    /// How the permission differs from what was observed; nil where it does not.
    package let note: Note?
    package let count: Int64
    /// Of these, requests with `dryRun`, which are authorised like others.
    package let dryRuns: Int64
    package let first: Timestamp
    package let last: Timestamp
    package let days: Int
    package let sources: [String]
    package let sample: String
    /// True if no record carried the authorizer's decision, so that only the response code speaks for it.
    package let isLowConfidence: Bool

    /// How a permission differs from the request behind it.
    package enum Note: Hashable, Sendable {
        /// Not requested; the API server checks it along with what was (Kubernetes 1.35, feature gate
        /// AuthorizePodWebsocketUpgradeCreatePermission).
        case inferred
        /// Not requested; the configuration bundles it with what was.
        case bundle(AccessBundle)
        /// More names were seen than a rule may list.
        case manyNames(Int)
        /// Names such as this one are generated, so that the next ones will differ.
        case generatedNames(String)
        /// Names of this resource come and go.
        case passingNames
    }
}

extension AccessEvidence {
    /// The evidence as one line for people and machines.
    package var summary: Evidence {
        let notes = [note?.description, isLowConfidence ? "by response code only" : nil, dryRunNote].compactMap { $0 }
        return Evidence(
            what: "\(requester) \(action.phrase)", note: notes.isEmpty ? nil : notes.joined(separator: "; "),
            count: count, first: first, last: last, days: days, sources: sources, sample: sample)
    }

    private var dryRunNote: String? { count > 0 && dryRuns == count ? "dry runs only" : nil }
}

extension AccessEvidence: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        if left.action != right.action { return left.action < right.action }
        if left.requester != right.requester { return left.requester < right.requester }
        return (left.note?.description ?? "") < (right.note?.description ?? "")
    }
}

extension AccessEvidence.Note: CustomStringConvertible {
    package var description: String {
        switch self {
        case .inferred: "inferred: exec, attach and port-forward need get and create from Kubernetes 1.35 on"
        case .bundle(let bundle): "inferred: \(bundle.reason)"
        case .manyNames(let count): "any name: \(count) names were seen"
        case .generatedNames(let example): "any name: names such as \(example) are generated"
        case .passingNames: "any name: names of this resource come and go"
        }
    }
}

extension AccessAction {
    /// `get configmaps "routes" in shop`, `list nodes`, `get /metrics`.
    package var phrase: String {
        guard isResourceRequest else { return "\(verb) \(path)" }
        let kind = resourceWithSubresource + (apiGroup.isEmpty ? "" : ".\(apiGroup)")
        let object = name.isEmpty ? "" : " \"\(name)\""
        return "\(verb) \(kind)\(object)" + (namespace == .clusterScope ? "" : " in \(namespace)")
    }
}
