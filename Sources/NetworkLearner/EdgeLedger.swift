import Domain

/// Resolved edges, and edges that were held back with the reason. Filled in any order; read in one.
struct EdgeLedger {
    struct Key: Hashable {
        let source: Party
        let destination: Party
        let `protocol`: NetworkProtocol
        let port: Port
    }

    struct Entry {
        var fact: ConnectionFact
        /// Some record says who opened the connection.
        var hasKnownDirection: Bool
        /// How the edge was established, where it is not plainly observed.
        var notes: Set<String>
        /// The destination's port is open to the outside by declaration (a Service of type NodePort or LoadBalancer).
        var isExposed: Bool

        mutating func merge(_ other: Entry) {
            fact.merge(other.fact)
            hasKnownDirection = hasKnownDirection || other.hasKnownDirection
            notes.formUnion(other.notes)
            isExposed = isExposed || other.isExposed
        }
    }

    /// An edge that makes no rule.
    struct Held {
        let source: WorkloadID?
        let destination: WorkloadID?
        let connection: HeldBackConnection
    }

    private(set) var entries: [Key: Entry] = [:]
    private(set) var held: [Held] = []
    /// Labels that records carried for each workload.
    private(set) var observedLabels: [WorkloadID: Set<Labels>] = [:]

    mutating func add(_ key: Key, fact: ConnectionFact, known: Bool, note: String? = nil, exposed: Bool = false) {
        let notes: Set<String> = note.map { [$0] } ?? []
        let new = Entry(fact: fact, hasKnownDirection: known, notes: notes, isExposed: exposed)
        if entries[key]?.merge(new) == nil { entries[key] = new }
    }

    mutating func hold(
        _ what: String, between parties: (WorkloadID?, WorkloadID?), reason: HoldReason, fact: ConnectionFact
    ) {
        held.append(
            Held(
                source: parties.0, destination: parties.1,
                connection: HeldBackConnection(
                    what: what, reason: reason, count: fact.count, first: fact.first, last: fact.last)))
    }

    /// Takes an entry out of the learnable ones.
    mutating func hold(_ key: Key, reason: HoldReason) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        hold(
            key.text, between: (key.source.workload, key.destination.workload), reason: reason, fact: entry.fact)
    }

    mutating func note(labels: Labels, of workload: WorkloadID) {
        observedLabels[workload, default: []].insert(labels)
    }
}

extension EdgeLedger.Key {
    /// `shop/Deployment/web -> shop/Deployment/api TCP/8080`.
    var text: String {
        "\(source) -> \(destination) \(`protocol`.name)" + (`protocol`.hasPorts ? "/\(port)" : "")
    }
}

extension EdgeLedger.Key: Comparable {
    static func < (left: Self, right: Self) -> Bool {
        (left.source, left.destination, left.protocol, left.port)
            < (right.source, right.destination, right.protocol, right.port)
    }
}
