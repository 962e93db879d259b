import Domain

/// Ports of the ephemeral range that the IANA registry gives to a service (Service Name and Transport Protocol Port Number
/// Registry): mobile networks' signalling over SCTP, which is the one use of SCTP that is common in clusters.
enum RegisteredPort {
    private static let sctp: Set<UInt16> = [
        36412, 36422, 36423, 36424, 36443, 36444, 36462, 38412, 38422, 38462, 38472,
    ]

    /// True if a server is expected there, whether or not anything declares it.
    static func isServer(_ protocol: NetworkProtocol, _ port: Port) -> Bool {
        `protocol` == .sctp && sctp.contains(port.rawValue)
    }
}
