import Domain
import NetworkLearner
import Testing

/// By which labels a policy selects its workload.
@Suite struct SelectorTests {
    private static let web = "shop/Deployment/web"

    private static func selector(_ path: String, in world: World) -> Labels? {
        var world = world
        world.connect("world 203.0.113.9", path, 8080)
        return world.learn().policy(path)?.selector.labels
    }

    @Test(arguments: [
        "pod-template-hash", "controller-revision-hash", "pod-template-generation", "controller-uid", "job-name",
        "batch.kubernetes.io/job-name", "batch.kubernetes.io/controller-uid", "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index", "rollouts-pod-template-hash", "helm.sh/chart", "app.kubernetes.io/version",
        "app.kubernetes.io/managed-by", "topology.kubernetes.io/zone", "version", "istio.io/rev",
    ])
    func `never selects by a label that changes`(key: String) {
        var world = World()
        world.workload(Self.web, labels: ["app": "web", key: "1"])
        #expect(Self.selector(Self.web, in: world) == ["app": "web"])
        var only = World()
        only.workload(Self.web, labels: [key: "1"])
        #expect(Self.selector(Self.web, in: only) == nil)
    }

    @Test func `takes the workload's own selector`() {
        var world = World()
        world.workload(Self.web, labels: ["app": "web", "team": "a"], selector: ["app": "web"])
        #expect(Self.selector(Self.web, in: world) == ["app": "web"])
    }

    @Test func `adds a label where that tells two workloads apart`() {
        var world = World()
        world.workload(Self.web, labels: ["app": "web", "team": "x", "track": "stable"], selector: ["app": "web"])
        world.workload(
            "shop/Deployment/canary", labels: ["app": "web", "team": "x", "track": "canary"], selector: ["app": "web"])
        #expect(Self.selector(Self.web, in: world) == ["app": "web", "track": "stable"])
        #expect(Self.selector("shop/Deployment/canary", in: world) == ["app": "web", "track": "canary"])
    }

    @Test func `holds back workloads that no label tells apart`() {
        var world = World()
        world.workload(Self.web, labels: ["app": "web"])
        world.workload("shop/Deployment/twin", labels: ["app": "web"])
        world.connect("world 203.0.113.9", Self.web, 8080)
        let learned = world.learn()
        #expect(learned.policies.isEmpty)
        #expect(learned.held(.unselectable) == ["203.0.113.9 -> shop/Deployment/web TCP/8080"])
    }

    /// `app: web` selects the pods of both; the one that has more labels can still be told apart.
    @Test func `holds back the one whose labels all of another's pods carry too`() {
        var world = World()
        world.workload(Self.web, labels: ["app": "web"])
        world.workload("shop/Deployment/canary", labels: ["app": "web", "track": "canary"])
        #expect(Self.selector(Self.web, in: world) == nil)
        #expect(Self.selector("shop/Deployment/canary", in: world) == ["app": "web", "track": "canary"])
    }

    @Test func `does not mind equal labels in another namespace`() {
        var world = World()
        world.workload(Self.web)
        world.workload("pay/Deployment/web")
        #expect(Self.selector(Self.web, in: world) == ["app": "web"])
    }

    @Test func `selects a CronJob's pods by its template's labels`() {
        var world = World()
        world.workload(
            "shop/CronJob/report", labels: ["app": "report", "batch.kubernetes.io/job-name": "x"], selector: .some(nil),
            schedule: "@daily")
        #expect(Self.selector("shop/CronJob/report", in: world) == ["app": "report"])
    }

    @Test func `holds back a workload without labels`() {
        var world = World()
        world.workload(Self.web, labels: [:])
        #expect(Self.selector(Self.web, in: world) == nil)
    }

    @Test func `uses only labels that all of its pods carry`() {
        var world = World()
        world.workload(Self.web, labels: ["app": "web", "tier": "new"], selector: .some(nil))
        world.pod("web-1", of: Self.web, labels: ["app": "web", "tier": "old"])
        #expect(Self.selector(Self.web, in: world) == ["app": "web"])
    }

    @Test func `minds pods that carry labels of no template`() {
        var world = World()
        world.workload(Self.web, labels: ["app": "web", "tier": "x"], selector: ["app": "web"])
        world.workload("shop/Deployment/other", labels: ["app": "other"])
        world.pod("other-1", of: "shop/Deployment/other", labels: ["app": "web"])
        #expect(Self.selector(Self.web, in: world) == ["app": "web", "tier": "x"])
    }
}
