import Testing

/// The policies that np-guard derives from manifests alone.
struct TopologyTests {
    @Test(
        .enabled(if: !Self.cases.isEmpty, "the examples are not beside this repository"), arguments: Self.cases)
    func `reaches what the golden reaches`(_ example: TopologyCase) throws {
        try example.learned().check(Self.known[example.name])
    }

    @Test func `names only examples`() {
        #expect(Set(Self.known.keys) == Set(Self.examples.map(\.name)))
    }

    private static let cases = examples.filter(\.isThere)

    static let examples = [
        TopologyCase(
            name: "k8s_guestbook",
            calls: [
                "outside default/frontend:80", "default/frontend redis/redis-leader:6379",
                "default/frontend redis/redis-follower:6379", "redis/redis-follower redis/redis-leader:6379",
            ]),
        TopologyCase(
            name: "k8s_wordpress_example",
            calls: ["outside default/wordpress:80", "default/wordpress default/wordpress-mysql:3306"]),
        TopologyCase(
            name: "qotd",
            calls: [
                "openshift-ingress/router qotd/qotd-web:3000", "openshift-ingress/router qotd-load/qotd-usecase:3012",
                "qotd/qotd-web qotd/qotd-quote:3001", "qotd/qotd-web qotd/qotd-author:3002",
                "qotd/qotd-web qotd/qotd-rating:3004", "qotd/qotd-web qotd/qotd-pdf:3005",
                "qotd/qotd-web qotd/qotd-engraving:3006", "qotd/qotd-web qotd/qotd-qrcode:9080",
                "qotd/qotd-author qotd/qotd-db:3306", "qotd/qotd-author qotd/qotd-image:3003",
                "qotd/qotd-quote qotd/qotd-db:3306", "qotd/qotd-pdf qotd/qotd-quote:3001",
            ]),
        TopologyCase(
            name: "acs-security-demos",
            calls: [
                "openshift-ingress/router frontend/asset-cache-service:8080",
                "openshift-ingress/router frontend/webapp-service:8080",
                "frontend/webapp backend/checkout-service:8080", "frontend/webapp backend/reports-service:8080",
                "frontend/webapp backend/recommendation-service:8080", "frontend/webapp backend/shipping-service:8080",
                "backend/checkout backend/recommendation-service:8080",
                "backend/checkout backend/notification-service:8080", "backend/checkout payments/gateway-service:8080",
                "backend/reports backend/recommendation-service:8080", "backend/reports backend/catalog-service:8080",
                "backend/recommendation backend/catalog-service:8080",
                "payments/gateway payments/visa-processor-service:8080",
                "payments/gateway payments/mastercard-processor-service:8080",
            ], hasOpenShiftDNS: true),
    ]
}
