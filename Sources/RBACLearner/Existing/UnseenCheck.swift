package import Domain

/// Uses of rights that no audit event shows, so that not having seen them says nothing.
package enum UnseenCheck: String, Hashable, Sendable, CaseIterable {
    case authorizationOnly = "the API server checks it beside a request"
    case kubelet = "kubelets check it for what asks them directly"
    case finalizers = "it is checked where an owner reference blocks deletion"
    case delegated = "servers other than the API server check paths for what asks them"
    case constraint = "no event so far says which verb allowed to act as another"

    /// Verbs of requests, all of which are events.
    private static let audited: Set<String> = [
        "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "impersonate", "*",
    ]

    /// Why the use of a verb on a resource, both as a rule has them, may go unseen; nil where each use is an event.
    ///
    /// Sources: Kubernetes documentation, "Using RBAC Authorization" (escalate, bind) and "Kubelet
    /// authentication/authorization" (`nodes/...`); admission plugin OwnerReferencesPermissionEnforcement (`.../finalizers`);
    /// KEP-5284 (constrained impersonation, which kubelets and that plugin know nothing of).
    /// - Parameter showsConstraints: whether events name the verb of constrained impersonation where it was used: not
    ///   every version and not every cloud's log does.
    package static func reason(verb: String, resource: String, showsConstraints: Bool) -> UnseenCheck? {
        switch ImpersonationVerb(verb) {
        case .unconstrained, nil: break
        // A mode that is not known is never learned, whatever the events say.
        case .identity(nil), .action(nil): return .authorizationOnly
        case .identity(.some): return showsConstraints ? nil : .constraint
        case .action(let constrained?):
            guard audited.contains(constrained.verb) else { return .authorizationOnly }
            return showsConstraints ? nil : .constraint
        }
        if !audited.contains(verb) { return .authorizationOnly }
        if resource.hasPrefix("nodes/"), resource != "nodes/status" { return .kubelet }
        if resource.hasSuffix("/finalizers") { return .finalizers }
        return nil
    }

    /// Of a rule, the parts that are written out and whose use may go unseen: they are never removed for that.
    ///
    /// What a wildcard stands for is not written out.
    package static func parts(of rule: PolicyRule, showsConstraints: Bool) -> [PolicyRule] {
        let isUnseen = { (verb: String, resource: String) in
            reason(verb: verb, resource: resource, showsConstraints: showsConstraints) != nil
        }
        let explicit = rule.verbs.filter { isUnseen($0, "") }
        let others = rule.verbs.filter { !explicit.contains($0) && ImpersonationVerb($0) == nil }
        let checked = rule.resources.filter { isUnseen("get", $0) }
        let byVerb = explicit.isEmpty || rule.resources.isEmpty ? nil : rule.with(verbs: explicit)
        let byResource = checked.isEmpty || others.isEmpty ? nil : rule.with(verbs: others, resources: checked)
        let byPath =
            rule.nonResourceURLs.isEmpty
            ? nil : PolicyRule(verbs: rule.verbs, nonResourceURLs: rule.nonResourceURLs.filter { $0 != "*" })
        return [byVerb, byResource, byPath].compactMap { $0 }.filter {
            !$0.resources.isEmpty || !$0.nonResourceURLs.isEmpty
        }
    }
}

extension PolicyRule {
    fileprivate func with(verbs: [String], resources: [String]? = nil) -> PolicyRule {
        PolicyRule(
            verbs: verbs, apiGroups: apiGroups, resources: resources ?? self.resources, resourceNames: resourceNames)
    }
}
