import Domain

/// Edges with the facts of all their rows merged, in one order whatever the order of the input was.
struct MergedEdges {
    struct Row {
        let edge: ConnectionEdge
        let fact: ConnectionFact
    }

    let rows: [Row]
    /// The name by which records call their own cluster: one that is known for it, or else the most common one; empty
    /// where there is none.
    let localCluster: String

    init(_ input: [(edge: ConnectionEdge, fact: ConnectionFact)], ownNames: Set<String>) {
        var facts: [ConnectionEdge: ConnectionFact] = Dictionary(minimumCapacity: input.count)
        for (edge, fact) in input {
            if facts[edge]?.merge(fact) == nil { facts[edge] = fact }
        }
        rows = facts.map { Row(edge: $0.key, fact: $0.value) }
        localCluster = Self.localCluster(rows, ownNames)
    }

    private static func localCluster(_ rows: [Row], _ ownNames: Set<String>) -> String {
        var seen: [String: Int] = [:]
        for row in rows {
            for peer in [row.edge.source, row.edge.destination] where !peer.remoteCluster.isEmpty {
                seen[peer.remoteCluster, default: 0] += 1
            }
        }
        if let own = ownNames.filter({ seen[$0] != nil }).min() { return own }
        return seen.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    }
}
