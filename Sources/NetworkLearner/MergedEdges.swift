import Domain

/// Edges with the facts of all their rows merged, in one order whatever the order of the input was.
struct MergedEdges {
    struct Row {
        let edge: ConnectionEdge
        let fact: ConnectionFact
    }

    let rows: [Row]
    /// The name by which most records call their own cluster; empty where none does.
    let localCluster: String

    init(_ input: [(edge: ConnectionEdge, fact: ConnectionFact)]) {
        var facts: [ConnectionEdge: ConnectionFact] = Dictionary(minimumCapacity: input.count)
        for (edge, fact) in input {
            if facts[edge]?.merge(fact) == nil { facts[edge] = fact }
        }
        rows = facts.map { Row(edge: $0.key, fact: $0.value) }
        localCluster = Self.mostCommonCluster(rows)
    }

    private static func mostCommonCluster(_ rows: [Row]) -> String {
        var seen: [String: Int] = [:]
        for row in rows {
            for peer in [row.edge.source, row.edge.destination] where !peer.remoteCluster.isEmpty {
                seen[peer.remoteCluster, default: 0] += 1
            }
        }
        return seen.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    }
}
