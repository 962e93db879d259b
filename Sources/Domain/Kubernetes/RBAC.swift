/// A `rbac.authorization.k8s.io/v1` Role (with a namespace) or ClusterRole (without).
package struct Role: Hashable, Sendable, Codable {
    /// The cluster scope for a ClusterRole.
    @Exact package var namespace: Namespace
    @Exact package var name: String
    package var labels: Labels
    package var annotations: Labels
    package var rules: [PolicyRule]
    /// ClusterRole only: the selectors of `aggregationRule`; a controller fills the rules from the roles they match.
    package var aggregation: [LabelSelector]
    /// When the live object was created; nil for one of a repository.
    package var created: Timestamp?

    package init(
        namespace: Namespace, name: String, labels: Labels = [:], annotations: Labels = [:], rules: [PolicyRule],
        aggregation: [LabelSelector] = []
    ) {
        self.namespace = namespace
        self.name = name
        self.labels = labels
        self.annotations = annotations
        self.rules = rules
        self.aggregation = aggregation
    }

    package var isClusterRole: Bool { namespace == .clusterScope }
}

/// `rbac/v1` PolicyRule: verbs on resources (with API groups, perhaps names) or on non-resource URLs.
///
/// All of it is compared by bytes, as the authorizer does.
package struct PolicyRule: Hashable, Sendable, Codable {
    @Exact package var verbs: [String]
    @Exact package var apiGroups: [String]
    @Exact package var resources: [String]
    /// Empty means every name.
    @Exact package var resourceNames: [String]
    @Exact package var nonResourceURLs: [String]

    package init(
        verbs: [String], apiGroups: [String] = [], resources: [String] = [], resourceNames: [String] = [],
        nonResourceURLs: [String] = []
    ) {
        self.verbs = verbs
        self.apiGroups = apiGroups
        self.resources = resources
        self.resourceNames = resourceNames
        self.nonResourceURLs = nonResourceURLs
    }
}

/// A RoleBinding (with a namespace) or ClusterRoleBinding (without).
package struct RoleBinding: Hashable, Sendable, Codable {
    /// The cluster scope for a ClusterRoleBinding.
    @Exact package var namespace: Namespace
    @Exact package var name: String
    package var labels: Labels
    package var annotations: Labels
    package var role: RoleReference
    package var subjects: [Subject]
    /// When the live object was created; nil for one of a repository.
    package var created: Timestamp?

    /// The role that a binding grants (`roleRef`).
    package struct RoleReference: Hashable, Sendable, Codable {
        /// True for a ClusterRole, false for a Role of the binding's namespace.
        package var isClusterRole: Bool
        @Exact package var name: String

        package init(isClusterRole: Bool, name: String) {
            self.isClusterRole = isClusterRole
            self.name = name
        }
    }

    package init(
        namespace: Namespace, name: String, labels: Labels = [:], annotations: Labels = [:], role: RoleReference,
        subjects: [Subject]
    ) {
        self.namespace = namespace
        self.name = name
        self.labels = labels
        self.annotations = annotations
        self.role = role
        self.subjects = subjects
    }

    package var isClusterRoleBinding: Bool { namespace == .clusterScope }
}

/// Roles and bindings that act together.
package struct AccessGrants: Hashable, Sendable {
    package var roles: [Role]
    package var bindings: [RoleBinding]

    package init(roles: [Role] = [], bindings: [RoleBinding] = []) {
        self.roles = roles
        self.bindings = bindings
    }
}
