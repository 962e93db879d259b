import Domain

/// Why a rule deserves a close look, though it was observed: what it leads to.
///
/// The kinds are those of the Kubernetes documentation, "Role Based Access Control Good Practices", section "Privilege
/// escalation risks", with those of `pods/exec` and its kin, which run inside of pods.
package struct AccessRisk: Hashable, Sendable {
    package let kind: Kind
    /// What the rule opens, to be read behind "it"; names of records stand in quotation marks.
    package let path: String
    /// True if the rule is as good as full control, or leads to somebody who has it.
    package let isCritical: Bool

    /// The kinds, in the order in which a reviewer reads them.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case wildcard, escalation, impersonation, roleWriting, nodeProxy, tokens, certificates, execution, attachment
        case ephemeralContainers, portForwarding, workloads, secrets, admission, volumes, namespaces

        /// True if the rule is as good as full control wherever it holds.
        var isAlwaysCritical: Bool {
            switch self {
            case .wildcard, .escalation, .impersonation, .roleWriting, .nodeProxy, .tokens, .certificates: true
            default: false
            }
        }
    }

    package init(kind: Kind, path: String, isCritical: Bool) {
        self.kind = kind
        self.path = path
        self.isCritical = isCritical
    }
}

extension AccessRisk: Comparable {
    /// Critical ones first, then by kind.
    package static func < (left: Self, right: Self) -> Bool {
        (left.isCritical ? 0 : 1, left.kind, ExactText(left.path))
            < (right.isCritical ? 0 : 1, right.kind, ExactText(right.path))
    }
}

extension AccessRisk.Kind: Comparable {
    private static let ranks = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })

    /// The order of the cases.
    package static func < (left: Self, right: Self) -> Bool { ranks[left, default: 0] < ranks[right, default: 0] }

    /// Whether a rule has the risk, patterns included, which live roles have and learned ones never.
    func applies(to rule: PolicyRule) -> Bool {
        switch self {
        case .wildcard: rule.isPattern
        case .escalation: rule.grants(["escalate", "bind"], "rbac.authorization.k8s.io", ["roles", "clusterroles"])
        case .impersonation: rule.isUnconstrainedImpersonation || rule.isConstrainedImpersonation
        case .roleWriting: rule.grants(Self.writing, "rbac.authorization.k8s.io", Self.roles)
        case .nodeProxy: rule.grants(nil, "", ["nodes/proxy"])
        case .tokens: rule.grants(["create"], "", ["serviceaccounts/token"])
        case .certificates: !rule.certificateWays.isEmpty
        case .execution: rule.grants(["get", "create"], "", ["pods/exec"])
        case .attachment: rule.grants(["get", "create"], "", ["pods/attach"])
        case .ephemeralContainers: rule.grants(["update", "patch"], "", ["pods/ephemeralcontainers"])
        case .portForwarding: rule.grants(["get", "create"], "", ["pods/portforward"])
        case .workloads: !rule.writtenWorkloads.isEmpty
        case .secrets: rule.grants(["get", "list", "watch"], "", ["secrets"])
        case .admission: rule.grants(Self.writing, "admissionregistration.k8s.io", Self.webhooks)
        case .volumes: rule.grants(["create"], "", ["persistentvolumes"])
        case .namespaces: rule.grants(["update", "patch"], "", ["namespaces"])
        }
    }

    static let writing = ["create", "update", "patch"]
    static let roles = ["roles", "clusterroles", "rolebindings", "clusterrolebindings"]
    static let webhooks = ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"]
}

extension PolicyRule {
    /// True if the rule allows one of the verbs, or any at all, on one of the resources.
    func grants(_ verbs: [String]?, _ group: String, _ resources: [String]) -> Bool {
        guard verbs.map({ Self.holds(self.verbs, $0) }) ?? !self.verbs.isEmpty else { return false }
        return Self.holds(apiGroups, [group]) && !granted(of: resources).isEmpty
    }

    /// Which of the resources the rule names, by themselves or by a pattern.
    func granted(of resources: [String]) -> [String] {
        resources.filter { resource in
            let part = resource.split(separator: "/").dropFirst().first.map { ["*/\($0)"] } ?? []
            return Self.holds(self.resources, [resource] + part)
        }
    }

    private static func holds(_ list: [String], _ wanted: [String]) -> Bool {
        list.contains { $0 == "*" || wanted.contains($0) }
    }

    /// True if the rule holds for what does not exist yet.
    var isPattern: Bool {
        !resources.isEmpty
            && (verbs.contains("*") || apiGroups.contains("*") || resources.contains { $0.utf8.first == 42 })
    }

    /// What makes pods, each of which runs as a service account of its namespace ("Workload creation").
    var writtenWorkloads: [String] {
        let kinds = [
            "": ["pods", "replicationcontrollers"],
            "apps": ["daemonsets", "deployments", "replicasets", "statefulsets"], "batch": ["cronjobs", "jobs"],
        ]
        return ["", "apps", "batch"].flatMap { group in
            (kinds[group] ?? []).filter { grants(AccessRisk.Kind.writing, group, [$0]) }
        }
    }

    /// What the rule lets happen to certificate requests ("CSRs and certificate issuing").
    var certificateWays: [String] {
        let group = "certificates.k8s.io"
        let approves =
            grants(["update", "patch"], group, ["certificatesigningrequests/approval"])
            || grants(["approve"], group, ["signers"])
        let signs =
            grants(["update", "patch"], group, ["certificatesigningrequests/status"])
            || grants(["sign"], group, ["signers"])
        return (approves ? ["approves"] : []) + (signs ? ["signs"] : [])
    }
}
