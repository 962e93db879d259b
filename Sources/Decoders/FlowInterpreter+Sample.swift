import CSimdjson
import Domain

extension FlowInterpreter {
    /// Packs what a sample shows: endpoints, addresses, node, ports, protocol and flags.
    static func reference(_ flow: lw_flow) -> SampleReference {
        let shape = UInt64(flow.source_port) << 16 | UInt64(flow.destination_port)
        return SampleReference(
            first: UInt64(flow.source) << 32 | UInt64(flow.destination),
            second: UInt64(flow.source_address) << 32 | UInt64(flow.destination_address),
            third: UInt64(flow.node), fourth: shape << 16 | UInt64(flow.protocol) << 8 | UInt64(flow.flags))
    }

    /// `web-7d9c-abcde (10.1.0.141) -> api-7d9c-fghij (10.1.0.147) TCP 45678 > 8080 SYN at prod/n1`.
    ///
    /// - Parameter names: what endpoints are called, by the parser's numbers.
    static func sample(_ reference: SampleReference, names: [String], parser: borrowing TextParser) -> String {
        // In one piece of memory: each row of each commit has a sample.
        var text = ""
        text.reserveCapacity(160)
        append(reference.first >> 32, reference.second >> 32, names, parser, to: &text)
        text += " -> "
        append(reference.first & 0xffff_ffff, reference.second & 0xffff_ffff, names, parser, to: &text)
        append(packet: reference.fourth, to: &text)
        if let node = parser.text(lw_table_texts, UInt32(reference.third)) {
            text += " at "
            text += node
        }
        return String(shown: text, limit: 160)
    }

    private static func append(
        _ endpoint: UInt64, _ address: UInt64, _ names: [String], _ parser: borrowing TextParser, to text: inout String
    ) {
        text += endpoint == UInt64(lw_none) ? "unknown" : names[Int(endpoint)]
        guard let address = parser.text(lw_table_addresses, UInt32(address)) else { return }
        text += " ("
        text += address
        text += ")"
    }

    private static func append(packet packed: UInt64, to text: inout String) {
        let kind = NetworkProtocol(rawValue: UInt8(truncatingIfNeeded: packed >> 8))
        text += " "
        text += kind?.name ?? "?"
        guard kind?.hasPorts == true else {
            text += " echo request"
            return
        }
        text += " "
        text += String(packed >> 32 & 0xffff)
        text += " > "
        text += String(packed >> 16 & 0xffff)
        let flags = UInt8(truncatingIfNeeded: packed)
        if flags & lw_flag_syn != 0 { text += " SYN" }
        if flags & lw_flag_ack != 0 { text += " ACK" }
        if flags & lw_flag_rst != 0 { text += " RST" }
    }
}
