import Domain
import Testing

@testable import Inventory

@Suite struct LeaseTests {
    private typealias Cluster = TestCluster

    private func claim(_ pod: String, _ from: Int64?, _ to: Int64?) -> AddressClaim {
        AddressClaim(
            owner: Cluster.id("Deployment", String(pod.prefix(1))), podName: pod, from: from.map(Cluster.time),
            to: to.map(Cluster.time))
    }

    private func leases(_ claims: [AddressClaim]) -> [String] {
        LeaseTimeline.leases(of: address("10.0.0.1"), claims).map { lease in
            let end = lease.to == AddressLease.openEnd ? "" : String(lease.to.seconds(since: Cluster.time(0)))
            return "\(lease.podName) \(lease.from.seconds(since: Cluster.time(0)))-\(end)"
        }
    }

    @Test func `ends an open lease where that of another pod begins`() {
        #expect(leases([claim("b1", 20, nil), claim("a1", 10, nil)]) == ["a1 10.0-19.999999999", "b1 20.0-"])
        #expect(leases([claim("b1", 20, 21), claim("a1", 10, nil)]) == ["a1 10.0-19.999999999", "b1 20.0-21.0"])
    }

    @Test func `leaves an open lease open beside its own sightings and earlier pods`() {
        #expect(leases([claim("a1", 10, nil), claim("a1", 15, 30)]) == ["a1 10.0-"])
        #expect(leases([claim("a1", 10, nil), claim("b1", 5, 12)]) == ["b1 5.0-12.0", "a1 10.0-"])
    }

    @Test func `looks past its own sightings for the next pod`() {
        let claims = [claim("a1", 10, nil), claim("a1", 15, 16), claim("a1", 17, 18), claim("b1", 20, 25)]
        #expect(leases(claims) == ["a1 10.0-19.999999999", "b1 20.0-25.0"])
        #expect(leases(claims.reversed()) == leases(claims))
    }

    @Test func `merges overlapping leases of one pod only`() {
        #expect(
            leases([claim("a1", 1, 5), claim("a1", 4, 9), claim("a1", 11, 12), claim("a2", 3, 4)])
                == ["a1 1.0-9.0", "a2 3.0-4.0", "a1 11.0-12.0"])
    }

    @Test func `begins the lease of a pod of unknown age after the others`() {
        #expect(leases([claim("a1", nil, nil), claim("b1", 1, 5)]) == ["b1 1.0-5.0", "a1 5.000000001-"])
        #expect(leases([claim("a1", nil, nil)]) == ["a1 0.0-"])
    }

    @Test func `makes leases of pods but not of those on the host's network`() {
        let inventory = Cluster.inventory(
            Cluster.pod("a", address: "10.0.0.1", created: "1970-01-01T00:00:10Z"),
            Cluster.pod("h", address: "192.0.2.1", spec: #""hostNetwork":true,"containers":[{}]"#),
            Cluster.pod("new", address: "", phase: "Pending"),
            Cluster.pod("bad", address: "10.0.0.300"))
        #expect(
            inventory.leases == [
                AddressLease(
                    address: address("10.0.0.1"), owner: Cluster.id("Pod", "a"), podName: "a", from: Cluster.time(10),
                    to: AddressLease.openEnd)
            ])
        #expect(inventory.pods.map(\.name) == ["a", "h", "new"])
    }

    @Test func `ends the lease of a finished pod with its last container`() {
        let status = { (ends: String) in
            #""status":{"phase":"Succeeded","podIP":"10.0.0.1","containerStatuses":[\#(ends)]}"#
        }
        let metadata = #""creationTimestamp":"1970-01-01T00:00:10Z""#
        let ended = #"{"state":{"terminated":{"finishedAt":"1970-01-01T00:00:30Z"}}}"#
        let known = Cluster.inventory(Cluster.object("v1", "Pod", "a", metadata: metadata, status(ended)))
        let unknown = Cluster.inventory(Cluster.object("v1", "Pod", "a", metadata: metadata, status(ended + ",{}")))
        #expect(known.leases.map(\.to) == [Cluster.time(30)])
        #expect(unknown.leases.map(\.to) == [AddressLease.openEnd])
    }

    private func sighting(
        _ peer: ObservedPeer, pod: String, at place: String = "10.0.0.9", _ first: Int64 = 1, _ last: Int64 = 2
    ) -> AddressSighting {
        AddressSighting(
            cluster: Cluster.name, address: address(place), peer: peer, podName: pod, first: Cluster.time(first),
            last: Cluster.time(last))
    }

    @Test func `attributes sightings to owners, and to the pod itself where none is known`() {
        let sightings = [
            sighting(Cluster.peer(kind: "Deployment", name: "web"), pod: "web-7d9c-abcde", at: "10.0.0.1"),
            sighting(Cluster.peer(kind: "ReplicaSet", name: "web-7d9c"), pod: "web-7d9c-x", at: "10.0.0.2"),
            sighting(Cluster.peer(labels: ["app": "web"]), pod: "web-7d9c-y", at: "10.0.0.3"),
            sighting(Cluster.peer(kind: "Deployment", name: "gone"), pod: "gone-1", at: "10.0.0.4"),
            sighting(Cluster.peer(labels: ["app": "what"]), pod: "what-1", at: "10.0.0.5"),
            sighting(Cluster.peer(labels: ["app": "what"]), pod: "", at: "10.0.0.6"),
            sighting(ObservedPeer(.world, address: address("10.0.0.7")), pod: "web-7d9c-z", at: "10.0.0.7"),
            sighting(Cluster.peer(kind: "Deployment", name: "web"), pod: "web-7d9c-n", at: "192.0.2.1"),
        ]
        let node = Cluster.object(
            "v1", "Node", "n", namespace: nil,
            #""status":{"addresses":[{"type":"InternalIP","address":"192.0.2.1"}]}"#)
        let (inventory, notes) = Cluster.build([Cluster.workload("Deployment", "web"), node], addresses: sightings)
        #expect(
            inventory.leases.map(\.owner) == [
                Cluster.id("Deployment", "web"), Cluster.id("Deployment", "web"), Cluster.id("Deployment", "web"),
                Cluster.id("Deployment", "gone"), Cluster.id("Pod", "what-1"),
            ])
        #expect(notes.count == 1)
    }

    @Test func `learns by what name records call this cluster`() {
        let pod = Cluster.pod("web-0", owner: Cluster.owner("StatefulSet", "web"), address: "10.0.0.9")
        let peer = Cluster.peer(kind: "StatefulSet", name: "web", cluster: "prod")
        let far = Cluster.peer(kind: "StatefulSet", name: "web", cluster: "far")
        let (inventory, _) = Cluster.build(
            [pod], addresses: [sighting(peer, pod: "web-0"), sighting(far, pod: "web-0", at: "10.9.0.1")])
        let index = InventoryIndex(inventory)
        #expect(inventory.aliases == ["prod"])
        #expect(index.match(peer) == .declared(Cluster.id("StatefulSet", "web")))
        #expect(index.match(far).workload?.cluster == ClusterName("far"))
    }
}
