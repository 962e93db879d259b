extension WorkloadPolicy {
    /// The name of the generated NetworkPolicy: it stays the same whatever else is learned.
    package var manifestName: String { GeneratedName.object("leastwise", workload.kind.lowercased(), workload.name) }

    /// The policy as Kubernetes has it.
    package var manifest: NetworkPolicy {
        var types: [NetworkPolicy.PolicyType] = []
        if ingress != nil { types.append(.ingress) }
        if egress != nil { types.append(.egress) }
        return NetworkPolicy(
            dialect: dialect, namespace: workload.namespace, name: manifestName, labels: GeneratedName.labels,
            podSelector: selector.selector, policyTypes: types,
            ingress: ingress?.rules.map(lower) ?? [], egress: egress?.rules.map(lower) ?? [])
    }

    private func lower(_ rule: NetworkRule) -> NetworkPolicy.Rule {
        NetworkPolicy.Rule(
            peers: rule.peers.map(lower),
            ports: rule.ports.map(lower))
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
