import CSimdjson
import Domain

/// Which way round a flow's record shows its connection.
enum FlowWay {
    case request
    case reply
    /// The record does not say; as it stands, it looks like the connection's own direction.
    case likelyRequest
    /// The record does not say; its ports look like a reply's.
    case likelyReply

    init(_ flow: lw_flow) {
        self = Self.said(flow) ?? Self.guessed(flow)
    }

    /// What the record says itself: its type on the application layer, `is_reply`, the older `reply`, TCP's flags, conntrack's word in `trace_reason`.
    ///
    /// `is_reply` is a wrapper with three states; it can be wrong when a connection ends, so that a SYN with ACK is a
    /// reply whatever it says.
    private static func said(_ flow: lw_flow) -> FlowWay? {
        if flow.type == 2, flow.l7_type == 1 || flow.l7_type == 2 {
            return flow.l7_type == 2 || flow.is_reply == lw_true || flow.reply == lw_true ? .reply : .request
        }
        let isTCP = flow.protocol == NetworkProtocol.tcp.rawValue
        let handshake = isTCP ? flow.flags & (lw_flag_syn | lw_flag_ack) : 0
        if handshake == lw_flag_syn | lw_flag_ack || flow.is_reply == lw_true { return .reply }
        if flow.is_reply == lw_false { return .request }
        if flow.reply == lw_true { return .reply }
        if handshake == lw_flag_syn { return .request }
        return reason(flow.trace_reason)
    }

    private static func reason(_ number: UInt8) -> FlowWay? {
        switch number {
        // NEW, ESTABLISHED, REOPENED: packets in the connection's direction.
        case 1, 2, 5: .request
        case 3: .reply
        default: nil
        }
    }

    private static func guessed(_ flow: lw_flow) -> FlowWay {
        let source = Port(flow.source_port)
        let destination = Port(flow.destination_port)
        let isClientPort = destination.isEphemeral && source.rawValue < 32768
        let isPrivileged = source.rawValue < 1024 && destination.rawValue >= 1024
        return isClientPort || isPrivileged ? .likelyReply : .likelyRequest
    }

    var isReversed: Bool { self == .reply || self == .likelyReply }

    var direction: ConnectionEdge.Direction { self == .request || self == .reply ? .known : .unknown }
}
