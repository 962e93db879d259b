import Domain

/// The `spec` of a Calico NetworkPolicy or StagedNetworkPolicy, `projectcalico.org/v3` (Calico reference, "Network policy").
///
/// All fields of a rule have to match, and it names one protocol; so that one of ours becomes several. `order` and `tier` are
/// left out: all rules allow, and the default tier's last word is to deny. What the dialect cannot say is left out with
/// its rule: a rule that lost its peers would let everyone in.
struct CalicoRenderer {
    /// `maxItems` of `nets` and `ports` in the resource's schema.
    private static let mostRanges = 256
    private static let mostPorts = 50

    private let direction: NetworkPolicy.PolicyType

    static func spec(_ policy: NetworkPolicy) -> YAMLValue {
        .fields([
            "stagedAction": policy.dialect == .calicoStaged ? .string("Set") : nil,
            "selector": .string(CalicoSelector.pods(policy.podSelector)),
            "types": .strings(policy.isolatedDirections.map(\.rawValue)),
            "ingress": CalicoRenderer(direction: .ingress).rules(of: policy),
            "egress": CalicoRenderer(direction: .egress).rules(of: policy),
        ])
    }

    private func rules(of policy: NetworkPolicy) -> YAMLValue? {
        let rules = policy.rules(direction).flatMap(rules)
        return rules.isEmpty || !policy.isolatedDirections.contains(direction) ? nil : .list(rules)
    }

    private func rules(_ rule: NetworkPolicy.Rule) -> [YAMLValue] {
        let services = services(rule)
        return peers(rule).flatMap { peer in services.map { self.rule(peer, $0) } }
    }

    private func rule(_ peer: [YAMLValue.Entry], _ service: Service) -> YAMLValue {
        let ports = service.ports.isEmpty ? [] : [YAMLValue.Entry(key: "ports", value: .list(service.ports))]
        let source = direction == .ingress ? peer : []
        let destination = (direction == .ingress ? [] : peer) + ports
        return .fields([
            "action": .string("Allow"), "protocol": service.protocol.map { .string($0) },
            "icmp": service.echoRequest.map { .fields(["type": .integer($0)]) },
            "source": source.isEmpty ? nil : .map(source), "destination": destination.isEmpty ? nil : .map(destination),
        ])
    }
}

// MARK: - Peers

extension CalicoRenderer {
    /// Each selector by itself, ranges together; one entry without fields for everyone.
    private func peers(_ rule: NetworkPolicy.Rule) -> [[YAMLValue.Entry]] {
        guard !rule.peers.isEmpty else { return [[]] }
        return rule.peers.flatMap(selected) + ranges(rule.peers) + rule.peers.compactMap(rangeWithExceptions)
    }

    private func selected(_ peer: NetworkPolicy.Peer) -> [[YAMLValue.Entry]] {
        guard case .pods(let pods, let namespaces) = peer, pods != nil || namespaces != nil else { return [] }
        let namespaceSelector = namespaces.map {
            [YAMLValue.Entry(key: "namespaceSelector", value: .string(CalicoSelector.namespaces($0)))]
        }
        guard let pods else { return [namespaceSelector ?? []] }
        return CalicoSelector.parts(pods).map { part in
            [YAMLValue.Entry(key: "selector", value: .string(part))] + (namespaceSelector ?? [])
        }
    }

    /// A rule with ranges of both families is refused.
    private func ranges(_ peers: [NetworkPolicy.Peer]) -> [[YAMLValue.Entry]] {
        let ranges = peers.compactMap { peer -> CIDR? in
            guard case .ipBlock(let range, let except) = peer, except.isEmpty else { return nil }
            return range
        }
        return [true, false].flatMap { isIPv4 in
            ranges.filter { $0.address.isIPv4 == isIPv4 }.chunks(of: Self.mostRanges).map { chunk in
                [YAMLValue.Entry(key: "nets", value: .list(chunk.map { .string($0.description) }))]
            }
        }
    }

    private func rangeWithExceptions(_ peer: NetworkPolicy.Peer) -> [YAMLValue.Entry]? {
        guard case .ipBlock(let range, let except) = peer, !except.isEmpty else { return nil }
        return [
            .init(key: "nets", value: .list([.string(range.description)])),
            .init(key: "notNets", value: .list(except.map { .string($0.description) })),
        ]
    }
}

// MARK: - Ports

extension CalicoRenderer {
    /// What one rule can open: a protocol with some of its ports or all of them, or everything.
    private struct Service {
        var `protocol`: String?
        var ports: [YAMLValue] = []
        var echoRequest: Int?
    }

    private func services(_ rule: NetworkPolicy.Rule) -> [Service] {
        guard !rule.ports.isEmpty else { return [Service()] }
        var protocols: [NetworkProtocol] = []
        for port in rule.ports where !protocols.contains(port.protocol) { protocols.append(port.protocol) }
        return protocols.flatMap { name -> [Service] in
            switch name {
            case .icmpv4: [Service(protocol: "ICMP", echoRequest: 8)]
            case .icmpv6: [Service(protocol: "ICMPv6", echoRequest: 128)]
            case .tcp, .udp, .sctp: services(name, rule.ports.filter { $0.protocol == name })
            }
        }
    }

    private func services(_ name: NetworkProtocol, _ ports: [NetworkPolicy.PolicyPort]) -> [Service] {
        guard ports.allSatisfy({ $0.port != nil }) else { return [Service(protocol: name.name)] }
        return ports.compactMap(port).chunks(of: Self.mostPorts).map { Service(protocol: name.name, ports: $0) }
    }

    private func port(_ port: NetworkPolicy.PolicyPort) -> YAMLValue? {
        switch (port.port, port.endPort) {
        case (nil, _): nil
        case (.number(let first), let last?): .string("\(first):\(last)")
        case (.number(let number), nil): .integer(Int(number.rawValue))
        case (.name(let name), _): .string(name)
        }
    }
}
