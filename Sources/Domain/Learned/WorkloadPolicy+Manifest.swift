extension WorkloadPolicy {
    /// The name of the generated NetworkPolicy: it stays the same whatever else is learned.
    package var manifestName: String { GeneratedName.object("leastwise", workload.kind.lowercased(), workload.name) }

    /// The policy as its dialect has it. A rule whose peers or ports the dialect cannot say is the learner's mistake;
    /// renderers leave it out rather than write a wider one.
    package var manifest: NetworkPolicy {
        var types: [NetworkPolicy.PolicyType] = []
        if ingress != nil { types.append(.ingress) }
        if egress != nil { types.append(.egress) }
        return NetworkPolicy(
            dialect: dialect, namespace: workload.namespace, name: manifestName, labels: GeneratedName.labels,
            podSelector: selector.selector, policyTypes: types,
            ingress: ingress?.rules.map(lower) ?? [], egress: egress?.rules.map(lower) ?? [])
    }

    /// Peers that differ in one label's value are joined, so that a rule for many clients stays readable.
    ///
    /// Look-ups are read only where a rule depends on the answers, since reading costs a proxy (Cilium: "DNS Proxy").
    private func lower(_ rule: NetworkRule) -> NetworkPolicy.Rule {
        NetworkPolicy.Rule(
            peers: NetworkPolicy.Peer.joined(rule.peers.map(lower)), ports: rule.ports.map(lower),
            readsNames: rule.isNameLookup && dependsOnNames)
    }

    /// True if an outgoing rule names a host by its DNS name.
    private var dependsOnNames: Bool {
        (egress?.rules ?? []).contains { rule in
            rule.peers.contains { if case .name = $0 { true } else { false } }
        }
    }

    private func lower(_ port: RulePort) -> NetworkPolicy.PolicyPort {
        guard port.protocol.hasPorts else { return .init(protocol: port.protocol, port: nil) }
        if !port.name.isEmpty { return .init(protocol: port.protocol, port: .name(port.name)) }
        return .init(
            protocol: port.protocol, port: .number(port.port), endPort: port.last > port.port ? port.last : nil)
    }

    private func lower(_ peer: RulePeer) -> NetworkPolicy.Peer {
        switch peer {
        case .pods(workload.namespace, let labels):
            .pods(podSelector: labels.selector, namespaceSelector: nil)
        case .pods(let namespace, let labels):
            .pods(
                podSelector: labels.selector,
                namespaceSelector: LabelSelector(matchLabels: [GeneratedName.namespaceLabel: namespace.rawValue]))
        case .everyNamespace:
            .pods(
                podSelector: nil,
                namespaceSelector: LabelSelector(
                    matchExpressions: [.init(key: GeneratedName.namespaceLabel, operator: .exists)]))
        case .block(let cidr):
            .ipBlock(cidr, except: [])
        case .entity(let entity):
            .entity(entity)
        case .name(let name):
            .name(name)
        }
    }
}
