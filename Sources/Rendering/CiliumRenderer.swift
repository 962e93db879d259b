import Domain

/// The `spec` of a CiliumNetworkPolicy, `cilium.io/v2` (Cilium documentation, "Layer 3 Policies", "Layer 4 Policies").
///
/// A rule may hold one kind of peer and either `toPorts` or `icmps`, so that one of ours becomes several. What the dialect
/// cannot say is left out with its rule: a rule that lost its peers would let everyone in.
struct CiliumRenderer {
    private typealias Fields = [YAMLValue.Entry]

    /// `maxItems` of `toPorts[].ports` in the resource's schema.
    private static let mostPorts = 40

    private let direction: NetworkPolicy.PolicyType

    static func spec(_ policy: NetworkPolicy) -> YAMLValue {
        .fields([
            "endpointSelector": ManifestRenderer.selector(CiliumSelector.subject(policy.podSelector)),
            "ingress": CiliumRenderer(direction: .ingress).rules(of: policy),
            "egress": CiliumRenderer(direction: .egress).rules(of: policy),
        ])
    }

    /// Nil where the direction is not isolated. A rule that says nothing isolates and allows nobody ("Ingress Default Deny").
    private func rules(of policy: NetworkPolicy) -> YAMLValue? {
        guard policy.isolatedDirections.contains(direction) else { return nil }
        let rules = policy.rules(direction).flatMap(rules)
        return .list(rules.isEmpty ? [.map([])] : rules)
    }

    private func rules(_ rule: NetworkPolicy.Rule) -> [YAMLValue] {
        let ports = portFields(rule)
        return peerFields(rule).flatMap { peers in ports.map { .map(peers + $0) } }
    }

    private func field(_ name: String, _ value: YAMLValue) -> YAMLValue.Entry {
        YAMLValue.Entry(key: (direction == .ingress ? "from" : "to") + name, value: value)
    }

    /// The peers, one kind after the other.
    private func peerFields(_ rule: NetworkPolicy.Rule) -> [Fields] {
        guard !rule.peers.isEmpty else {
            // Ports without a peer are open to everyone; without ports only this entity says so.
            return rule.ports.isEmpty ? [[field("Entities", .list([.string("all")]))]] : [[]]
        }
        let kinds: [(name: String, items: [YAMLValue])] = [
            ("Endpoints", rule.peers.compactMap(endpoint)), ("Entities", rule.peers.compactMap(entity)),
            ("FQDNs", direction == .egress ? rule.peers.compactMap(name) : []),
            ("CIDR", rule.peers.compactMap(block)), ("CIDRSet", rule.peers.compactMap(blockWithExceptions)),
        ]
        return kinds.filter { !$0.items.isEmpty }.map { [field($0.name, .list($0.items))] }
    }
}

// MARK: - Peers

extension CiliumRenderer {
    private func endpoint(_ peer: NetworkPolicy.Peer) -> YAMLValue? {
        guard case .pods(let pods, let namespaces) = peer, pods != nil || namespaces != nil else { return nil }
        return ManifestRenderer.selector(CiliumSelector.endpoint(pods: pods, namespaces: namespaces))
    }

    private func entity(_ peer: NetworkPolicy.Peer) -> YAMLValue? {
        guard case .entity(let entity) = peer else { return nil }
        return .string(entity.rawValue)
    }

    private func name(_ peer: NetworkPolicy.Peer) -> YAMLValue? {
        guard case .name(let name) = peer, Self.isName(name) else { return nil }
        return name.utf8.contains(UInt8(ascii: "*"))
            ? .fields(["matchPattern": .string(name)]) : .fields(["matchName": .string(name)])
    }

    /// What the resource's schema accepts; the API server would refuse the whole policy for anything else.
    private static func isName(_ name: String) -> Bool {
        name.utf8.count <= 255
            && name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
                !label.isEmpty
                    && label.allSatisfy {
                        (97...122).contains($0 | 32) || (48...57).contains($0) || "-_*".utf8.contains($0)
                    }
            }
    }

    private func block(_ peer: NetworkPolicy.Peer) -> YAMLValue? {
        guard case .ipBlock(let range, let except) = peer, except.isEmpty else { return nil }
        return .string(range.description)
    }

    private func blockWithExceptions(_ peer: NetworkPolicy.Peer) -> YAMLValue? {
        guard case .ipBlock(let range, let except) = peer, !except.isEmpty else { return nil }
        return .fields(["cidr": .string(range.description), "except": .strings(except.map(\.description))])
    }
}

// MARK: - Ports

extension CiliumRenderer {
    /// The ports, and apart from them ICMP; one entry without fields for every port.
    private func portFields(_ rule: NetworkPolicy.Rule) -> [Fields] {
        guard !rule.ports.isEmpty else { return [[]] }
        var parts: [Fields] = []
        let ports = rule.ports.filter(\.protocol.hasPorts)
        if !ports.isEmpty {
            let lists = ports.chunks(of: Self.mostPorts).map { chunk -> YAMLValue in
                .fields([
                    "ports": .list(chunk.map(port)),
                    "rules": rule.readsNames && direction == .egress ? Self.everyName : nil,
                ])
            }
            parts.append([.init(key: "toPorts", value: .list(lists))])
        }
        let echoes = rule.ports.compactMap(echoRequest)
        if !echoes.isEmpty {
            parts.append([.init(key: "icmps", value: .list([.fields(["fields": .list(echoes)])]))])
        }
        return parts
    }

    /// Sends look-ups through the DNS proxy without restricting them.
    private static let everyName = YAMLValue.fields([
        "dns": .list([.fields(["matchPattern": .string("*")])])
    ])

    private func port(_ port: NetworkPolicy.PolicyPort) -> YAMLValue {
        let text =
            switch port.port {
            // 0 stands for every port of the protocol.
            case nil: "0"
            case .number(let number): number.description
            case .name(let name): name
            }
        return .fields([
            "port": .string(text), "endPort": port.endPort.map { .integer(Int($0.rawValue)) },
            "protocol": .string(port.protocol.name),
        ])
    }

    private func echoRequest(_ port: NetworkPolicy.PolicyPort) -> YAMLValue? {
        switch port.protocol {
        case .icmpv4: .fields(["type": .integer(8), "family": .string("IPv4")])
        case .icmpv6: .fields(["type": .integer(128), "family": .string("IPv6")])
        case .tcp, .udp, .sctp: nil
        }
    }
}
