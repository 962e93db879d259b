extension Shape {
    static let labelSelector = Shape.object([
        "matchLabels": .texts,
        "matchExpressions": .array(.object(["key": .text, "operator": .text, "values": .textList])),
    ])

    static let workloadSpec = Shape.object(["selector": labelSelector, "template": podTemplate])

    static let podTemplate = Shape.object([
        "metadata": .object([
            "labels": .texts,
            "annotations": .object(Dictionary(uniqueKeysWithValues: scrapeAnnotations.map { ($0, .text) })),
        ]),
        "spec": podSpec,
    ])

    static let podSpec = Shape.object([
        "hostNetwork": .scalar, "serviceAccountName": .text, "serviceAccount": .text, "nodeName": .text,
        "containers": .array(container), "initContainers": .array(container),
    ])

    private static let container = Shape.object([
        "ports": .array(.object(["name": .text, "containerPort": .scalar, "protocol": .text])),
        "livenessProbe": probe, "readinessProbe": probe, "startupProbe": probe,
    ])

    private static let probe = Shape.object(["httpGet": probePort, "tcpSocket": probePort, "grpc": probePort])

    private static let probePort = Shape.object(["port": .scalar])
}
