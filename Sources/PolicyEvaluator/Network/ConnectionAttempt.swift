package import Domain

/// A connection that somebody opens, as the policies of its ends see it: after Service translation.
package struct ConnectionAttempt: Hashable, Sendable {
    package let source: NetworkParty
    package let destination: NetworkParty
    package let `protocol`: NetworkProtocol
    /// The destination's own port, not a Service's.
    package let port: Port
    /// The address that was used; nil if any of the party's addresses may have been.
    package let sourceAddress: IPAddress?
    /// The address that was used; nil if any of the party's addresses may have been.
    package let destinationAddress: IPAddress?

    package init(
        source: NetworkParty, destination: NetworkParty, protocol: NetworkProtocol, port: Port,
        sourceAddress: IPAddress? = nil, destinationAddress: IPAddress? = nil
    ) {
        self.source = source
        self.destination = destination
        self.protocol = `protocol`
        self.port = port
        self.sourceAddress = sourceAddress
        self.destinationAddress = destinationAddress
    }
}
