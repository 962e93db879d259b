package import Domain

/// Kubernetes objects as YAML: deterministic, without `status` or fields that the API server fills in.
package enum ManifestRenderer {
    /// One file: a comment line for people, then the documents.
    package static func file(comment: String, documents: [YAMLValue]) -> String {
        "# \(TerminalText.oneLine(comment))\n" + documents.map(\.text).joined(separator: "---\n")
    }

    /// A network policy as its dialect writes it.
    package static func document(_ policy: NetworkPolicy) -> YAMLValue {
        let (version, kind, spec) =
            switch policy.dialect {
            case .kubernetes: ("networking.k8s.io/v1", "NetworkPolicy", spec(policy))
            case .cilium: ("cilium.io/v2", "CiliumNetworkPolicy", CiliumRenderer.spec(policy))
            case .calico: ("projectcalico.org/v3", "NetworkPolicy", CalicoRenderer.spec(policy))
            case .calicoStaged: ("projectcalico.org/v3", "StagedNetworkPolicy", CalicoRenderer.spec(policy))
            }
        return .fields([
            "apiVersion": .string(version), "kind": .string(kind),
            "metadata": metadata(policy.name, policy.namespace, policy.labels, policy.annotations), "spec": spec,
        ])
    }

    private static func spec(_ policy: NetworkPolicy) -> YAMLValue {
        .fields([
            "podSelector": selector(policy.podSelector),
            "policyTypes": .strings(policy.policyTypes.map(\.rawValue)),
            "ingress": rules(policy.ingress, peersKey: "from"),
            "egress": rules(policy.egress, peersKey: "to"),
        ])
    }

    /// A Role or ClusterRole as `rbac.authorization.k8s.io/v1` writes it.
    package static func document(_ role: Role) -> YAMLValue {
        .fields([
            "apiVersion": .string("rbac.authorization.k8s.io/v1"),
            "kind": .string(role.isClusterRole ? "ClusterRole" : "Role"),
            "metadata": metadata(role.name, role.namespace, role.labels, role.annotations),
            "aggregationRule": role.aggregation.isEmpty
                ? nil : .fields(["clusterRoleSelectors": .list(role.aggregation.map(selector))]),
            "rules": .list(role.rules.map(rule)),
        ])
    }

    /// A RoleBinding or ClusterRoleBinding as `rbac.authorization.k8s.io/v1` writes it.
    package static func document(_ binding: RoleBinding) -> YAMLValue {
        .fields([
            "apiVersion": .string("rbac.authorization.k8s.io/v1"),
            "kind": .string(binding.isClusterRoleBinding ? "ClusterRoleBinding" : "RoleBinding"),
            "metadata": metadata(binding.name, binding.namespace, binding.labels, binding.annotations),
            "roleRef": .fields([
                "apiGroup": .string("rbac.authorization.k8s.io"),
                "kind": .string(binding.role.isClusterRole ? "ClusterRole" : "Role"),
                "name": .string(binding.role.name),
            ]),
            "subjects": .list(binding.subjects.map(subject)),
        ])
    }

    private static func metadata(
        _ name: String, _ namespace: Namespace, _ labels: Labels, _ annotations: Labels
    ) -> YAMLValue {
        .fields([
            "name": .string(name),
            "namespace": namespace == .clusterScope ? nil : .string(namespace.rawValue),
            "labels": .sorted(labels),
            "annotations": .sorted(annotations),
        ])
    }
}

// MARK: - NetworkPolicy

extension ManifestRenderer {
    /// A `LabelSelector` as written.
    static func selector(_ selector: LabelSelector) -> YAMLValue {
        .fields([
            "matchLabels": .sorted(selector.matchLabels),
            "matchExpressions": selector.matchExpressions.isEmpty
                ? nil
                : .list(
                    selector.matchExpressions.map {
                        .fields([
                            "key": .string($0.key), "operator": .string($0.operator.rawValue),
                            "values": .strings($0.values),
                        ])
                    }),
        ])
    }

    private static func rules(_ rules: [NetworkPolicy.Rule], peersKey: String) -> YAMLValue? {
        guard !rules.isEmpty else { return nil }
        return .list(
            rules.map { rule in
                let peers = rule.peers.isEmpty ? nil : YAMLValue.list(rule.peers.map(peer))
                let ports = rule.ports.isEmpty ? nil : YAMLValue.list(rule.ports.map(port))
                return peersKey == "from"
                    ? .fields(["from": peers, "ports": ports]) : .fields(["to": peers, "ports": ports])
            })
    }

    private static func peer(_ peer: NetworkPolicy.Peer) -> YAMLValue {
        switch peer {
        case .pods(let podSelector, let namespaceSelector):
            .fields([
                "namespaceSelector": namespaceSelector.map(selector),
                "podSelector": podSelector.map(selector),
            ])
        case .ipBlock(let cidr, let except):
            .fields([
                "ipBlock": .fields([
                    "cidr": .string(cidr.description), "except": .strings(except.map(\.description)),
                ])
            ])
        case .entity, .name:
            // No peer of this dialect; one without a selector would be refused by the API server.
            .fields([:])
        }
    }

    private static func port(_ port: NetworkPolicy.PolicyPort) -> YAMLValue {
        .fields([
            "protocol": .string(port.protocol.name),
            "port": port.port.map { value in
                switch value {
                case .number(let number): .integer(Int(number.rawValue))
                case .name(let name): .string(name)
                }
            },
            "endPort": port.endPort.map { .integer(Int($0.rawValue)) },
        ])
    }
}

// MARK: - RBAC

extension ManifestRenderer {
    private static func rule(_ rule: PolicyRule) -> YAMLValue {
        .fields([
            "apiGroups": .strings(rule.apiGroups),
            "resources": .strings(rule.resources),
            "resourceNames": .strings(rule.resourceNames),
            "nonResourceURLs": .strings(rule.nonResourceURLs),
            "verbs": .strings(rule.verbs),
        ])
    }

    private static func subject(_ subject: Subject) -> YAMLValue {
        .fields([
            "apiGroup": subject.kind == .serviceAccount ? nil : .string("rbac.authorization.k8s.io"),
            "kind": .string(subject.kind.rawValue),
            "name": .string(subject.name),
            "namespace": subject.kind == .serviceAccount ? .string(subject.namespace.rawValue) : nil,
        ])
    }
}
