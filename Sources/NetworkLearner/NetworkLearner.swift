package import Domain

/// Derives a least-privilege policy for each workload from what was observed. Pure: same values in, same values out.
package struct NetworkLearner: Sendable {
    package let options: NetworkLearningOptions

    package init(options: NetworkLearningOptions = NetworkLearningOptions()) {
        self.options = options
    }

    /// Learns the policies of one cluster.
    ///
    /// Cost is linear in the number of edges. Edges may come in any order, and the same edge in several parts.
    package func learn(_ observations: NetworkObservations) -> LearnedNetwork {
        var inventory = observations.inventory
        let ownNames = inventory.aliases.union([inventory.cluster.rawValue, observations.cluster.rawValue])
        let merged = MergedEdges(observations.edges, ownNames: ownNames)
        inventory.aliases.insert(merged.localCluster)
        let view = ClusterView(inventory, clusterRanges: options.clusterRanges)
        var resolver = EdgeResolver(view: view, cluster: observations.cluster)
        var ledger = EdgeLedger()
        for row in merged.rows { resolver.resolve(row, into: &ledger) }
        ledger.holdBursts(options.burst)
        ledger.holdUnanswered(options.unanswered)
        ledger.holdUndeclaredDirections { view.declares($0, protocol: $1, port: $2) }

        let catalog = WorkloadCatalog(view: view, observedLabels: ledger.observedLabels)
        ledger.holdUnselectable(catalog)
        return PolicyBuilder(catalog: catalog, view: view, options: options, newest: observations.newest).build(ledger)
    }
}

/// What the network learner learns from.
package struct NetworkObservations: Sendable {
    package let cluster: ClusterName
    package let edges: [(edge: ConnectionEdge, fact: ConnectionFact)]
    package let inventory: ClusterInventory
    /// The newest observation in the store: what stands for now.
    package let newest: Timestamp

    package init(
        cluster: ClusterName, edges: [(edge: ConnectionEdge, fact: ConnectionFact)], inventory: ClusterInventory,
        newest: Timestamp
    ) {
        self.cluster = cluster
        self.edges = edges
        self.inventory = inventory
        self.newest = newest
    }
}

/// What was learned: the policies, and what was left out of them.
package struct LearnedNetwork: Sendable {
    /// Sorted by workload.
    package let policies: [WorkloadPolicy]
    /// Every connection that some policy must allow, for the replay.
    package let learned: [LearnedConnection]
    /// Held-back connections that belong to no policy's workload, and workloads for which none could be written.
    package let unplaced: [HeldBackConnection]
    /// Every connection that was held back, sorted, each once.
    package let heldBack: [HeldBackConnection]
    /// The labels that records carried for each workload, sorted: all there is to judge by without an inventory.
    package let observedLabels: [WorkloadID: [Labels]]
    /// Notes for people, such as learning without an inventory.
    package let notes: [String]

    package init(
        policies: [WorkloadPolicy], learned: [LearnedConnection], unplaced: [HeldBackConnection],
        heldBack: [HeldBackConnection], observedLabels: [WorkloadID: [Labels]], notes: [String]
    ) {
        self.policies = policies
        self.learned = learned
        self.unplaced = unplaced
        self.heldBack = heldBack
        self.observedLabels = observedLabels
        self.notes = notes
    }
}

/// One learned connection with both ends resolved, as the evaluator replays it.
package struct LearnedConnection: Hashable, Sendable {
    package let source: Party
    package let destination: Party
    package let `protocol`: NetworkProtocol
    /// The port of the pod or of the outside address, after translation of a Service address.
    package let port: Port

    package init(source: Party, destination: Party, protocol: NetworkProtocol, port: Port) {
        self.source = source
        self.destination = destination
        self.protocol = `protocol`
        self.port = port
    }
}

/// Thresholds and facts that the records cannot tell. All have defaults.
package struct NetworkLearningOptions: Hashable, Sendable {
    package var maturity = MaturityThresholds()
    package var burst = BurstOptions()
    package var unanswered = UnansweredOptions()
    /// Ranges of the cluster's nodes; empty means the node addresses of the inventory and of the records.
    package var nodeRanges: [CIDR] = []
    /// Ranges of the API server; empty means the addresses of the `kubernetes` Service's endpoints and of the records.
    package var apiServerRanges: [CIDR] = []

    /// Ranges of pods and Services, in addition to what the inventory tells. Nothing in them becomes an ipBlock.
    package var clusterRanges: [CIDR] = []

    package init() {}
}

/// When a fan-out counts as a scan: at least `minimumTargets` distinct destinations and ports that one workload tried for
/// the first and last time within one window, of which at least the given share was never accepted.
package struct BurstOptions: Hashable, Sendable {
    package var windowSeconds: Double = 600
    package var minimumTargets: Int = 12
    package var refusedShare: Double = 0.5

    package init() {}
}

/// When an edge counts as never answered: on at least that many distinct days it was tried, with first packets only and
/// no answer, in a store that shows answers. Days count rather than records, since a file that is read twice repeats these.
package struct UnansweredOptions: Hashable, Sendable {
    package var minimumDays: Int = 5

    package init() {}
}
