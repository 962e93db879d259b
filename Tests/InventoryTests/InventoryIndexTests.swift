import Domain
import Testing

@testable import Inventory

@Suite struct InventoryIndexTests {
    private typealias Cluster = TestCluster

    private func index(_ items: String...) -> InventoryIndex { InventoryIndex(Cluster.build(items).inventory) }

    private func release(_ name: String, _ selector: String, _ labels: String) -> String {
        Cluster.object(
            "apps/v1", "Deployment", name,
            #""spec":{"selector":{\#(selector)},"template":{"metadata":{"labels":\#(labels)},"#
                + #""spec":{"containers":[{}]}}}"#)
    }

    @Test func `matches a peer by the owner that the record names`() {
        let index = index(
            Cluster.workload("Deployment", "web"), Cluster.workload("Rollout", "api", apiVersion: "argoproj.io/v1"),
            Cluster.workload("ReplicaSet", "odd-name", metadata: Cluster.owner("Deployment", "web")))
        #expect(
            index.match(Cluster.peer(kind: "Deployment", name: "web")) == .declared(Cluster.id("Deployment", "web")))
        #expect(
            index.match(Cluster.peer(kind: "ReplicaSet", name: "odd-name"))
                == .declared(Cluster.id("Deployment", "web")))
        #expect(
            index.match(Cluster.peer(kind: "ReplicaSet", name: "api-7d9c")) == .declared(Cluster.id("Rollout", "api")))
        #expect(index.match(Cluster.peer(kind: "Deployment", name: "api")) == .declared(Cluster.id("Rollout", "api")))
        #expect(
            index.match(Cluster.peer(kind: "StatefulSet", name: "web")) == .undeclared(Cluster.id("StatefulSet", "web"))
        )
        #expect(index.match(ObservedPeer(.host, address: nil)) == .unknown)
    }

    @Test func `matches a peer by its labels if only one workload fits`() {
        let index = index(
            release("one", #""matchLabels":{"app":"x","rel":"1"}"#, #"{"app":"x","rel":"1"}"#),
            release("two", #""matchLabels":{"app":"x","rel":"2"}"#, #"{"app":"x","rel":"2"}"#),
            release("wide", #""matchLabels":{"app":"y"}"#, #"{"app":"y","tier":"a"}"#),
            release("twin", #""matchLabels":{"app":"y"}"#, #"{"app":"y","tier":"b"}"#),
            release("expr", #""matchExpressions":[{"key":"z","operator":"Exists"}]"#, #"{"z":"1"}"#))
        func match(_ labels: Labels, pod: String = "") -> WorkloadMatch {
            index.match(Cluster.peer(labels: labels), podName: pod)
        }
        let twins = [Cluster.id("Deployment", "twin"), Cluster.id("Deployment", "wide")]
        #expect(match(["app": "x", "rel": "2"]) == .declared(Cluster.id("Deployment", "two")))
        #expect(match(["app": "x"]) == .unknown)
        #expect(match(["app": "y"]) == .ambiguous(twins))
        #expect(match(["app": "y", "tier": "a"]) == .declared(Cluster.id("Deployment", "wide")))
        #expect(match(["app": "y"], pod: "twin-7d9c-bcdfg") == .declared(Cluster.id("Deployment", "twin")))
        #expect(match(["z": "9"]) == .declared(Cluster.id("Deployment", "expr")))
        #expect(match([:]) == .unknown)
        #expect(match([:], pod: "two-7d9c-bcdfg") == .declared(Cluster.id("Deployment", "two")))
        #expect(match(["app": "other"], pod: "two-7d9c-bcdfg") == .unknown)
    }

    @Test func `matches the labels of workloads without a selector, less those of single pods`() {
        let index = index(
            Cluster.object(
                "batch/v1", "CronJob", "report",
                #""spec":{"jobTemplate":{"spec":{"template":{"metadata":{"labels":{"app":"report","job-name":"x"}},"#
                    + #""spec":{"containers":[{}]}}}}}"#),
            Cluster.object(
                "batch/v1", "CronJob", "bare", #""spec":{"jobTemplate":{"spec":{"template":{"spec":{}}}}}"#))
        #expect(index.match(Cluster.peer(labels: ["app": "report", "k": "v"])).workload?.name == "report")
        #expect(index.match(Cluster.peer(labels: ["k": "v"])) == .unknown)
    }

    @Test func `prefers the listed pod, whatever the record says`() {
        let index = index(
            Cluster.pod("web-7d9c-x", owner: Cluster.owner("Rollout", "web")), Cluster.workload("Deployment", "other"))
        let peer = Cluster.peer(kind: "Deployment", name: "web")
        #expect(index.match(peer, podName: "web-7d9c-x").workload == Cluster.id("Rollout", "web"))
        #expect(index.pods(of: Cluster.id("Rollout", "web")).map(\.name) == ["web-7d9c-x"])
    }

    @Test func `knows an address' owner only while there is one`() {
        var inventory = ClusterInventory(cluster: Cluster.name)
        func lease(_ name: String, _ from: Int64, _ to: Int64) -> AddressLease {
            AddressLease(
                address: address("10.0.0.1"), owner: Cluster.id("Deployment", name), podName: "\(name)-\(from)",
                from: Cluster.time(from), to: Cluster.time(to))
        }
        inventory.leases = [lease("a", 0, 100), lease("a", 10, 20), lease("b", 150, 200), lease("a", 300, 400)]
        let index = InventoryIndex(inventory)
        func owner(_ from: Int64, _ to: Int64) -> WorkloadMatch {
            index.owner(of: address("10.0.0.1"), from: Cluster.time(from), to: Cluster.time(to))
        }
        let (first, second) = (Cluster.id("Deployment", "a"), Cluster.id("Deployment", "b"))
        #expect(owner(50, 60) == .undeclared(first))
        #expect(owner(100, 149) == .undeclared(first))
        #expect(owner(101, 149) == .unknown)
        #expect(owner(150, 250) == .undeclared(second))
        #expect(owner(90, 160) == .ambiguous([first, second]))
        #expect(owner(401, 500) == .unknown)
        #expect(index.owner(of: address("10.0.0.2"), from: Cluster.time(0), to: Cluster.time(500)) == .unknown)
    }

    @Test func `finds the backends of a Service, with names resolved for each workload`() throws {
        func labelled(_ name: String, _ number: Int) -> String {
            Cluster.object(
                "apps/v1", "Deployment", name,
                #""spec":{"selector":{"matchLabels":{"app":"\#(name)"}},"template":{"metadata":{"labels":"#
                    + #"{"app":"\#(name)","serves":"web"}},"spec":{"containers":[{"ports":[{"name":"http","#
                    + #""containerPort":\#(number)}]}]}}}"#)
        }
        let index = index(
            labelled("a", 8080), labelled("b", 9090),
            Cluster.pod("leader", labels: #"{"serves":"web","role":"leader"}"#, owner: Cluster.owner("Cluster", "pg")),
            Cluster.object(
                "v1", "Service", "named",
                #""spec":{"clusterIP":"10.96.0.1","selector":{"serves":"web"},"#
                    + #""ports":[{"port":80,"targetPort":"http"}]}"#
            ),
            Cluster.object(
                "v1", "Service", "leader",
                #""spec":{"selector":{"serves":"web","role":"leader"},"ports":[{"port":5432}]}"#))
        let named = try #require(index.service(at: address("10.96.0.1")))
        #expect(
            index.backends(of: named, port: Port(80), protocol: .tcp) == [
                ServiceBackend(workload: Cluster.id("Deployment", "a"), port: Port(8080)),
                ServiceBackend(workload: Cluster.id("Deployment", "b"), port: Port(9090)),
            ])
        #expect(index.backends(of: named, port: Port(80), protocol: .udp).isEmpty)
        let leader = try #require(index.service("leader", in: Namespace("shop")))
        #expect(
            index.backends(of: leader, port: Port(5432), protocol: .tcp) == [
                ServiceBackend(workload: Cluster.id("Cluster", "pg"), port: Port(5432))
            ])
    }

    @Test func `finds endpoints and pods behind a Service without selector`() throws {
        let index = index(
            Cluster.pod("db-0", owner: Cluster.owner("StatefulSet", "db"), address: "10.0.0.1"),
            Cluster.object("v1", "Service", "out", #""spec":{"ports":[{"port":80,"name":"x"}]}"#),
            Cluster.object(
                "v1", "Endpoints", "out",
                #""subsets":[{"addresses":[{"ip":"203.0.113.5"},{"ip":"10.0.0.1"}],"#
                    + #""ports":[{"name":"x","port":8080}]}]"#
            ))
        let service = try #require(index.service("out", in: Namespace("shop")))
        #expect(
            index.endpoints(of: service, port: Port(80), protocol: .tcp) == [
                ServiceEndpoint(address: address("10.0.0.1"), port: Port(8080)),
                ServiceEndpoint(address: address("203.0.113.5"), port: Port(8080)),
            ])
        #expect(
            index.backends(of: service, port: Port(80), protocol: .tcp) == [
                ServiceBackend(workload: Cluster.id("StatefulSet", "db"), port: Port(8080))
            ])
    }

    @Test func `knows nodes, pod ranges and external addresses`() {
        let index = index(
            Cluster.object(
                "v1", "Node", "n", namespace: nil,
                #""spec":{"podCIDRs":["10.1.0.0/24","fd00:1::/64"]},"#
                    + #""status":{"addresses":[{"type":"InternalIP","address":"192.0.2.1"}]}"#),
            Cluster.object("v1", "Service", "a", #""spec":{"externalIPs":["203.0.113.1"]}"#),
            Cluster.object("v1", "Service", "b", #""spec":{"externalIPs":["203.0.113.1"]}"#))
        #expect(index.node(at: address("192.0.2.1"))?.name == "n")
        #expect(index.isInPodRange(address("10.1.0.255")) && index.isInPodRange(address("fd00:1::1")))
        #expect(!index.isInPodRange(address("10.1.1.0")) && !index.isInPodRange(address("fd00:2::1")))
        #expect(index.services(atExternal: address("203.0.113.1")).map(\.name) == ["a", "b"])
    }

    @Test func `answers from an empty inventory`() {
        let index = InventoryIndex(ClusterInventory(cluster: Cluster.name))
        #expect(
            index.match(Cluster.peer(kind: "Deployment", name: "web")) == .undeclared(Cluster.id("Deployment", "web")))
        #expect(index.match(Cluster.peer(pod: "web-7d9c-bcdfg")) == .unknown)
        #expect(index.service(at: address("10.0.0.1")) == nil && index.podCIDRs.isEmpty)
    }
}
