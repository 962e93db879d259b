/// Network policies of `cilium.io` and `projectcalico.org`.
///
/// Open shapes: what such a policy says beyond what is read here changes its meaning, and its reader has to see that it is
/// there. What it says is not kept; HTTP rules may hold secrets.
extension Shape {
    static let ciliumPolicyMembers: [String: Shape] = ["spec": ciliumPolicySpec, "specs": .array(ciliumPolicySpec)]

    private static let ciliumPolicySpec = Shape.open([
        "endpointSelector": ciliumSelector, "ingress": .array(ciliumRule(peers: "from")),
        "egress": .array(ciliumRule(peers: "to")), "ingressDeny": .array(.presence), "egressDeny": .array(.presence),
        "enableDefaultDeny": .object(["ingress": .scalar, "egress": .scalar]),
    ])

    private static let ciliumSelector = Shape.open([
        "matchLabels": .texts,
        "matchExpressions": .array(.object(["key": .text, "operator": .text, "values": .textList])),
    ])

    private static func ciliumRule(peers prefix: String) -> Shape {
        .open([
            prefix + "Endpoints": .array(ciliumSelector), prefix + "Entities": .textList, prefix + "CIDR": .textList,
            prefix + "CIDRSet": .array(.open(["cidr": .text, "except": .textList])),
            prefix + "FQDNs": .array(.open(["matchName": .text, "matchPattern": .text])),
            "toPorts": .array(
                .open([
                    "ports": .array(.open(["port": .text, "endPort": .scalar, "protocol": .text])),
                    "rules": .open(["dns": .array(.open(["matchName": .text, "matchPattern": .text]))]),
                ])),
            "icmps": .array(.open(["fields": .array(.open(["type": .scalar, "family": .text]))])),
        ])
    }

    static let calicoPolicySpec = Shape.open([
        "selector": .text, "types": .textList, "tier": .text, "order": .scalar, "stagedAction": .text,
        "serviceAccountSelector": .text, "performanceHints": .textList, "ingress": .array(calicoRule),
        "egress": .array(calicoRule),
    ])

    private static let calicoRule = Shape.open([
        "action": .text, "protocol": .scalar, "icmp": .open(["type": .scalar]), "source": calicoEntity,
        "destination": calicoEntity, "metadata": .object([:]),
    ])

    private static let calicoEntity = Shape.open([
        "selector": .text, "namespaceSelector": .text, "nets": .textList, "notNets": .textList,
        "ports": .array(.scalar),
    ])
}
