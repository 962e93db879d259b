import Domain
import Testing

@testable import Inventory

/// Hostile objects, and whether they have to be reported.
struct HostileCase: CustomTestStringConvertible, Sendable {
    let name: String
    let items: [String]
    var isReported = false

    var testDescription: String { name }

    /// Added to a sound cluster, they widen nothing, and what is beside them is learned as ever.
    func expectSound() {
        let estate = HostileEstate(adding: items)
        #expect(HostileJudge(estate).faults == [])
        if isReported { #expect(estate.isReported) }
        #expect(estate.inventory.workloads.map(\.id).contains(TestCluster.id("Deployment", "web")))
    }

    /// A Deployment with these labels as JSON.
    static func workload(labels: String, selector: String? = nil, name: String = "odd") -> String {
        let selector = selector ?? #"{"matchLabels":\#(labels)}"#
        return TestCluster.object(
            "apps/v1", "Deployment", name,
            #""spec":{"selector":\#(selector),"template":{"metadata":{"labels":\#(labels)},"#
                + #""spec":{"containers":[{"name":"c"}]}}}"#)
    }
}
