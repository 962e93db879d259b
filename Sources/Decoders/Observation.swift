package import Domain

/// One side of a decoded connection, by numbers into `ObservationTables`.
package struct PeerReference: Hashable, Sendable {
    package let peer: Int32
    /// The address of a peer that is no pod; -1 for pods, whose edges do not depend on addresses.
    package let address: Int32
}

/// What a record's sample text is made of; the decoder that made it renders it, and only when somebody keeps it.
package struct SampleReference: Hashable, Sendable {
    package let first: UInt64
    package let second: UInt64
    package let third: UInt64
    package let fourth: UInt64
}

/// One decoded network record.
package struct Connection: Sendable {
    /// Who opened the connection.
    package let source: PeerReference
    package let destination: PeerReference
    package let `protocol`: NetworkProtocol
    package let port: Port
    package let direction: ConnectionEdge.Direction
    package let outcome: Outcome
    package let time: Timestamp
    package let sample: SampleReference

    /// What the record shows of the connection.
    package enum Outcome: UInt8, Sendable {
        case opened, attempted, answered, refused
    }
}

/// One decoded request to the Kubernetes API.
package struct Access: Sendable {
    package internal(set) var subject: Int32
    package internal(set) var action: Int32
    /// The authorizer's reason; -1 where there is none.
    package internal(set) var reason: Int32
    /// The workload that the request came from; -1 where it is not known, or the request was impersonated.
    package internal(set) var caller: Int32
    package internal(set) var decision: AccessEdge.Decision
    /// False for a further event of a request that has been counted.
    package let isCounted: Bool
    package let isDryRun: Bool
    package let time: Timestamp
    package internal(set) var sample: SampleReference
}

/// A pod was seen at an address; both are numbers into `ObservationTables`.
package struct PodSighting: Sendable {
    package let pod: Int32
    package let address: Int32
    package let time: Timestamp
}

/// A name was seen for an address; both are numbers into `ObservationTables`.
package struct NamedAddress: Hashable, Sendable {
    package let name: Int32
    package let address: Int32
}

/// A user was seen with its groups; a number into `ObservationTables`.
package struct UserSighting: Sendable {
    package let user: Int32
    package let time: Timestamp
}
