/// An `audit.k8s.io/v1` Policy: which requests the API server records, and at which of their stages.
///
/// The first rule that matches a request decides; one that no rule matches is not recorded (Kubernetes documentation,
/// "Auditing", and `EvaluatePolicyRule` in k8s.io/apiserver, pkg/audit/policy/checker.go).
package struct AuditPolicy: Hashable, Sendable {
    /// Omitted for every rule, besides what the rule itself omits.
    package var omitStages: Set<Stage>
    package var rules: [Rule]

    /// How much of a request is recorded; all but `none` hold who asked for what, and whether it was allowed.
    package enum Level: String, Hashable, Sendable, CaseIterable {
        case none = "None"
        case metadata = "Metadata"
        case request = "Request"
        case requestResponse = "RequestResponse"
    }

    /// When an event is written in a request's life.
    package enum Stage: String, Hashable, Sendable, CaseIterable {
        /// Before authorization: it says nothing about whether the request was allowed.
        case requestReceived = "RequestReceived"
        /// Long-running requests only, such as watch and exec.
        case responseStarted = "ResponseStarted"
        case responseComplete = "ResponseComplete"
        /// In place of `responseComplete` where the server failed.
        case panic = "Panic"
    }

    /// One rule; an empty list restricts nothing.
    ///
    /// Words are compared as they are: `*` means something in `resources` and `nonResourceURLs` alone.
    package struct Rule: Hashable, Sendable {
        package var level: Level
        package var users: [String]
        package var userGroups: [String]
        package var verbs: [String]
        package var resources: [GroupResources]
        /// The cluster scope (an empty string) for requests without a namespace.
        package var namespaces: [Namespace]
        package let nonResourceURLs: [String]
        package var omitStages: Set<Stage>
        let paths: [PathPattern]

        package init(
            level: Level, users: [String] = [], userGroups: [String] = [], verbs: [String] = [],
            resources: [GroupResources] = [], namespaces: [Namespace] = [], nonResourceURLs: [String] = [],
            omitStages: Set<Stage> = []
        ) {
            self.level = level
            self.users = users
            self.userGroups = userGroups
            self.verbs = verbs
            self.resources = resources
            self.namespaces = namespaces
            self.nonResourceURLs = nonResourceURLs
            self.omitStages = omitStages
            paths = nonResourceURLs.map(PathPattern.init)
        }
    }

    /// Resources of one API group. No wildcard stands for every group.
    package struct GroupResources: Hashable, Sendable {
        package let group: String
        /// `pods`, `pods/log`, `pods/*` (pods and all of their subresources), `*/scale` or `*`; empty for all.
        package let resources: [String]
        /// Empty for every name; matters only beside `resources`.
        package let resourceNames: [String]
        let patterns: [ResourcePattern]

        package init(group: String, resources: [String] = [], resourceNames: [String] = []) {
            self.group = group
            self.resources = resources
            self.resourceNames = resourceNames
            patterns = resources.map(ResourcePattern.init)
        }
    }

    package init(omitStages: Set<Stage> = [], rules: [Rule]) {
        self.omitStages = omitStages
        self.rules = rules
    }
}
