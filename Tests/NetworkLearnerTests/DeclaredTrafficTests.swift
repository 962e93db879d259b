import Domain
import NetworkLearner
import Testing

/// What objects announce counts where a direction is isolated anyway, and is called declared.
@Suite struct DeclaredTrafficTests {
    private static let web = "shop/Deployment/web"
    private static let api = "shop/Deployment/api"
    private static let scraper = "monitoring/StatefulSet/scraper"

    private static func world() -> World {
        var world = World()
        world.workloads(web, api, scraper, "shop/Deployment/db")
        world.connect(web, api, 8080)
        return world
    }

    private static func hook(_ world: inout World) {
        world.service("shop/hook", at: "10.96.0.30", selector: ["app": "api"], port: 443, target: .number(Port(9443)))
        world.inventory.webhooks = [
            WebhookTarget(
                namespace: Namespace("shop"), service: "hook", port: Port(443),
                declaredBy: "ValidatingWebhookConfiguration/x")
        ]
    }

    @Test func `lets the API server call a declared webhook of an isolated workload`() {
        var world = Self.world()
        Self.hook(&world)
        world.service(
            "default/kubernetes", at: "10.96.0.1", port: 443, target: .number(Port(6443)), endpoints: ["192.168.0.9"])
        let learned = world.learn()
        #expect(learned.ingress(Self.api) == ["192.168.0.9/32 TCP/9443", "shop{app=web} TCP/8080"])
        #expect(
            learned.evidence(Self.api).contains {
                $0.note == "declared by ValidatingWebhookConfiguration/x" && $0.count == 0
            })
    }

    @Test func `says so where the caller of a webhook is not known`() {
        var world = Self.world()
        Self.hook(&world)
        #expect(world.learn().notes.contains { $0.contains("set network.apiServerRanges") })
    }

    @Test func `isolates nothing for a declaration alone`() {
        var world = Self.world()
        Self.hook(&world)
        world.options.apiServerRanges = [CIDR("192.168.0.0/28")].compactMap { $0 }
        world.edges = []
        world.connect(Self.api, "shop/Deployment/db", 5432)
        #expect(world.learn().policy(Self.api)?.ingress == nil)
    }

    private static func targets(_ paths: String...) -> [ScrapeTarget] {
        paths.map { ScrapeTarget(workload: WorkloadID($0), port: Port(9090), declaredBy: "ServiceMonitor/shop/all") }
    }

    @Test func `lets a scraper at what offers metrics and was not scraped yet`() {
        var world = Self.world()
        world.inventory.scrapeTargets = Self.targets(Self.web, Self.api, "shop/Deployment/db")
        world.connect(Self.scraper, Self.web, 9090)
        world.connect(Self.scraper, "shop/Deployment/db", 9090)
        let learned = world.learn()
        #expect(learned.ingress(Self.api) == ["monitoring{app=scraper} TCP/9090", "shop{app=web} TCP/8080"])
        #expect(learned.egress(Self.scraper)?.contains("shop{app=api} TCP/9090") == true)
        #expect(learned.evidence(Self.api).contains { $0.note == "declared by ServiceMonitor/shop/all" })
    }

    @Test func `takes no application for a scraper that calls a neighbour where it offers metrics`() {
        var world = Self.world()
        world.workloads("shop/Deployment/e", "shop/Deployment/f", "shop/Deployment/g")
        world.inventory.scrapeTargets = Self.targets(
            Self.api, "shop/Deployment/db", "shop/Deployment/e", "shop/Deployment/f", "shop/Deployment/g")
        world.connect(Self.web, Self.api, 9090)
        world.connect(Self.web, "shop/Deployment/e", 9090)
        world.connect(Self.api, "shop/Deployment/db", 5432)
        #expect(world.learn().ingress("shop/Deployment/db") == ["shop{app=api} TCP/5432"])
    }

    @Test func `names the CronJobs that were never seen to run`() {
        var world = Self.world()
        world.workload("shop/CronJob/yearly", schedule: "@yearly")
        #expect(
            world.learn().notes.contains {
                $0.contains("not seen to run yet") && $0.contains("shop/CronJob/yearly (@yearly)")
            })
        world.connect("shop/CronJob/yearly", Self.api, 8080)
        #expect(!world.learn().notes.contains { $0.contains("not seen to run yet") })
    }
}
