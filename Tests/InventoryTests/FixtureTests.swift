import Domain
import Foundation
import Testing

@testable import Inventory

/// Dumps of a real API server.
@Suite(.enabled(if: SharedFixtures.exists("fixtures/audit/apiserver-1.36/objects.json"), "needs the shared fixtures"))
struct FixtureTests {
    private func build(_ file: String) throws -> (ObjectReader.Output, ClusterInventory, [InventoryNote]) {
        let bytes = try SharedFixtures.bytes("fixtures/audit/apiserver-1.36/\(file)")
        let output = ObjectReader.read(bytes, cluster: TestCluster.name, file: file)
        let built = InventoryBuilder.build(cluster: TestCluster.name, objects: output.objects)
        return (output, built.inventory, built.notes)
    }

    @Test func `reads the objects of a real API server`() throws {
        let (output, inventory, notes) = try build("objects.json")
        #expect(output.diagnostics.isEmpty && notes.isEmpty)
        #expect(output.skipped == ["core/ConfigMap": 3])
        #expect(inventory.namespaces.count == 7)
        #expect(inventory.serviceAccounts.count == 4)
        #expect(inventory.workloads.map(\.id.description) == ["warehouse/Deployment/picker"])
        #expect(inventory.workloads.map(\.serviceAccount) == ["picker"])
        #expect(
            inventory.services.map(\.ports) == [
                [
                    ServicePort(
                        name: "https", protocol: .tcp, port: Port(443), target: .number(Port(16444)), nodePort: nil)
                ]
            ])
        #expect(output.objects.allSatisfy { !String(decoding: $0.body, as: UTF8.self).contains("last-applied") })
    }

    @Test func `reads the grants of a real API server`() throws {
        let (output, inventory, notes) = try build("rbac-live.json")
        #expect(output.diagnostics.isEmpty && notes.isEmpty)
        #expect(inventory.grants.roles.count == 81)
        #expect(inventory.grants.bindings.count == 65)
        let admin = try #require(inventory.grants.roles.first { $0.name == "admin" })
        #expect(admin.aggregation.count == 1 && admin.rules.isEmpty && admin.isClusterRole)
        let invoicer = try #require(inventory.grants.roles.first { $0.name == "invoicer" })
        #expect(invoicer.rules.map(\.resources) == [["secrets", "configmaps"], ["jobs"]])
    }
}

/// Invented clusters with the truth about them.
@Suite(.enabled(if: SharedFixtures.exists("tools/world.py"), "needs the shared tools and python3"))
struct WorldTests {
    private struct Truth: Decodable {
        struct Entry: Decodable {
            let id: String
            let kind: String
            let selector: [String: String]
            let labels: [String: String]
            let host_network: Bool
        }
        let workloads: [Entry]
    }

    private func world(_ arguments: [String]) throws -> (objects: [UInt8], truth: Truth) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("world-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["python3", SharedFixtures.root.appendingPathComponent("tools/world.py").path] + arguments
            + ["--flows", "2000", "--requests", "500", "--out", folder.path]
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let objects = [UInt8](try Data(contentsOf: folder.appendingPathComponent("cluster/objects.json")))
        let truth = try Data(contentsOf: folder.appendingPathComponent("truth.json"))
        return (objects, try JSONDecoder().decode(Truth.self, from: truth))
    }

    @Test(arguments: [["--seed", "7"], ["--seed", "11", "--rename", "3"], ["--seed", "23", "--workloads", "80"]])
    func `finds the workloads of an invented cluster, in any order of its objects`(arguments: [String]) throws {
        let (bytes, truth) = try world(arguments)
        let output = ObjectReader.read(bytes, cluster: TestCluster.name, file: "objects.json")
        let (inventory, notes) = InventoryBuilder.build(cluster: TestCluster.name, objects: output.objects)
        #expect(output.diagnostics.isEmpty && notes.isEmpty && output.skipped.isEmpty)
        #expect(inventory.workloads.map(\.id.description).sorted() == truth.workloads.map(\.id).sorted())
        let found = Dictionary(uniqueKeysWithValues: inventory.workloads.map { ($0.id.description, $0) })
        for entry in truth.workloads {
            let workload = try #require(found[entry.id])
            #expect(workload.templateLabels == entry.labels)
            #expect(workload.hostNetwork == entry.host_network)
            if entry.kind != "CronJob" { #expect(workload.selector?.matchLabels == entry.selector) }
        }
        #expect(inventory.pods.allSatisfy { found[$0.owner.description] != nil })
        checkIndex(InventoryIndex(inventory))
        let reversed = InventoryBuilder.build(cluster: TestCluster.name, objects: output.objects.reversed())
        var random = SeededGenerator(state: 42)
        let shuffled = InventoryBuilder.build(
            cluster: TestCluster.name, objects: output.objects.shuffled(using: &random))
        #expect(reversed.inventory == inventory && shuffled.inventory == inventory)
    }

    /// What can be told of each live pod: its owner by labels, and by its address.
    private func checkIndex(_ index: InventoryIndex) {
        for pod in index.inventory.pods where !pod.hostNetwork && !pod.isFinished {
            #expect(index.match(labels: pod.labels, in: pod.namespace) == .declared(pod.owner))
            let now = pod.created ?? AddressLease.openEnd
            for address in pod.addresses {
                #expect(index.owner(of: address, from: now, to: now) == .declared(pod.owner))
            }
        }
        for service in index.inventory.services where !service.selector.isEmpty {
            for port in service.ports {
                let listed = index.endpoints(of: service, port: port.port, protocol: port.protocol)
                let owners = Set(listed.flatMap { index.pods(at: $0.address) }.map(\.owner))
                let backends = index.backends(of: service, port: port.port, protocol: port.protocol)
                #expect(owners.isSubset(of: Set(backends.map(\.workload))))
            }
        }
    }
}

/// A linear congruential generator, for shuffles that are the same in every run.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
