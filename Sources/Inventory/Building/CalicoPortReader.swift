import Domain

/// Reads protocol, ports and ICMP type of one rule of a Calico policy.
enum CalicoPortReader {
    /// Empty for every port of every protocol.
    static func ports(_ rule: JSONValue, _ items: [JSONValue]) throws(Malformed) -> [NetworkPolicy.PolicyPort] {
        guard let written = rule["protocol"] else {
            guard items.isEmpty, rule["icmp"] == nil else { throw Malformed("a rule has ports without a protocol") }
            return []
        }
        guard let name = written.integer.map({ String($0) }) ?? written.text, let found = protocols[name] else {
            throw Malformed("a protocol cannot be judged")
        }
        guard found.hasPorts else {
            guard items.isEmpty else { throw Malformed("a rule has ports for ICMP") }
            try checkEchoRequest(rule, found)
            return [.init(protocol: found, port: nil)]
        }
        guard rule["icmp"] == nil else { throw Malformed("a rule has ICMP types for another protocol") }
        guard !items.isEmpty else { return [.init(protocol: found, port: nil)] }
        var ports: [NetworkPolicy.PolicyPort] = []
        for item in items { ports.append(try port(item, found)) }
        return ports
    }

    private static let protocols: [String: NetworkProtocol] = [
        "TCP": .tcp, "UDP": .udp, "SCTP": .sctp, "ICMP": .icmpv4, "ICMPv6": .icmpv6,
        "6": .tcp, "17": .udp, "132": .sctp, "1": .icmpv4, "58": .icmpv6,
    ]

    /// All of ICMP, or echo requests: a connection of ICMP is never anything else.
    private static func checkEchoRequest(_ rule: JSONValue, _ found: NetworkProtocol) throws(Malformed) {
        guard let icmp = rule["icmp"] else { return }
        try icmp.allow("type")
        guard let type = icmp["type"] else { return }
        guard type == .integer(found == .icmpv4 ? 8 : 128) else {
            throw Malformed("ICMP other than an echo request cannot be judged")
        }
    }

    /// A number, a range such as `80:90`, or a name.
    private static func port(_ item: JSONValue, _ found: NetworkProtocol) throws(Malformed) -> NetworkPolicy.PolicyPort
    {
        let ends = (item.text ?? "").split(separator: ":", omittingEmptySubsequences: false)
        guard ends.count > 1 else {
            let value = item.text.flatMap { Int64($0) }.map(JSONValue.integer) ?? item
            guard let port = try JSONValue.object(["port": value]).portValue("port") else {
                throw Malformed("a port is malformed")
            }
            return .init(protocol: found, port: port)
        }
        guard ends.count == 2, let first = UInt16(ends[0]), let last = UInt16(ends[1]), first > 0, first <= last else {
            throw Malformed("a range of ports is malformed")
        }
        return .init(protocol: found, port: .number(Port(first)), endPort: last > first ? Port(last) : nil)
    }
}
