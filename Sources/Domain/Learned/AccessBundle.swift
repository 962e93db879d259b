/// Permissions that go together, of which the observed ones give the others where the configuration says so.
///
/// By default nothing is bundled: only what was observed is granted. No bundle reaches another namespace, a wider scope or
/// other names than what was observed.
package enum AccessBundle: String, Hashable, Sendable, Codable, CaseIterable {
    /// Of get, list and watch, any gives all: an informer lists, watches, and gets on the way (client-go).
    case read
    /// Use of a lease in the own namespace gives get and update of it, and create (client-go, leaderelection).
    case leaderElection
    /// Create or patch of events gives create, patch and update: a recorder patches what repeats (client-go, record).
    case events

    /// Why the bundle gives more than was observed, behind "inferred".
    package var reason: String {
        switch self {
        case .read: "the bundle read gives get, list and watch together"
        case .leaderElection: "the bundle leaderElection gives get, update and create of a lease together"
        case .events: "the bundle events gives create, patch and update of events together"
        }
    }
}

extension AccessBundle: Comparable {
    /// The order of the cases.
    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
