/// All connections of one cluster, with each peer held once: a million edges name far fewer peers.
package struct ConnectionTable: Sendable {
    /// The cluster that the records come from.
    package let cluster: ClusterName
    /// Each distinct peer once; rows name them by position.
    package private(set) var peers: [ObservedPeer]
    /// In any order; no two rows are of the same edge.
    package private(set) var rows: [Row]
    /// What was seen of each row's edge, at the same position.
    ///
    /// Apart from the rows, which are plain numbers: copying a fact counts references.
    package private(set) var facts: [ConnectionFact]

    /// One edge.
    package struct Row: Sendable {
        /// Position of the source in `peers`.
        package let source: Int32
        /// Position of the destination in `peers`.
        package let destination: Int32
        package let `protocol`: NetworkProtocol
        package let port: Port
        package let direction: ConnectionEdge.Direction

        package init(
            source: Int32, destination: Int32, service: (protocol: NetworkProtocol, port: Port),
            direction: ConnectionEdge.Direction
        ) {
            self.source = source
            self.destination = destination
            `protocol` = service.protocol
            port = service.port
            self.direction = direction
        }
    }

    /// A table whose peers are distinct and whose rows are each of another edge, as a store has them.
    ///
    /// - Parameter facts: one for each row.
    package init(cluster: ClusterName, peers: [ObservedPeer], rows: [Row], facts: [ConnectionFact]) {
        self.cluster = cluster
        self.peers = peers
        self.rows = rows
        self.facts = facts
    }

    /// A table of edges in any order; the facts of equal edges are merged.
    package init(cluster: ClusterName, edges: [(edge: ConnectionEdge, fact: ConnectionFact)]) {
        self.init(cluster: cluster, peers: [], rows: [], facts: [])
        var merged: [ConnectionEdge: ConnectionFact] = Dictionary(minimumCapacity: edges.count)
        for (edge, fact) in edges where merged[edge]?.merge(fact) == nil { merged[edge] = fact }
        var numbers: [ObservedPeer: Int32] = [:]
        func number(of peer: ObservedPeer) -> Int32 {
            if let known = numbers[peer] { return known }
            let number = Int32(peers.count)
            numbers[peer] = number
            peers.append(peer)
            return number
        }
        for (edge, fact) in merged {
            rows.append(
                Row(
                    source: number(of: edge.source), destination: number(of: edge.destination),
                    service: (edge.protocol, edge.port), direction: edge.direction))
            facts.append(fact)
        }
    }

    /// The row's edge as a value of its own.
    package func edge(_ row: Row) -> ConnectionEdge {
        ConnectionEdge(
            cluster: cluster, source: peers[Int(row.source)], destination: peers[Int(row.destination)],
            protocol: row.protocol, port: row.port, direction: row.direction)
    }
}
