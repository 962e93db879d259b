import Decoders
package import Domain

/// What happened to a stream, for logs and metrics. Texts are safe to show.
package enum RelayEvent: Sendable, Equatable {
    /// Relay answers; flows since this time were asked for, or what comes next.
    case connected(since: Timestamp?)
    /// The stream ended; the next one begins after the wait.
    case disconnected(RelayError, retryIn: Duration)
    /// What Relay says about nodes; while they are not connected, their flows are missing.
    case nodes(RelayNodes)
    /// Flows of a node are missing: its ring was overwritten while there was no stream.
    case gap(RelayGap)
    /// Records that came again, and were left out.
    case repeated(Int)
    /// Messages that are not what observer.proto says, with the reason of the last one; they are left out.
    case unreadable(Int, ProtobufFault)
    /// Messages of a kind that this version does not know; they are left out.
    case unknown(Int)
    /// Messages that are larger than the bound; they are left out.
    case oversized(Int)
}

/// What Relay says about nodes (relay.proto, `NodeStatusEvent`).
package struct RelayNodes: Sendable, Equatable {
    /// The state of a node; open-ended.
    package struct State: RawRepresentable, Sendable, Hashable {
        /// The number in relay.proto.
        package let rawValue: Int32

        /// Makes a state.
        package init(rawValue: Int32) { self.rawValue = rawValue }

        /// Flows of the node come.
        package static let connected = State(rawValue: 1)
        /// None come until Relay reaches the node again.
        package static let unavailable = State(rawValue: 2)
        /// The node left the cluster.
        package static let gone = State(rawValue: 3)
        /// The node failed while it was asked.
        package static let error = State(rawValue: 4)
    }

    private static let maxNames = 100

    /// The new state of all these nodes.
    package let state: State
    /// The nodes' names, at most 100 of them.
    package private(set) var names: [String] = []
    /// How many nodes there are.
    package private(set) var count = 0
    /// Relay's words; mostly empty.
    package private(set) var message = ""

    /// Whether flows of these nodes are missing. A node that is gone has none.
    package var isMissing: Bool { state == .unavailable || state == .error }

    init(_ bytes: UnsafeRawBufferPointer) throws(ProtobufFault) {
        var number: Int32 = 0
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: number = try field.int32()
            case 2:
                count += 1
                guard names.count < Self.maxNames else { continue }
                names.append(Self.text(try field.bytes()))
            case 3: message = Self.text(try field.bytes())
            default: break
            }
        }
        state = State(rawValue: number)
    }

    static func text(_ bytes: some Collection<UInt8>) -> String {
        String(shown: String(decoding: bytes.prefix(1200), as: UTF8.self), limit: 300)
    }
}

/// A time of which a node's flows are missing.
package struct RelayGap: Sendable, Equatable {
    /// The node's name.
    package let node: String
    /// The time of the last flow before the gap.
    package let from: Timestamp
    /// The time of the first flow behind it.
    package let to: Timestamp
}
