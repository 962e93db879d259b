/// Answers questions about one cluster's inventory: built once in linear time, then each answer costs a look-up.
///
/// Where more than one answer is possible it says so; it never picks one.
package struct InventoryIndex: Sendable {
    /// What the answers are taken from.
    package let inventory: ClusterInventory
    let workloads: [WorkloadID: Workload]
    /// Workloads of kinds that Kubernetes does not have itself (Rollout, DeploymentConfig), by name.
    let customWorkloads: [NamespacedName: [WorkloadID]]
    let podsByName: [NamespacedName: Pod]
    let podsByOwner: [WorkloadID: [Pod]]
    let selectors: SelectorIndex
    let services: ServiceIndex
    let leases: LeaseIndex
    let nodes: [IPAddress: Node]
    let podRanges: RangeSet

    /// Builds the index.
    package init(_ inventory: ClusterInventory) {
        self.inventory = inventory
        workloads = Dictionary(inventory.workloads.map { ($0.id, $0) }) { first, _ in first }
        let custom = inventory.workloads.map(\.id).filter { !WorkloadKind.builtIn.contains($0.kind) }
        customWorkloads = Dictionary(grouping: custom) { NamespacedName($0.namespace, $0.name) }
        podsByName = Dictionary(inventory.pods.map { (NamespacedName($0.namespace, $0.name), $0) }) { first, _ in first
        }
        podsByOwner = Dictionary(grouping: inventory.pods, by: \.owner)
        selectors = SelectorIndex(inventory.workloads)
        services = ServiceIndex(inventory)
        leases = LeaseIndex(inventory.leases)
        let addressed = inventory.nodes.flatMap { node in node.addresses.map { ($0, node) } }
        nodes = Dictionary(addressed) { first, _ in first }
        podRanges = RangeSet(inventory.nodes.flatMap(\.podCIDRs))
    }

    /// The cluster that the inventory is of.
    package var cluster: ClusterName { inventory.cluster }

    /// The workload as declared; nil if no object declares it.
    package func workload(_ id: WorkloadID) -> Workload? { workloads[id] }

    /// The pod as the API server lists it; nil if it is gone.
    package func pod(_ name: String, in namespace: Namespace) -> Pod? {
        podsByName[NamespacedName(namespace, name)]
    }

    /// The listed pods of a workload, sorted by name.
    package func pods(of id: WorkloadID) -> [Pod] { podsByOwner[id] ?? [] }

    /// The listed pods that have an address now: one, or several on the host's network; finished ones are left out.
    package func pods(at address: IPAddress) -> [Pod] { services.podsByAddress[address] ?? [] }
}

/// An object's name with its namespace, as a key.
struct NamespacedName: Hashable, Sendable {
    let namespace: Namespace
    let name: String

    init(_ namespace: Namespace, _ name: String) {
        self.namespace = namespace
        self.name = name
    }
}

/// Kinds of pod owners.
package enum WorkloadKind {
    /// Those of Kubernetes itself.
    package static let builtIn: Set<String> = [
        "CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "ReplicationController", "StatefulSet",
    ]
    /// Those that people write and keep: a policy selects their pods whoever owns them in turn.
    package static let lasting: Set<String> = ["CronJob", "DaemonSet", "Deployment", "StatefulSet"]
}
