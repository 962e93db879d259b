/// Which workload stands behind something that a record shows.
package enum WorkloadMatch: Hashable, Sendable {
    /// A workload of the inventory.
    case declared(WorkloadID)
    /// The record, or a former lease, names an owner that no object declares: deleted since, or in another cluster.
    case undeclared(WorkloadID)
    /// Several are possible; sorted.
    case ambiguous([WorkloadID])
    case unknown

    /// The workload if there is exactly one, declared or not.
    package var workload: WorkloadID? {
        switch self {
        case .declared(let id), .undeclared(let id): id
        case .ambiguous, .unknown: nil
        }
    }
}
