/// A transport port number, 1 to 65535; 0 where the protocol has no ports (ICMP).
package struct Port: RawRepresentable, Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }
    package init(_ rawValue: UInt16) { self.rawValue = rawValue }
    package var description: String { String(rawValue) }
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// True in Linux' default range of client ports, 32768 to 60999 (`net.ipv4.ip_local_port_range`).
    ///
    /// A server may listen there as well; alone this proves nothing.
    package var isEphemeral: Bool { (32768...60999).contains(rawValue) }
}

/// The protocol of a connection: those that NetworkPolicy can name, and ICMP, which `networking.k8s.io/v1` cannot.
package enum NetworkProtocol: UInt8, Hashable, Comparable, Sendable, Codable, CaseIterable {
    case tcp = 6
    case udp = 17
    case sctp = 132
    case icmpv4 = 1
    case icmpv6 = 58

    /// The name as Kubernetes manifests and Hubble write it.
    package var name: String {
        switch self {
        case .tcp: "TCP"
        case .udp: "UDP"
        case .sctp: "SCTP"
        case .icmpv4: "ICMPv4"
        case .icmpv6: "ICMPv6"
        }
    }

    /// The protocol of that name, or nil for a name that is none of the five.
    package init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// True for the protocols that have ports and that a NetworkPolicy port can name.
    package var hasPorts: Bool { self == .tcp || self == .udp || self == .sctp }

    package static func < (left: Self, right: Self) -> Bool { left.name < right.name }
}
