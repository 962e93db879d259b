package import Domain

/// What one grantee needs: a ServiceAccount, a User, or a Group with the union of its members' use.
package struct LearnedSubject: Hashable, Sendable {
    /// The cluster's first, then those of namespaces; never empty.
    package let roles: [LearnedRole]
    /// What the maturity is judged from.
    package let history: AccessHistory
    /// Every request that the roles must allow, each once, in a fixed order: for the replay.
    package let observed: [ObservedAccess]
    /// Checks of the API server that no audit event shows, and that need a person's decision.
    package let gaps: [AccessGap]
    let names: SubjectName

    package var subject: Subject { names.subject }

    /// The name of its generated objects, and of their file.
    ///
    /// Legal for both, at most 63 characters, and the same on each run.
    package var name: String { names.base }

    init(
        names: SubjectName, roles: [LearnedRole], history: AccessHistory, observed: [ObservedAccess], gaps: [AccessGap]
    ) {
        self.names = names
        self.roles = roles
        self.history = history
        self.observed = observed
        self.gaps = gaps
    }
}

/// When the learned requests of a subject were seen.
package struct AccessHistory: Hashable, Sendable {
    package var days: DaySet
    package var first: Timestamp
    package var last: Timestamp
    /// When the newest permission was first used. A new name is new only where the rule lists names.
    package var lastNovelty: Timestamp

    package init(days: DaySet, first: Timestamp, last: Timestamp, lastNovelty: Timestamp) {
        self.days = days
        self.first = first
        self.last = last
        self.lastNovelty = lastNovelty
    }
}

/// One authorised request, by the one who really made it.
package struct ObservedAccess: Hashable, Sendable {
    package let requester: Subject
    /// The requester's groups, sorted, those that the API server adds by itself among them or not.
    @Exact package private(set) var groups: [String]
    package let action: AccessAction

    package init(requester: Subject, groups: [String], action: AccessAction) {
        self.requester = requester
        self.groups = groups
        self.action = action
    }
}
