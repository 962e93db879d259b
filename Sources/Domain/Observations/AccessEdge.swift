/// The key of aggregated requests to the Kubernetes API: who asked for what, where, and with which outcome.
package struct AccessEdge: Hashable, Sendable {
    package let cluster: ClusterName
    /// The effective subject: the impersonated one where a request was impersonated.
    package let subject: Subject
    package let action: AccessAction
    package let decision: Decision
    /// The authorizer's reason as the audit annotation has it (`RBAC: allowed by RoleBinding ...`); empty where absent.
    @Exact package private(set) var reason: String

    /// How the authorizer decided.
    package enum Decision: UInt8, Hashable, Sendable, Codable {
        /// The annotation `authorization.k8s.io/decision` says allow.
        case allowed = 0
        /// No annotation; the response code is none of 401, 403 and 429, so that authorization must have passed.
        case allowedByStatus = 1
        /// The annotation says forbid, or there is none and the code is 401 or 403. Never a grant.
        case denied = 2
    }

    package init(
        cluster: ClusterName, subject: Subject, action: AccessAction, decision: Decision, reason: String
    ) {
        self.cluster = cluster
        self.subject = subject
        self.action = action
        self.decision = decision
        self.reason = reason
    }
}

/// What a request asks for, in the authorizer's terms (`k8s.io/apiserver/pkg/authorization/authorizer`, Attributes).
///
/// All of it is compared by bytes, as the authorizer does.
package struct AccessAction: Hashable, Sendable, Codable {
    @Exact package private(set) var verb: String
    /// The API group; empty for the core group and for non-resource requests.
    @Exact package private(set) var apiGroup: String
    /// The resource without its subresource; empty for a non-resource request.
    @Exact package private(set) var resource: String
    @Exact package private(set) var subresource: String
    /// Empty for cluster-scoped and all-namespace requests.
    @Exact package private(set) var namespace: Namespace
    /// The object's name; empty where the request names none.
    @Exact package private(set) var name: String
    /// The path of a non-resource request, without its query; empty for a resource request.
    @Exact package private(set) var path: String

    /// A request for a resource.
    package init(
        verb: String, apiGroup: String, resource: String, subresource: String = "",
        namespace: Namespace = .clusterScope, name: String = ""
    ) {
        self.verb = verb
        self.apiGroup = apiGroup
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
        path = ""
    }

    /// A request for a path that is no resource, such as `/metrics`.
    package init(verb: String, path: String) {
        self.verb = verb
        self.path = path
        apiGroup = ""
        resource = ""
        subresource = ""
        namespace = .clusterScope
        name = ""
    }

    package var isResourceRequest: Bool { path.isEmpty }

    /// `pods/log`, or `pods` where there is no subresource: the form that RBAC rules use.
    package var resourceWithSubresource: String { subresource.isEmpty ? resource : "\(resource)/\(subresource)" }
}

extension AccessAction: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        let (first, second) = (left.sortKey, right.sortKey)
        return first == second ? ExactText(left.verb) < ExactText(right.verb) : first < second
    }

    /// All but the verb, for which a tuple that can be compared has no room.
    private var sortKey: (ExactText, ExactText, ExactText, ExactText, ExactText, ExactText) {
        (
            ExactText(namespace.rawValue), ExactText(path), ExactText(apiGroup), ExactText(resource),
            ExactText(subresource), ExactText(name)
        )
    }
}

/// What was seen of one access edge. Merges like a `ConnectionFact`.
package struct AccessFact: Hashable, Sendable {
    /// Requests counted once each, at the stage that ends them (ResponseStarted for long-running ones).
    package var count: Int64
    /// Of these, requests with `dryRun`.
    package var dryRuns: Int64
    package var first: Timestamp
    package var last: Timestamp
    package var days: DaySet
    package var sources: ObservationSources
    /// The earliest record in a few words (user agent, code); ties go to the smaller text.
    package var sample: String
    /// From which workloads they came, where the subject is a service account and its tokens name their pods.
    package var callers: CallerSet

    package init(
        count: Int64, dryRuns: Int64, first: Timestamp, last: Timestamp, days: DaySet, sources: ObservationSources,
        sample: String, callers: CallerSet = CallerSet()
    ) {
        self.count = count
        self.dryRuns = dryRuns
        self.first = first
        self.last = last
        self.days = days
        self.sources = sources
        self.sample = sample
        self.callers = callers
    }

    /// Merges what another source or replica saw of the same edge.
    package mutating func merge(_ other: AccessFact) {
        count += other.count
        dryRuns += other.dryRuns
        sample = ConnectionFact.earlier((first, sample), (other.first, other.sample))
        first = min(first, other.first)
        last = max(last, other.last)
        days.formUnion(other.days)
        sources.formUnion(other.sources)
        callers.formUnion(other.callers)
    }
}
