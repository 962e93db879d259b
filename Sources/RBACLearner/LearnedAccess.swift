package import Domain

/// What was learned of one cluster's requests: roles for each grantee, and what was left out of them.
package struct LearnedAccess: Sendable {
    /// Sorted by subject; each has one role at least.
    package let subjects: [LearnedSubject]
    /// Refused requests, sorted. They are for the report alone, never a grant.
    package let denied: [DeniedAccess]
    /// Authorised requests that made no rule, by subject and reason, sorted.
    package let notLearned: [UnlearnedAccess]

    /// What a person has to decide, sorted by subject.
    package var gaps: [AccessGap] { subjects.flatMap(\.gaps) }

    /// All generated roles and bindings.
    package var grants: AccessGrants {
        let all = subjects.map(\.manifests)
        return AccessGrants(roles: all.flatMap(\.roles), bindings: all.flatMap(\.bindings))
    }

    package init(subjects: [LearnedSubject], denied: [DeniedAccess], notLearned: [UnlearnedAccess]) {
        self.subjects = subjects
        self.denied = denied
        self.notLearned = notLearned
    }
}

/// A request that the API server refused.
package struct DeniedAccess: Hashable, Sendable {
    package let subject: Subject
    package let action: AccessAction
    package let count: Int64
    package let first: Timestamp
    package let last: Timestamp

    package init(subject: Subject, action: AccessAction, count: Int64, first: Timestamp, last: Timestamp) {
        self.subject = subject
        self.action = action
        self.count = count
        self.first = first
        self.last = last
    }
}

/// Authorised requests of one subject that made no rule for one reason.
package struct UnlearnedAccess: Hashable, Sendable {
    package let subject: Subject
    package let reason: UnlearnedReason
    /// Distinct actions.
    package let actions: Int
    package let count: Int64
    package let first: Timestamp
    package let last: Timestamp
    /// The first of the actions in their order.
    package let example: AccessAction

    package init(
        subject: Subject, reason: UnlearnedReason, actions: Int, count: Int64, first: Timestamp, last: Timestamp,
        example: AccessAction
    ) {
        self.subject = subject
        self.reason = reason
        self.actions = actions
        self.count = count
        self.first = first
        self.last = last
        self.example = example
    }
}

/// Why an authorised request made no rule.
package enum UnlearnedReason: String, Hashable, Sendable, Codable, CaseIterable {
    case systemUser = "a user of Kubernetes itself (system:), whose roles the API server keeps"
    case everyone = "allowed to everyone by Kubernetes' default roles"
    case ownDefault = "allowed by a default role that Kubernetes binds to this service account"
    case privileged = "let through as a member of system:masters, whom no role is asked for"
    case excluded = "the subject is excluded by the configuration"
    case noVerb = "no verb"
    case wildcard = "holds a * that a rule would take for a pattern"
    case authorizationVerb = "a verb that is no request of its own (bind, escalate, approve, sign, attest, use)"
    case unnamedImpersonation = "an impersonation that names nobody"
    case unknownImpersonation = "a constrained impersonation of which it is not known what was checked"
    case malformed = "not a request that RBAC could describe"
    case otherCluster = "a request to another cluster"

    /// True if a person has to look: the request was allowed, and the generated roles do not allow it.
    package var needsAttention: Bool {
        switch self {
        case .wildcard, .authorizationVerb, .unnamedImpersonation, .unknownImpersonation, .malformed: true
        case .systemUser, .everyone, .ownDefault, .privileged, .excluded, .noVerb, .otherCluster: false
        }
    }
}
