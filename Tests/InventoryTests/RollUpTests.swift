import Domain
import Testing

@testable import Inventory

@Suite struct RollUpTests {
    private typealias Cluster = TestCluster
    private static let hash = #"{"app":"web","pod-template-hash":"7d9c"}"#

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let items: [String]
        let owner: WorkloadID
    }

    static let cases = [
        Case(
            testDescription: "ReplicaSet of a Deployment",
            items: [
                Cluster.workload("Deployment", "web"),
                Cluster.workload("ReplicaSet", "web-7d9c", metadata: Cluster.owner("Deployment", "web")),
                Cluster.pod("p", owner: Cluster.owner("ReplicaSet", "web-7d9c")),
            ], owner: Cluster.id("Deployment", "web")),
        Case(
            testDescription: "missing ReplicaSet, hash label",
            items: [
                Cluster.workload("Deployment", "web"),
                Cluster.pod("p", labels: hash, owner: Cluster.owner("ReplicaSet", "web-7d9c")),
            ], owner: Cluster.id("Deployment", "web")),
        Case(
            testDescription: "missing ReplicaSet, other hash label",
            items: [
                Cluster.workload("Deployment", "web"),
                Cluster.pod("p", labels: hash, owner: Cluster.owner("ReplicaSet", "web-6b5f")),
            ], owner: Cluster.id("ReplicaSet", "web-6b5f")),
        Case(
            testDescription: "missing ReplicaSet of a Rollout",
            items: [
                Cluster.workload("Rollout", "web", apiVersion: "argoproj.io/v1alpha1"),
                Cluster.pod("p", labels: hash, owner: Cluster.owner("ReplicaSet", "web-7d9c")),
            ], owner: Cluster.id("Rollout", "web")),
        Case(
            testDescription: "ReplicaSet of an owner that is not in the dump",
            items: [
                Cluster.workload("ReplicaSet", "web-7d9c", metadata: Cluster.owner("Rollout", "web")),
                Cluster.pod("p", owner: Cluster.owner("ReplicaSet", "web-7d9c")),
            ], owner: Cluster.id("Rollout", "web")),
        Case(
            testDescription: "Deployment of an operator",
            items: [
                Cluster.workload("Deployment", "web", metadata: Cluster.owner("Website", "site")),
                Cluster.workload("ReplicaSet", "web-7d9c", metadata: Cluster.owner("Deployment", "web")),
                Cluster.pod("p", owner: Cluster.owner("ReplicaSet", "web-7d9c")),
            ], owner: Cluster.id("Deployment", "web")),
        Case(
            testDescription: "missing Job of a CronJob",
            items: [
                Cluster.object(
                    "batch/v1", "CronJob", "x", #""spec":{"schedule":"0 2 * * 0","jobTemplate":{"spec":{}}}"#),
                Cluster.pod("p", owner: Cluster.owner("Job", "x-28374650")),
            ], owner: Cluster.id("CronJob", "x")),
        Case(
            testDescription: "bare pod", items: [Cluster.pod("p")], owner: Cluster.id("Pod", "p")),
        Case(
            testDescription: "static pod", items: [Cluster.pod("p", owner: Cluster.owner("Node", "n1"))],
            owner: Cluster.id("Pod", "p")),
        Case(
            testDescription: "unmarked single owner",
            items: [
                Cluster.pod("p", owner: #""ownerReferences":[{"kind":"StatefulSet","name":"db"}]"#)
            ], owner: Cluster.id("StatefulSet", "db")),
        Case(
            testDescription: "owner that does not control",
            items: [
                Cluster.pod(
                    "p", owner: #""ownerReferences":[{"kind":"StatefulSet","name":"db","controller":false}]"#)
            ], owner: Cluster.id("Pod", "p")),
        Case(
            testDescription: "circle",
            items: [
                Cluster.workload("ReplicaSet", "a", metadata: Cluster.owner("ReplicaSet", "b")),
                Cluster.workload("ReplicaSet", "b", metadata: Cluster.owner("ReplicaSet", "a")),
                Cluster.pod("p", owner: Cluster.owner("ReplicaSet", "a")),
            ], owner: Cluster.id("ReplicaSet", "a")),
    ]

    @Test(arguments: cases) func `finds the root owner of a pod`(_ test: Case) {
        let (inventory, _) = Cluster.build(test.items)
        #expect(inventory.pods.map(\.owner) == [test.owner])
        #expect(inventory.workloads.contains { $0.id == test.owner })
    }

    @Test func `notes owners in a circle and a chain without end`() {
        let chain = (0..<40).map {
            Cluster.workload("ReplicaSet", "c\($0)", metadata: Cluster.owner("ReplicaSet", "c\($0 + 1)"))
        }
        let circle = Cluster.workload("Job", "j", apiVersion: "batch/v1", metadata: Cluster.owner("Job", "j"))
        let (inventory, notes) = Cluster.build(chain + [circle])
        #expect(notes.contains { $0.object == "shop/Job/j" })
        #expect(notes.count > 20)
        #expect(inventory.workloads.contains { $0.id == Cluster.id("Job", "j") })
    }

    @Test func `keeps the way from intermediate owners to their root`() {
        let inventory = Cluster.inventory(
            Cluster.workload("Deployment", "web"),
            Cluster.workload("ReplicaSet", "web-7d9c", metadata: Cluster.owner("Deployment", "web")))
        #expect(inventory.rootOwners == [Cluster.id("ReplicaSet", "web-7d9c"): Cluster.id("Deployment", "web")])
        #expect(inventory.workloads.map(\.id) == [Cluster.id("Deployment", "web")])
    }

    @Test func `knows an undeclared owner by what its pods share`() throws {
        let owner = Cluster.owner("StrimziPodSet", "kafka")
        let inventory = Cluster.inventory(
            Cluster.pod("kafka-0", labels: #"{"app":"kafka","id":"0"}"#, owner: owner),
            Cluster.pod("kafka-1", labels: #"{"app":"kafka","id":"1"}"#, owner: owner))
        let workload = try #require(inventory.workloads.first)
        #expect(inventory.workloads.count == 1)
        #expect(workload.id == Cluster.id("StrimziPodSet", "kafka"))
        #expect(workload.templateLabels == ["app": "kafka"])
        #expect(workload.selector == nil)
    }

    @Test(arguments: [
        ("web-7d9c", nil, "web"), ("web-api-6b5f9c8d47", nil, "web-api"), ("web-9d9cbc68c8", nil, "web"),
        ("web-1a0e3f9b2c", nil, "web"), ("web-blue", nil, nil), ("web", nil, nil), ("-7d9c", nil, nil),
        ("web-", nil, nil), ("web-blue", "blue", "web"), ("web-7d9c", "6b5f", nil),
        ("web-bcdfghjklmn", nil, nil),
    ])
    func `takes the template hash off a ReplicaSet's name`(name: String, hash: String?, deployment: String?) {
        #expect(OwnerName.deployment(ofReplicaSet: name, hash: hash) == deployment)
    }

    @Test(arguments: [("x-28374650", "x"), ("x-1601510400", "x"), ("x-2837", nil), ("x-manual12", nil), ("x", nil)])
    func `takes the scheduled time off a Job's name`(name: String, cronJob: String?) {
        #expect(OwnerName.cronJob(ofJob: name) == cronJob)
    }
}
