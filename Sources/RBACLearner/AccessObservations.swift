package import Domain

/// What the access learner learns from.
package struct AccessObservations: Sendable {
    package let cluster: ClusterName
    package let edges: [AccessEdge: AccessFact]
    /// The groups with which each subject was seen.
    package let memberships: [Subject: Set<ExactText>]
    /// The cluster's objects; its live grants tell what everyone has anyway. May be empty.
    package let inventory: ClusterInventory
    /// The newest observation in the store: what stands for now.
    package let newest: Timestamp

    package init(
        cluster: ClusterName, edges: [AccessEdge: AccessFact], memberships: [Subject: Set<ExactText>],
        inventory: ClusterInventory, newest: Timestamp
    ) {
        self.cluster = cluster
        self.edges = edges
        self.memberships = memberships
        self.inventory = inventory
        self.newest = newest
    }

    /// True if an event named the verb of constrained impersonation, so that others that were allowed by one do as well.
    ///
    /// API servers do from 1.35 on (`authenticationMetadata.impersonationConstraint`); entries of GKE have no such field.
    package var showsConstraints: Bool {
        edges.keys.contains { edge in
            switch ImpersonationVerb(edge.action.verb) {
            case .identity, .action: edge.cluster == cluster
            case .unconstrained, nil: false
            }
        }
    }
}

/// How roles are learned.
package struct AccessLearningOptions: Hashable, Sendable {
    /// How many names of one resource a rule may list; above it, the rule holds for any name.
    package var namesThreshold: Int
    /// Subjects for which nothing is learned, such as break-glass users and groups.
    package var excludedSubjects: Set<Subject>

    /// What is granted along with what was observed; nothing by default.
    package var bundles: Set<AccessBundle>

    package init(
        namesThreshold: Int = 20, excludedSubjects: Set<Subject> = [], bundles: Set<AccessBundle> = []
    ) {
        self.bundles = bundles
        self.namesThreshold = namesThreshold
        self.excludedSubjects = excludedSubjects
    }
}
