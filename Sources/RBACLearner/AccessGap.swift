package import Domain

/// A check that the API server makes beside the request itself, and that is never an audit event.
///
/// Roles that allow every observed request can still fail at it, and granting it is no matter of observation: a person
/// decides (Kubernetes documentation, Using RBAC Authorization: privilege escalation prevention; Certificates and
/// CertificateSigningRequests: authorization).
package struct AccessGap: Hashable, Sendable {
    package let subject: Subject
    /// The verb that may be needed in addition.
    package let verb: String
    /// What it would be needed on, such as `clusterroles` or `signers`.
    package let resource: String
    /// The learned permissions that lead to the check, without names, sorted.
    package let actions: [AccessAction]

    package init(subject: Subject, verb: String, resource: String, actions: [AccessAction]) {
        self.subject = subject
        self.verb = verb
        self.resource = resource
        self.actions = actions
    }
}

extension AccessGap {
    private struct Check: Hashable, Comparable {
        let verb: String
        let resource: String

        static func < (left: Self, right: Self) -> Bool { (left.verb, left.resource) < (right.verb, right.resource) }
    }

    /// The gaps that a subject's permissions leave, sorted.
    static func gaps(of subject: Subject, permissions: some Sequence<AccessAction>) -> [AccessGap] {
        var found: [Check: Set<AccessAction>] = [:]
        for permission in permissions {
            guard let check = check(permission) else { continue }
            found[check, default: []].insert(permission)
        }
        return found.sorted { $0.key < $1.key }.map { check, actions in
            AccessGap(subject: subject, verb: check.verb, resource: check.resource, actions: actions.sorted())
        }
    }

    private static func check(_ permission: AccessAction) -> Check? {
        guard ["create", "update", "patch"].contains(permission.verb) else { return nil }
        switch (permission.apiGroup, permission.resourceWithSubresource) {
        case ("rbac.authorization.k8s.io", "roles"), ("rbac.authorization.k8s.io", "clusterroles"):
            return Check(verb: "escalate", resource: permission.resource)
        case ("rbac.authorization.k8s.io", "rolebindings"), ("rbac.authorization.k8s.io", "clusterrolebindings"):
            return Check(verb: "bind", resource: "roles and clusterroles")
        case ("certificates.k8s.io", "certificatesigningrequests/approval"):
            return Check(verb: "approve", resource: "signers")
        case ("certificates.k8s.io", "certificatesigningrequests/status"):
            return Check(verb: "sign", resource: "signers")
        default: return nil
        }
    }
}

// MARK: - Grants that exist

extension AccessGap {
    /// The gaps of every requester, by its authorised requests.
    static func gaps(in observations: AccessObservations) -> [Subject: [AccessGap]] {
        var permissions: [Subject: Set<AccessAction>] = [:]
        for edge in observations.edges.keys
        where edge.cluster == observations.cluster && edge.decision != .denied && check(edge.action) != nil {
            permissions[edge.subject, default: []].insert(edge.action.renamed(""))
        }
        return Dictionary(
            uniqueKeysWithValues: permissions.map { ($0, gaps(of: $0, permissions: $1)) })
    }

    /// True if the check also passes for whoever holds all that is handed on.
    var concernsAllRights: Bool { verb == "escalate" || verb == "bind" }

    /// True if the rules pass the check whatever is written.
    func isClosed(by rules: [PolicyRule]) -> Bool {
        let resources = verb == "bind" ? ["roles", "clusterroles"] : [resource]
        return resources.allSatisfy { name in rules.contains { passes($0, on: name) } }
    }

    private func passes(_ rule: PolicyRule, on name: String) -> Bool {
        let group = concernsAllRights ? "rbac.authorization.k8s.io" : "certificates.k8s.io"
        return Self.has(rule.verbs, verb) && Self.has(rule.apiGroups, group) && Self.has(rule.resources, name)
            && (!concernsAllRights || rule.resourceNames.isEmpty)
    }

    private static func has(_ words: [String], _ word: String) -> Bool { words.contains(word) || words.contains("*") }
}
