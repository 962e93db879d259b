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
