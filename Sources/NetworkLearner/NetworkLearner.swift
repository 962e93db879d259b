package import Domain

/// Derives a least-privilege policy for each workload from what was observed. Pure: same values in, same values out.
///
/// In four steps, each of a cost that is linear in the number of edges but for one sort: both sides of each edge become
/// parties (`EdgeResolver`), equal edges are merged in one order (`EdgeTable`), what must not become a rule is held back
/// (`EdgeLedger`), and the rest becomes rules (`PolicyBuilder`).
package struct NetworkLearner: Sendable {
    package let options: NetworkLearningOptions

    package init(options: NetworkLearningOptions = NetworkLearningOptions()) {
        self.options = options
    }

    /// Learns the policies of one cluster. Edges may come in any order.
    package func learn(_ observations: consuming NetworkObservations) -> LearnedNetwork {
        let (newest, source) = (observations.newest, observations.source)
        var inventory = observations.inventory
        let table = observations.connections
        _ = consume observations
        let ownNames = inventory.aliases.union([inventory.cluster.rawValue, table.cluster.rawValue])
        inventory.aliases.insert(LocalCluster.name(in: table, ownNames: ownNames))
        let view = ClusterView(inventory, options: options)
        let (edges, held, observedLabels) = resolved(consume table, view)

        let catalog = WorkloadCatalog(view: view, profile: options.profile, observedLabels: observedLabels)
        var ledger = EdgeLedger(edges: edges, rows: held, view: view, options: options)
        ledger.holdAll(catalog)
        return PolicyBuilder(
            catalog: catalog, view: view, options: options, newest: newest, source: source, ledger: ledger
        ).build(observedLabels: observedLabels)
    }

    private func resolved(
        _ table: consuming ConnectionTable, _ view: ClusterView
    ) -> (edges: EdgeTable, held: [Resolution.HeldRow], observedLabels: [WorkloadID: Set<Labels>]) {
        let table = consume table
        var resolver = EdgeResolver(view: view, options: options, table: table)
        resolver.resolveAll()
        let labels = resolver.observedLabels
        let resolution = (consume resolver).resolution
        return (EdgeTable(resolution, of: table), resolution.held, labels)
    }
}

/// What the network learner learns from.
package struct NetworkObservations: Sendable {
    package let connections: ConnectionTable
    package let inventory: ClusterInventory
    /// The newest observation in the store: what stands for now.
    package let newest: Timestamp
    /// When the sources of connections were recording, and how much they lost.
    package let source: SourceDays

    package init(
        connections: ConnectionTable, inventory: ClusterInventory, newest: Timestamp,
        source: SourceDays = SourceDays([])
    ) {
        self.source = source
        self.connections = connections
        self.inventory = inventory
        self.newest = newest
    }

    /// The same edge may come in several parts.
    package init(
        cluster: ClusterName, edges: [(edge: ConnectionEdge, fact: ConnectionFact)], inventory: ClusterInventory,
        newest: Timestamp
    ) {
        self.init(
            connections: ConnectionTable(cluster: cluster, edges: edges), inventory: inventory, newest: newest)
    }
}

/// By which name records call their own cluster.
enum LocalCluster {
    /// One of the names that are known for it, or else the most common one; empty where records name none.
    static func name(in table: ConnectionTable, ownNames: Set<String>) -> String {
        let named = table.peers.map { !$0.remoteCluster.isEmpty }
        var seen: [String: Int] = [:]
        for row in table.rows {
            for number in [Int(row.source), Int(row.destination)] where named[number] {
                seen[table.peers[number].remoteCluster, default: 0] += 1
            }
        }
        if let own = ownNames.filter({ seen[$0] != nil }).min() { return own }
        return seen.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    }
}
