import Domain

/// Why a rule deserves a close look, though it was observed.
package enum AccessRisk: String, Hashable, Sendable, Codable, CaseIterable {
    case impersonation = "acts as somebody else"
    case roleWriting = "writes roles or bindings"
    case nodeProxy = "runs commands in any pod of a node (nodes/proxy)"
    case tokens = "makes service account tokens"
    case certificates = "approves or signs certificates"
    case execution = "runs commands in pods"
    case admission = "writes admission webhooks"
    case secrets = "reads any secret of its scope"

    /// True if the rule is as good as full control.
    package var isCritical: Bool {
        switch self {
        case .impersonation, .roleWriting, .nodeProxy, .tokens, .certificates: true
        case .execution, .admission, .secrets: false
        }
    }

    /// The risks of a rule, in the order of the cases.
    static func risks(of rule: PolicyRule) -> [AccessRisk] { allCases.filter { $0.applies(to: rule) } }

    private func applies(to rule: PolicyRule) -> Bool {
        switch self {
        case .impersonation: rule.verbs.contains { $0.hasPrefix("impersonate") }
        case .roleWriting:
            rule.writes("rbac.authorization.k8s.io", ["roles", "clusterroles", "rolebindings", "clusterrolebindings"])
        case .nodeProxy: rule.names("", ["nodes/proxy"])
        case .tokens: rule.writes("", ["serviceaccounts/token"])
        case .certificates:
            rule.writes(
                "certificates.k8s.io", ["certificatesigningrequests/approval", "certificatesigningrequests/status"])
        case .execution: rule.names("", ["pods/exec", "pods/attach"])
        case .admission:
            rule.writes(
                "admissionregistration.k8s.io", ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"])
        case .secrets:
            rule.names("", ["secrets"]) && rule.resourceNames.isEmpty
                && !Set(["get", "list", "watch"]).isDisjoint(with: rule.verbs)
        }
    }
}

extension PolicyRule {
    fileprivate func names(_ group: String, _ resources: [String]) -> Bool {
        apiGroups.contains(group) && !Set(resources).isDisjoint(with: self.resources)
    }

    fileprivate func writes(_ group: String, _ resources: [String]) -> Bool {
        names(group, resources) && !Set(["create", "update", "patch"]).isDisjoint(with: verbs)
    }
}
