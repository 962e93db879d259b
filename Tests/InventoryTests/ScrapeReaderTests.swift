import Domain
import Testing

@testable import Inventory

/// What is declared to be scraped, and by which workloads it is served.
@Suite struct ScrapeReaderTests {
    private typealias Cluster = TestCluster

    /// `db` serves 5432 and 9187 (named `metrics`), `api` 8080 and 9102 (named `metrics`) in another namespace.
    private static let workloads = [
        workload("StatefulSet", "db", #"{"name":"pg","containerPort":5432},{"name":"metrics","containerPort":9187}"#),
        workload(
            "Deployment", "api",
            #"{"name":"web","containerPort":8080},{"name":"metrics","containerPort":9102},"#
                + #"{"name":"stats","containerPort":9102,"protocol":"UDP"}"#, in: "front"),
    ]

    private static func workload(
        _ kind: String, _ name: String, _ ports: String, in namespace: String = "shop", annotations: String = "{}"
    ) -> String {
        Cluster.object(
            "apps/v1", kind, name, namespace: namespace,
            #""spec":{"selector":{"matchLabels":{"app":"\#(name)"}},"template":{"metadata":{"labels":{"app":"\#(name)"},"#
                + #""annotations":\#(annotations)},"spec":{"containers":[{"name":"c","ports":[\#(ports)]}]}}}"#)
    }

    private static func service(
        _ name: String, in namespace: String = "shop", annotations: String = "{}",
        ports: String =
            #"{"name":"pg","port":5432,"targetPort":"pg"},{"name":"scrape","port":80,"targetPort":"metrics"}"#
    ) -> String {
        Cluster.object(
            "v1", "Service", name, namespace: namespace,
            metadata: #""labels":{"team":"\#(name)"},"annotations":\#(annotations)"#,
            #""spec":{"selector":{"app":"\#(name)"},"ports":[\#(ports)]}"#)
    }

    private static func monitor(_ kind: String, _ spec: String, in namespace: String = "shop") -> String {
        Cluster.object("monitoring.coreos.com/v1", kind, "m", namespace: namespace, #""spec":{\#(spec)}"#)
    }

    private static func shown(_ items: [String]) -> [String] {
        Cluster.build(workloads + items).inventory.scrapeTargets.map {
            "\($0.workload.namespace)/\($0.workload.name) \($0.port) \($0.declaredBy)"
        }
    }

    private static let all = #""selector":{},"namespaceSelector":{"any":true}"#

    @Test(arguments: [
        (#""selector":{"matchLabels":{"team":"db"}},"endpoints":[{"port":"scrape"}]"#, ["shop/db 9187"]),
        (all + #","endpoints":[{"port":"scrape"}]"#, ["front/api 9102", "shop/db 9187"]),
        (#""selector":{},"endpoints":[{"port":"scrape"}]"#, ["shop/db 9187"]),
        (#""selector":{},"namespaceSelector":{},"endpoints":[{"port":"scrape"}]"#, ["shop/db 9187"]),
        (
            #""selector":{},"namespaceSelector":{"matchNames":["front","none"]},"endpoints":[{"port":"scrape"}]"#,
            ["front/api 9102"]
        ),
        (
            #""selector":{"matchExpressions":[{"key":"team","operator":"NotIn","values":["db"]}]},"#
                + #""namespaceSelector":{"any":true},"endpoints":[{"port":"scrape"}]"#, ["front/api 9102"]
        ),
        (all + #","endpoints":[{"targetPort":"metrics"}]"#, ["front/api 9102", "shop/db 9187"]),
        (all + #","endpoints":[{"targetPort":9187}]"#, ["shop/db 9187"]),
        (all + #","endpoints":[{"targetPort":9999}]"#, []),
        (all + #","endpoints":[{"port":"scrape","targetPort":5432}]"#, ["front/api 9102", "shop/db 9187"]),
        (
            all + #","endpoints":[{"port":"scrape"},{"port":"scrape","path":"/more"}]"#,
            ["front/api 9102", "shop/db 9187"]
        ),
        (all + #","endpoints":[{"port":"metrics"}]"#, []),
        (all + #","endpoints":[{}]"#, []),
        (all + #","endpoints":[]"#, []),
        (#""selector":{"matchLabels":{"app":"db"}},"endpoints":[{"port":"scrape"}]"#, []),
    ])
    func `a ServiceMonitor selects Services by their own labels`(spec: String, expected: [String]) {
        let services = [Self.service("db"), Self.service("api", in: "front")]
        let found = Self.shown(services + [Self.monitor("ServiceMonitor", spec)])
        #expect(found == expected.map { $0 + " ServiceMonitor/shop/m" })
    }

    @Test(arguments: [
        (#""selector":{"matchLabels":{"app":"db"}},"podMetricsEndpoints":[{"port":"metrics"}]"#, ["shop/db 9187"]),
        (all + #","podMetricsEndpoints":[{"port":"metrics"}]"#, ["front/api 9102", "shop/db 9187"]),
        (all + #","podMetricsEndpoints":[{"portNumber":9187}]"#, ["shop/db 9187"]),
        (
            all + #","podMetricsEndpoints":[{"targetPort":"web"},{"targetPort":5432}]"#,
            ["front/api 8080", "shop/db 5432"]
        ),
        (all + #","podMetricsEndpoints":[{"portNumber":1}]"#, []),
        (all + #","podMetricsEndpoints":[{"port":"stats"}]"#, []),
        (#""selector":{"matchLabels":{"team":"db"}},"podMetricsEndpoints":[{"port":"metrics"}]"#, []),
    ])
    func `a PodMonitor selects pods by their labels`(spec: String, expected: [String]) {
        let found = Self.shown([Self.service("db"), Self.monitor("PodMonitor", spec)])
        #expect(found == expected.map { $0 + " PodMonitor/shop/m" })
    }

    @Test func `a PodMonitor sees labels that pods have beside their template's`() {
        let pod = Cluster.pod(
            "db-0", labels: #"{"app":"db","role":"leader"}"#, owner: Cluster.owner("StatefulSet", "db"),
            spec: #""containers":[{"name":"c","ports":[{"name":"late","containerPort":9200}]}]"#)
        let spec = #""selector":{"matchLabels":{"role":"leader"}},"podMetricsEndpoints":[{"port":"late"}]"#
        #expect(Self.shown([pod, Self.monitor("PodMonitor", spec)]) == ["shop/db 9200 PodMonitor/shop/m"])
    }

    @Test(arguments: [
        (#"{"prometheus.io/scrape":"true"}"#, ["shop/db 5432", "shop/db 9187"]),
        (#"{"prometheus.io/scrape":"true","prometheus.io/port":"9187"}"#, ["shop/db 9187"]),
        (#"{"prometheus.io/scrape":"true","prometheus.io/port":"80"}"#, ["shop/db 9187"]),
        (#"{"prometheus.io/scrape":"true","prometheus.io/port":"9999"}"#, ["shop/db 9999"]),
        (#"{"prometheus.io/scrape":"false","prometheus.io/port":"9187"}"#, []),
        (#"{"prometheus.io/scrape":"true","prometheus.io/port":"65536"}"#, []),
        (#"{"prometheus.io/scrape":"true","prometheus.io/port":"0"}"#, []),
        (#"{"prometheus.io/port":"9187"}"#, []), ("{}", []),
    ])
    func `a Service's annotations offer the targets behind it`(annotations: String, expected: [String]) {
        let found = Self.shown([Self.service("db", annotations: annotations)])
        #expect(found == expected.map { $0 + " annotation prometheus.io/scrape of shop/Service/db" })
    }

    @Test func `annotations of templates and of pods without one offer their ports`() {
        let annotations = #"{"prometheus.io/scrape":"true","prometheus.io/port":"7000"}"#
        let pod = Cluster.object(
            "v1", "Pod", "alone", metadata: #""annotations":\#(annotations)"#,
            #""spec":{"containers":[{"name":"c"}]},"status":{"phase":"Running","podIP":"10.0.0.9"}"#)
        let found = Self.shown([Self.workload("Deployment", "web", "", annotations: annotations), pod])
        #expect(
            found == [
                "shop/alone 7000 annotation prometheus.io/scrape of shop/Pod/alone",
                "shop/web 7000 annotation prometheus.io/scrape of shop/Deployment/web",
            ])
    }

    @Test(arguments: [
        ("ServiceMonitor", #""endpoints":[{"port":"scrape"}]"#),
        ("PodMonitor", #""podMetricsEndpoints":[{"port":"pg"}]"#),
        ("ServiceMonitor", #""selector":{},"endpoints":[{"targetPort":65536}]"#),
        ("ServiceMonitor", #""selector":{"matchLabels":{"a b":"c"}},"endpoints":[{"port":"scrape"}]"#),
        ("PodMonitor", #""selector":{},"podMetricsEndpoints":[{"portNumber":-1}]"#),
        ("PodMonitor", #""selector":{"matchExpressions":[{"key":"a","operator":"In"}]},"podMetricsEndpoints":[]"#),
    ])
    func `refuses a malformed monitor with a note`(kind: String, spec: String) {
        let (inventory, notes) = Cluster.build(Self.workloads + [Self.service("db"), Self.monitor(kind, spec)])
        #expect(inventory.scrapeTargets.isEmpty)
        #expect(notes.map(\.object) == ["monitoring.coreos.com/\(kind) shop/m"])
    }
}
