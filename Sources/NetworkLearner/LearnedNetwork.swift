package import Domain

/// What was learned: the policies, and what was left out of them.
package struct LearnedNetwork: Sendable {
    /// Sorted by workload.
    package let policies: [WorkloadPolicy]
    /// Every connection that some policy must allow, for the replay.
    package let learned: LearnedConnections
    /// Held-back connections that belong to no policy's workload, and workloads for which none could be written.
    package let unplaced: [HeldBackConnection]
    /// Every connection that was held back, sorted, each once.
    package let heldBack: [HeldBackConnection]
    /// The labels that records carried for each workload, sorted: all there is to judge by without an inventory.
    package let observedLabels: [WorkloadID: [Labels]]
    /// Workloads that no selector can be written for, sorted, each with what would mend it.
    package let refused: [SelectorRefusal]
    /// Notes for people, such as learning without an inventory.
    package let notes: [String]

    package init(
        policies: [WorkloadPolicy], learned: LearnedConnections, unplaced: [HeldBackConnection],
        heldBack: [HeldBackConnection], observedLabels: [WorkloadID: [Labels]], refused: [SelectorRefusal] = [],
        notes: [String]
    ) {
        self.policies = policies
        self.learned = learned
        self.unplaced = unplaced
        self.heldBack = heldBack
        self.observedLabels = observedLabels
        self.refused = refused
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

/// All learned connections in one order, written out when they are asked for: a cluster may have millions.
package struct LearnedConnections: RandomAccessCollection, Sendable {
    private enum Storage: Sendable {
        case list([LearnedConnection])
        case table(EdgeTable, [Int32])
    }

    private let storage: Storage

    /// Connections that are written out already.
    package init(_ list: [LearnedConnection]) { storage = .list(list) }

    init(_ numbers: [Int32], of table: EdgeTable) { storage = .table(table, numbers) }

    package var startIndex: Int { 0 }

    package var endIndex: Int {
        switch storage {
        case .list(let list): list.count
        case .table(_, let numbers): numbers.count
        }
    }

    package subscript(position: Int) -> LearnedConnection {
        switch storage {
        case .list(let list): list[position]
        case .table(let table, let numbers): table.connection(numbers[position])
        }
    }
}

/// A workload for which no selector was found that is its own.
package struct SelectorRefusal: Hashable, Sendable {
    package let workload: WorkloadID
    /// Other workloads with pods that every possible selector would match as well; sorted, a few of them.
    package let rivals: [WorkloadID]
    /// The change that would mend it, in words.
    package let advice: String

    package init(workload: WorkloadID, rivals: [WorkloadID], advice: String) {
        self.workload = workload
        self.rivals = rivals
        self.advice = advice
    }
}
