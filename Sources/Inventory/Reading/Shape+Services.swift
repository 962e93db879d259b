extension Shape {
    static let serviceMembers: [String: Shape] = [
        "spec": .object([
            "type": .text, "clusterIP": .text, "clusterIPs": .textList, "externalIPs": .textList,
            "externalName": .text, "selector": .texts, "loadBalancerSourceRanges": .textList,
            "ports": .array(
                .object([
                    "name": .text, "protocol": .text, "port": .scalar, "targetPort": .scalar, "nodePort": .scalar,
                ])),
        ]),
        "status": .object(["loadBalancer": .object(["ingress": .array(.object(["ip": .text]))])]),
    ]

    /// What stood for `spec.loadBalancerSourceRanges` before there was such a field; it counts where the field is empty.
    static let sourceRangesAnnotation = "service.beta.kubernetes.io/load-balancer-source-ranges"

    static let endpointsMembers: [String: Shape] = [
        "subsets": .array(
            .object([
                "addresses": .array(.object(["ip": .text])), "notReadyAddresses": .array(.object(["ip": .text])),
                "ports": endpointPorts,
            ]))
    ]

    static let endpointSliceMembers: [String: Shape] = [
        "addressType": .text, "endpoints": .array(.object(["addresses": .textList])), "ports": endpointPorts,
    ]

    private static let endpointPorts = Shape.array(.object(["name": .text, "port": .scalar, "protocol": .text]))

    /// Both forms of a backend: `service.name` of v1, `serviceName` of the former versions.
    private static let ingressBackend = Shape.object(["service": .object(["name": .text]), "serviceName": .text])

    static let ingressMembers: [String: Shape] = [
        "spec": .object([
            "defaultBackend": ingressBackend, "backend": ingressBackend,
            "rules": .array(
                .object(["http": .object(["paths": .array(.object(["backend": ingressBackend]))])])),
        ])
    ]

    private static let routeTarget = Shape.object([
        "group": .text, "kind": .text, "name": .text, "namespace": .text,
    ])

    static let gatewayRouteMembers: [String: Shape] = [
        "spec": .object([
            "parentRefs": .array(.object(["group": .text, "kind": .text])),
            "rules": .array(
                .object([
                    "backendRefs": .array(routeTarget),
                    "filters": .array(.object(["requestMirror": .object(["backendRef": routeTarget])])),
                ])),
        ])
    ]

    static let openShiftRouteMembers: [String: Shape] = [
        "spec": .object(["to": routeTarget, "alternateBackends": .array(routeTarget)])
    ]

    static let serviceReference = Shape.object(["namespace": .text, "name": .text, "port": .scalar])

    private static let clientConfiguration = Shape.object(["service": serviceReference])

    static let webhookMembers: [String: Shape] = ["webhooks": .array(.object(["clientConfig": clientConfiguration]))]

    static let conversionMembers: [String: Shape] = [
        "spec": .object(["conversion": .object(["webhook": .object(["clientConfig": clientConfiguration])])])
    ]
}
