/// What Prometheus and its operator (`monitoring.coreos.com/v1`) read to find what they scrape.
extension Shape {
    static let scrapeAnnotations = ["prometheus.io/scrape", "prometheus.io/port"]

    static let serviceMonitorMembers = monitorMembers(
        endpoints: "endpoints", .object(["port": .text, "targetPort": .scalar]))

    static let podMonitorMembers = monitorMembers(
        endpoints: "podMetricsEndpoints", .object(["port": .text, "portNumber": .scalar, "targetPort": .scalar]))

    private static func monitorMembers(endpoints key: String, _ endpoint: Shape) -> [String: Shape] {
        [
            "spec": .object([
                "selector": labelSelector, "namespaceSelector": .object(["any": .scalar, "matchNames": .textList]),
                key: .array(endpoint),
            ])
        ]
    }
}
