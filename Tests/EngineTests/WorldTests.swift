import Foundation
import Testing

@testable import Engine

/// Whole invented estates, observed and learned, and judged by a program that shares nothing with this one.
@Suite(.enabled(if: Fixtures.hasWorlds, "needs python3 with PyYAML, and the estate tools in ../shared/tools"))
struct WorldTests {
    static let estates = [
        "--seed 7 --workloads 40 --flows 5000 --requests 1000 --awkward all",
        "--seed 11 --workloads 40 --flows 5000 --requests 1000 --awkward all --layout kustomize",
        "--seed 23 --workloads 40 --flows 5000 --requests 1000 --awkward all",
        "--seed 7 --workloads 40 --flows 5000 --requests 1000 --awkward all --rename 5 --layout kustomize",
        "--seed 208 --workloads 36 --namespaces 6 --flows 2500 --requests 800 --awkward all --rename 208",
        "--seed 5 --workloads 12 --namespaces 3 --flows 3000 --requests 600 --awkward all",
    ]

    @Test(arguments: estates)
    func `proposes what denies nothing legitimate and allows nothing forbidden`(_ estate: String) throws {
        let world = try World(estate)
        let observed = try ObservedCluster(world.inputs)
        let network = try observed.preview(.network)
        #expect(network.replay.observed > 0 && network.replay.allowed == network.replay.observed)
        try expect(world.judge("network", manifests: network.yaml))
        try expect(world.judge("rbac", manifests: observed.preview(.rbac).yaml, ["--max-excess", "0"]))
    }

    @Test(arguments: estates)
    func `lists the grants that the truth calls unused, and no other`(_ estate: String) throws {
        let world = try World(estate)
        let observed = try ObservedCluster(world.inputs)
        let report = try UnusedReport(observed.learn(), settings: observed.settings)
        let truth = try world.unusedGrants()
        #expect(!truth.isEmpty)
        #expect(try World.UnusedGrant.list(in: Data(report.json().utf8)) == truth)
        let text = report.text(withParts: false)
        for grant in truth { #expect(text.contains(grant.binding + " grants "), "\(grant.binding)") }
    }

    private func expect(_ verdict: Program.Outcome) {
        #expect(verdict.status == 0, "\(verdict.all)")
        #expect(verdict.output.contains("legitimate but denied: 0"))
    }
}
