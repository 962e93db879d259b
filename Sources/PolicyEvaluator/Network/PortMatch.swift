import Domain

/// One entry of a rule's `ports`.
enum PortMatch {
    case all(NetworkProtocol)
    /// Both ends included; nothing is in it where the last is below the first.
    case numbers(NetworkProtocol, first: Port, last: Port)
    case name(NetworkProtocol, String)

    init(_ port: NetworkPolicy.PolicyPort) {
        switch port.port {
        case nil: self = .all(port.protocol)
        case .number(let first): self = .numbers(port.protocol, first: first, last: port.endPort ?? first)
        case .name(let name): self = .name(port.protocol, name)
        }
    }

    /// True if it holds the port by number, or as one of the names that the destination gives to it.
    func matches(_ target: PortTarget) -> Bool {
        switch self {
        case .all(let `protocol`): `protocol` == target.protocol
        case .numbers(let `protocol`, let first, let last):
            `protocol` == target.protocol && first <= target.port && target.port <= last
        case .name(let `protocol`, let name): `protocol` == target.protocol && target.names.contains(name)
        }
    }
}

/// What a connection is opened to, with the names that its destination has for it.
struct PortTarget {
    let `protocol`: NetworkProtocol
    let port: Port
    let names: [String]
}
