extension Shape {
    static let roleMembers: [String: Shape] = [
        "rules": .array(
            .object([
                "verbs": .textList, "apiGroups": .textList, "resources": .textList, "resourceNames": .textList,
                "nonResourceURLs": .textList,
            ])),
        "aggregationRule": .object(["clusterRoleSelectors": .array(labelSelector)]),
    ]

    static let bindingMembers: [String: Shape] = [
        "roleRef": .object(["kind": .text, "name": .text]),
        "subjects": .array(.object(["kind": .text, "name": .text, "namespace": .text])),
    ]

    static let networkPolicySpec = Shape.object([
        "podSelector": labelSelector, "policyTypes": .textList,
        "ingress": .array(.object(["from": policyPeers, "ports": policyPorts])),
        "egress": .array(.object(["to": policyPeers, "ports": policyPorts])),
    ])

    private static let policyPeers = Shape.array(
        .object([
            "podSelector": labelSelector, "namespaceSelector": labelSelector,
            "ipBlock": .object(["cidr": .text, "except": .textList]),
        ]))

    private static let policyPorts = Shape.array(
        .object(["protocol": .text, "port": .scalar, "endPort": .scalar]))
}
