/// Where a sweep over one cluster's rows stands: a table, and the key that was looked at last.
enum PrunePosition: Hashable {
    case connectionFacts(edge: Int64, period: Int64)
    case accessFacts(edge: Int64, period: Int64)
    case addresses(address: String, peer: Int64, pod: String)
    case names(address: String, name: String)
    case memberships(subject: Int64, group: String)
    case coverage(source: Int64, day: Int64)

    /// Before the first row of the first table.
    static let start = PrunePosition.connectionFacts(edge: .min, period: .min)

    /// Before the first row of the table after this one; nil after the last.
    var nextTable: PrunePosition? {
        switch self {
        case .connectionFacts: .accessFacts(edge: .min, period: .min)
        case .accessFacts: .addresses(address: "", peer: .min, pod: "")
        case .addresses: .names(address: "", name: "")
        case .names: .memberships(subject: .min, group: "")
        case .memberships: .coverage(source: .min, day: .min)
        case .coverage: nil
        }
    }
}

/// Keys of rows that a step of pruning found to be too old.
struct PruneFindings {
    var connectionFacts: [(edge: Int64, period: Int64, source: Int64, destination: Int64)] = []
    var accessFacts: [(edge: Int64, period: Int64, subject: Int64, reason: Int64)] = []
    var addresses: [(address: String, peer: Int64, pod: String)] = []
    var names: [(address: String, name: String)] = []
    var memberships: [(subject: Int64, group: String)] = []
    var coverage: [(source: Int64, day: Int64)] = []
    /// Where the next step goes on; nil at the end of the sweep.
    var next: PrunePosition?

    var isEmpty: Bool {
        connectionFacts.isEmpty && accessFacts.isEmpty && addresses.isEmpty && names.isEmpty && memberships.isEmpty
            && coverage.isEmpty
    }
}
