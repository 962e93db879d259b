import Domain

/// Reads the ports of one rule of a CiliumNetworkPolicy.
enum CiliumPortReader {
    /// The ports: empty for every port, nil where the rule names none.
    static func ports(_ rule: JSONValue) throws(Malformed) -> [NetworkPolicy.PolicyPort]? {
        guard rule["toPorts"] == nil || rule["icmps"] == nil else { throw Malformed("a rule has both ports and ICMP") }
        var ports: [NetworkPolicy.PolicyPort] = []
        for list in rule.items("toPorts") {
            try list.allow("ports", "rules")
            if let rules = list["rules"] { try checkNames(rules) }
            guard !list.items("ports").isEmpty else { throw Malformed("a list of ports is empty") }
            for item in list.items("ports") { ports += try self.ports(item: item) }
        }
        for list in rule.items("icmps") {
            try list.allow("fields")
            for field in list.items("fields") { ports.append(try echoRequest(field)) }
        }
        return ports.isEmpty ? nil : ports
    }

    /// True if look-ups on its ports pass the DNS proxy.
    static func readsNames(_ rule: JSONValue) -> Bool {
        rule.items("toPorts").contains { !($0["rules"]?.items("dns") ?? []).isEmpty }
    }

    /// Only a rule for look-ups that lets every name pass restricts nothing.
    private static func checkNames(_ rules: JSONValue) throws(Malformed) {
        try rules.allow("dns")
        let names = rules.items("dns")
        guard names.isEmpty || names.contains(where: { $0["matchPattern"]?.text == "*" }) else {
            throw Malformed("rules for single names' look-ups cannot be judged")
        }
    }

    private static func ports(item: JSONValue) throws(Malformed) -> [NetworkPolicy.PolicyPort] {
        try item.allow("port", "endPort", "protocol")
        guard let text = item["port"]?.text, !text.isEmpty else { throw Malformed("a port is malformed") }
        let end = item["endPort"] == .integer(0) ? nil : try item.port("endPort")
        let port = try value(text)
        if let end {
            guard case .number(let first) = port, first <= end else { throw Malformed("an endPort has no first port") }
        }
        let word = item["protocol"]?.text ?? "ANY"
        let protocols: [NetworkProtocol] = word == "ANY" || word.isEmpty ? [.tcp, .udp, .sctp] : [try transport(word)]
        return protocols.map { NetworkPolicy.PolicyPort(protocol: $0, port: port, endPort: end) }
    }

    private static func transport(_ word: String) throws(Malformed) -> NetworkProtocol {
        guard let found = NetworkProtocol(name: word), found.hasPorts else { throw Malformed("a protocol is unknown") }
        return found
    }

    /// A number, 0 being every port, or a name.
    private static func value(_ text: String) throws(Malformed) -> NetworkPolicy.PortValue? {
        if text == "0" { return nil }
        let form = JSONValue.object(["port": Int64(text).map(JSONValue.integer) ?? .string(text)])
        return try form.portValue("port")
    }

    private static func echoRequest(_ field: JSONValue) throws(Malformed) -> NetworkPolicy.PolicyPort {
        try field.allow("type", "family")
        let type = field["type"]?.integer.map { String($0) } ?? field["type"]?.text
        switch (field["family"]?.text ?? "IPv4", type) {
        case ("IPv4", "8"), ("IPv4", "EchoRequest"), ("IPv4", "Echo"): return .init(protocol: .icmpv4, port: nil)
        case ("IPv6", "128"), ("IPv6", "EchoRequest"): return .init(protocol: .icmpv6, port: nil)
        default: throw Malformed("ICMP other than an echo request cannot be judged")
        }
    }
}
