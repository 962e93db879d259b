package import Domain
import Inventory
package import NetworkLearner
package import RBACLearner
package import Store

/// Learns from what the store holds of one cluster.
package struct LearningJob {
    private let store: Store
    private let cluster: ClusterName
    private let options: LearningOptions
    private let declared: RepositoryDeclarations?

    /// - Parameter declared: what the repository has at its base; nil where none was read.
    package init(
        store: Store, cluster: ClusterName, options: LearningOptions, declared: RepositoryDeclarations? = nil
    ) {
        self.store = store
        self.cluster = cluster
        self.options = options
        self.declared = declared
    }

    /// Reads the store and learns. Throws `EngineError` if the store holds nothing of the cluster.
    package func run() throws -> LearnedCluster {
        guard let newest = try store.newestObservation(cluster: cluster) else { throw try nothingObserved() }
        // Objects are parsed while connections are read: both take long, and neither waits for the other.
        let ((inventory, notes), connections) = try Concurrently.run(
            { try self.inventory() }, { try self.store.connectionTable(cluster: self.cluster) })
        let coverage = try store.coverage(cluster: cluster)
        let source = SourceDays(coverage.filter { $0.source == .hubble })
        let accesses = try store.accesses(cluster: cluster)
        let first = connections.facts.lazy.map(\.first).min()
        // The learner lets go of the table once it has made its own: a million edges are not held twice.
        let observations = NetworkObservations(
            connections: consume connections, inventory: inventory, newest: newest, source: source)
        let network = NetworkLearner(options: networkOptions(inventory)).learn(consume observations)
        let memberships = try store.memberships(cluster: cluster)
        let requests = AccessObservations(
            cluster: cluster, edges: Dictionary(accesses.map { ($0.edge, $0.fact) }) { $1 }, memberships: memberships,
            inventory: inventory, newest: newest)
        let firsts = [first, accesses.lazy.map(\.fact.first).min()]
        return LearnedCluster(
            cluster: cluster, inventory: inventory, network: network,
            access: AccessLearner(options: options.access).learn(requests), requests: requests,
            auditDays: SourceDays(coverage.filter { $0.source == .audit }),
            first: firsts.compactMap { $0 }.min() ?? newest, last: newest, thresholds: options.maturity,
            notes: notes.map(\.text) + network.notes)
    }

    private func inventory() throws -> (inventory: ClusterInventory, notes: [InventoryNote]) {
        var built = InventoryBuilder.build(
            cluster: cluster, objects: try store.objects(cluster: cluster),
            addressSightings: try store.addressSightings(cluster: cluster),
            nameSightings: try store.nameSightings(cluster: cluster))
        built.inventory.repositoryWorkloads = declared?.workloads ?? []
        return built
    }

    /// The options, with ports named where people do so: in the repository, or else in the cluster.
    private func networkOptions(_ inventory: ClusterInventory) -> NetworkLearningOptions {
        var network = options.network
        network.ports.namedIn = (declared?.policies ?? inventory.networkPolicies).namespacesNamingPorts
        return network
    }

    private func nothingObserved() throws -> EngineError {
        let others = try store.clusters().filter { $0 != cluster }.map(\.rawValue)
        let hint =
            others.isEmpty
            ? "run `leastwise observe hubble FILE` or `leastwise observe audit FILE` first"
            : "the store holds \(others.joined(separator: ", ")): name one with --cluster or the key `cluster`"
        return EngineError(
            code: .nothingObserved, message: "nothing was observed in cluster '\(cluster)'", hint: hint)
    }
}

/// The options of both learners.
package struct LearningOptions: Sendable {
    package var network: NetworkLearningOptions
    package var access: AccessLearningOptions
    package var maturity: MaturityThresholds

    package init(network: NetworkLearningOptions, access: AccessLearningOptions, maturity: MaturityThresholds) {
        self.network = network
        self.access = access
        self.maturity = maturity
    }
}

/// What was learned of one cluster.
package struct LearnedCluster: Sendable {
    package let cluster: ClusterName
    package let inventory: ClusterInventory
    package let network: LearnedNetwork
    package let access: LearnedAccess
    /// What the roles were learned from, for a review of grants that exist.
    package let requests: AccessObservations
    /// The days on which audit events were recorded.
    package let auditDays: SourceDays
    /// The observed period.
    package let first: Timestamp
    package let last: Timestamp
    package let thresholds: MaturityThresholds
    /// Notes for people.
    package let notes: [String]

    /// Workloads with policies.
    package var workloadCount: Int { network.policies.count }

    /// Subjects with roles.
    package var subjectCount: Int { access.subjects.count }
}

extension InventoryNote {
    /// The note as one line.
    fileprivate var text: String { object.isEmpty ? problem : "\(object): \(problem)" }
}
