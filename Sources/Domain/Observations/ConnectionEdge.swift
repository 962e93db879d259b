/// The key of aggregated connections: who reached whom, with which protocol, on which port of the destination.
package struct ConnectionEdge: Hashable, Sendable {
    package let cluster: ClusterName
    package let source: ObservedPeer
    package let destination: ObservedPeer
    package let `protocol`: NetworkProtocol
    /// The destination's port as the record has it (a Service's port where it was seen before translation);
    /// 0 for ICMP.
    package let port: Port
    package let direction: Direction

    /// Whether the record tells who opened the connection.
    package enum Direction: UInt8, Hashable, Sendable, Codable {
        /// The source opened the connection, by the record's own word or by its TCP flags.
        case known = 0
        /// The record does not tell requests from replies; source and destination are the likelier way round.
        /// Never enough for a rule without more.
        case unknown = 1
    }

    package init(
        cluster: ClusterName, source: ObservedPeer, destination: ObservedPeer, protocol: NetworkProtocol, port: Port,
        direction: Direction
    ) {
        self.cluster = cluster
        self.source = source
        self.destination = destination
        self.protocol = `protocol`
        self.port = port
        self.direction = direction
    }
}
