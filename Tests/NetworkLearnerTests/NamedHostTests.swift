import Domain
import NetworkLearner
import Testing

/// Names of outside hosts say where a workload goes, not who comes.
@Suite struct NamedHostTests {
    @Test func `a client is written by its address, though it has a name`() {
        var world = World()
        world.options.profile = .cilium
        world.workload("a/Deployment/web")
        world.inventory.names[.of("198.51.100.4")] = ["api.example.com"]
        world.connect("world 198.51.100.4", "a/Deployment/web", 8080)
        world.connect("a/Deployment/web", "world 198.51.100.4", 443)
        let learned = world.learn()
        #expect(learned.ingress("a/Deployment/web") == ["198.51.100.4/32 TCP/8080"])
        #expect(learned.egress("a/Deployment/web") == ["api.example.com TCP/443"])
    }
}
