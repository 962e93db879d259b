import Domain
import NetworkLearner
import Testing

/// Shapes whose cost would grow with the square of their size if it were not kept from it.
@Suite struct ScaleTests {
    @Test(.timeLimit(.minutes(1)))
    func `learns a scraper of every node of a large cluster`() {
        var world = World()
        world.workload("a/Deployment/scraper")
        for number in UInt32(0)..<4000 {
            let address = IPAddress(ipv4: 0x0a00_0000 + number * 3).description
            world.node("n\(number)", at: address)
            world.connect("a/Deployment/scraper", "node \(address)", 10250)
        }
        let learned = world.learn()
        #expect(learned.egress("a/Deployment/scraper")?.count == 4000)
        #expect(learned.evidence("a/Deployment/scraper").count == 4001)
    }

    @Test(.timeLimit(.minutes(1)))
    func `tells thousands of workloads apart that share all labels but one`() {
        var world = World()
        for number in 0..<4000 {
            let path = "a/Deployment/w\(number)"
            world.workload(path, labels: ["app": "x", "part": "y", "zone": "\(number)"], selector: ["app": "x"])
            world.connect("world 203.0.113.9", path, 80)
        }
        let learned = world.learn()
        #expect(learned.policies.count == 4000)
        #expect(learned.policy("a/Deployment/w7")?.selector.labels == ["app": "x", "zone": "7"])
    }
}
