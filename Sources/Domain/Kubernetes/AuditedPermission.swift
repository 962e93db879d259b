/// A cell of what a subject may do, standing for all requests that it allows: is each of them on record?
package struct AuditedPermission: Hashable, Sendable {
    package var subject: AuditedSubject
    /// Who may act in the subject's name. An audit policy judges the one who asks, not the one in whose name it is
    /// (`WithAudit` runs before `WithImpersonation`: k8s.io/apiserver, pkg/server/config.go), so that a use through
    /// somebody else is recorded only where that one's requests are.
    package var impersonators: [AuditedSubject]
    let requests: AuditedRequests

    /// A permission on a resource, in RBAC's words: `*` for every verb, group or resource, `pods/log`, `*/scale`.
    ///
    /// A nil `namespace` means every one and the cluster scope; a nil `name` every name, and none.
    package init(
        subject: AuditedSubject, impersonators: [AuditedSubject] = [], verb: String, apiGroup: String, resource: String,
        namespace: Namespace? = nil, name: String? = nil
    ) {
        self.subject = subject
        self.impersonators = impersonators
        requests = AuditedRequests(
            verb: verb,
            target: .resource(group: apiGroup, pattern: ResourcePattern(resource), namespace: namespace, name: name))
    }

    /// A permission on paths that are no resources: `/metrics`, `/healthz*` or `*`.
    package init(
        subject: AuditedSubject, impersonators: [AuditedSubject] = [], verb: String, nonResourceURL: String
    ) {
        self.subject = subject
        self.impersonators = impersonators
        requests = AuditedRequests(verb: verb, target: .path(PathPattern(nonResourceURL)))
    }
}

/// Requests of one verb (or all) for one target, whoever asks.
struct AuditedRequests: Hashable, Sendable {
    let verb: String
    let target: Target

    enum Target: Hashable, Sendable {
        /// `group` may be `*`.
        case resource(group: String, pattern: ResourcePattern, namespace: Namespace?, name: String?)
        case path(PathPattern)
    }

    /// What the API server makes of HTTP methods on resources (k8s.io/apiserver, pkg/endpoints/request/requestinfo.go).
    private static let requestVerbs: Set = [
        "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "proxy",
    ]
    private static let longVerbs: Set = ["watch", "proxy"]
    private static let longSubresources: Set = ["attach", "exec", "proxy", "log", "portforward"]

    /// False for verbs that are asked about while another request is served: `impersonate`, `bind`, `escalate`, `use`,
    /// `approve`, `sign` and the like. No event has such a verb.
    var areRequests: Bool {
        guard case .resource = target else { return true }
        return verb == "*" || Self.requestVerbs.contains(verb)
    }

    /// True if all of them are long-running, so that there is an event when the response starts
    /// (`BasicLongRunningRequestCheck`, k8s.io/apiserver, pkg/server/filters/longrunning.go, as kube-apiserver calls it).
    var areLongRunning: Bool {
        if Self.longVerbs.contains(verb) { return true }
        switch target {
        case .resource(_, let pattern, _, _): return pattern.subresource.map(Self.longSubresources.contains) ?? false
        case .path(let path): return path.text.utf8.starts(with: "/debug/pprof/".utf8)
        }
    }
}
