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
    func sample(_ reference: SampleReference, parser: borrowing TextParser) -> String {
        let source = party(reference.first >> 32, reference.second >> 32, parser)
        let destination = party(reference.first & 0xffff_ffff, reference.second & 0xffff_ffff, parser)
        let node = parser.text(lw_table_texts, UInt32(reference.third)).map { " at \($0)" } ?? ""
        return String(shown: "\(source) -> \(destination) \(Self.packet(reference.fourth))\(node)", limit: 160)
    }

    private func party(_ endpoint: UInt64, _ address: UInt64, _ parser: borrowing TextParser) -> String {
        let name = endpoint == UInt64(lw_none) ? "unknown" : shownNames[Int(endpoint)]
        return parser.text(lw_table_addresses, UInt32(address)).map { "\(name) (\($0))" } ?? name
    }

    private static func packet(_ packed: UInt64) -> String {
        let kind = NetworkProtocol(rawValue: UInt8(truncatingIfNeeded: packed >> 8))
        let name = kind?.name ?? "?"
        guard kind?.hasPorts == true else { return "\(name) echo request" }
        let flags = UInt8(truncatingIfNeeded: packed)
        let shown = [(lw_flag_syn, "SYN"), (lw_flag_ack, "ACK"), (lw_flag_rst, "RST")]
            .filter { flags & $0.0 != 0 }.map { " " + $0.1 }.joined()
        return "\(name) \(packed >> 32 & 0xffff) > \(packed >> 16 & 0xffff)\(shown)"
    }
}
