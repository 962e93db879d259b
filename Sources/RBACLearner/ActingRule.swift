import Domain

/// What a rule lets its holder do in the name of others (KEP-5284): its `impersonate-on` verbs as those of the requests.
struct ActingRule {
    let rule: PolicyRule
    private let modes: [ImpersonationMode]

    /// `, when it acts as another (user-info)`, to stand behind what the rule opens.
    var condition: String { ", when it acts as another (\(modes.map(\.rawValue).joined(separator: ", ")))" }

    /// Nil for a rule without such verbs. Behind a mode, `*` is no pattern, and no request has it.
    init?(of rule: PolicyRule) {
        let constrained = rule.verbs.compactMap { verb -> ImpersonationVerb.Constrained? in
            guard case .action(let constrained?) = ImpersonationVerb(verb), constrained.verb != "*" else { return nil }
            return constrained
        }
        guard !constrained.isEmpty else { return nil }
        modes = ImpersonationMode.allCases.filter { mode in constrained.contains { $0.mode == mode } }
        self.rule = PolicyRule(
            verbs: constrained.map(\.verb), apiGroups: rule.apiGroups, resources: rule.resources,
            resourceNames: rule.resourceNames, nonResourceURLs: rule.nonResourceURLs)
    }
}

extension PolicyRule {
    /// True if the rule lets its holder act as another with all rights that go with it.
    var isUnconstrainedImpersonation: Bool {
        verbs.contains { ImpersonationVerb($0) == .unconstrained }
            || grants(["impersonate"], "", ["users", "groups", "serviceaccounts"])
    }

    /// True if the rule says whom its holder may act as, where other rules say for what.
    var isConstrainedImpersonation: Bool {
        verbs.contains { if case .identity = ImpersonationVerb($0) { true } else { false } }
    }
}
