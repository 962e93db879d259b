import Domain
import Engine
import Foundation
import Inventory
import KubernetesClient
import NetworkLearner
import Store
import Testing

/// What is known of pods' addresses when the pods, or what owned them, are gone.
@Suite struct PodHistoryTests {
    private static let rs = "apps/ReplicaSet"
    private let cluster = ScriptedCluster.name
    private let disk: TestStore

    init() throws { disk = try TestStore() }

    private func object(_ kind: String, _ value: [String: Any]) throws -> ClusterObject {
        let version = ["core/Pod": "v1", "batch/Job": "batch/v1", "batch/CronJob": "batch/v1"][kind] ?? "apps/v1"
        let item = WatchReader(cluster: cluster, kind: kind, apiVersion: version)
            .item(Array(try JSONSerialization.data(withJSONObject: value)))
        guard case .object(let object) = item else { throw Unusable() }
        return object
    }

    private struct Unusable: Error {}

    private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    private func apply(_ actions: [ObjectChange.Action], at moment: String?, podsKnown: String? = nil) throws {
        var delivery = ObjectDelivery()
        let known = try moment.map(time)
        delivery.changes = actions.map { ObjectChange($0, knownUntil: known) }
        delivery.knownUntil["core/Pod"] = try (podsKnown ?? moment).map(time)
        try InventoryWatch.apply(delivery, to: disk.store, cluster: cluster)
    }

    private func put(_ kind: String, _ value: [String: Any], at moment: String = "2026-01-01T00:00:10Z") throws {
        try apply([.upsert(object(kind, value))], at: moment)
    }

    private func key(_ kind: String, _ name: String) -> ClusterObject.Key {
        ClusterObject.Key(kind: kind, namespace: Namespace("shop"), name: name)
    }

    private func remove(_ kind: String, _ name: String, at moment: String) throws {
        try apply([.remove(key(kind, name))], at: moment)
    }

    /// `address owner pod first last` of each sighting, times without their date.
    private func sightings() throws -> [String] {
        try disk.store.addressSightings(cluster: cluster).map { sighting in
            let span = [sighting.first, sighting.last].map { $0.description.dropFirst(11).dropLast() }
            let owner = "\(sighting.peer.workloadKind)/\(sighting.peer.workloadName)"
            return "\(sighting.address) \(owner) \(sighting.podName) \(span[0]) \(span[1])"
        }
    }

    private func deployment(_ name: String, pod: String, at address: String) throws {
        try put("apps/Deployment", Made.workload(name, labels: ["app": name]))
        try put(Self.rs, Made.workload("\(name)-bcdf5", owner: ("Deployment", name), labels: ["app": name]))
        try put("core/Pod", Made.pod(pod, at: address, owner: ("ReplicaSet", "\(name)-bcdf5"), labels: ["app": name]))
    }

    @Test func `a flow at an address resolves to the pod that had it at the time`() throws {
        try put("core/Pod", Made.pod("client", at: "10.0.0.1", labels: ["app": "client"]))
        try deployment("web", pod: "web-bcdf5-a", at: "10.0.0.5")
        try remove("core/Pod", "web-bcdf5-a", at: "2026-01-02T00:00:00Z")
        try put("apps/Deployment", Made.workload("api", labels: ["app": "api"]))
        let later = Made.pod(
            "api-x-b", at: "10.0.0.5", owner: ("Deployment", "api"), started: "2026-01-03T00:00:00Z",
            labels: ["app": "api"])
        try put("core/Pod", later)
        #expect(try learned(at: "2026-01-01T12:00:00Z") == ["Deployment/web"])
        #expect(try learned(at: "2026-01-04T12:00:00Z") == ["Deployment/api"])
        #expect(try learned(at: "2026-01-02T12:00:00Z") == [])
    }

    /// The workloads that the learner takes 10.0.0.5 for, when the client was seen to reach it at a moment.
    private func learned(at moment: String) throws -> [String] {
        let when = try time(moment)
        let client = ObservedPeer(
            pod: "client", namespace: Namespace("shop"), workloadKind: "", workloadName: "", labels: ["app": "client"],
            remoteCluster: "")
        let edge = ConnectionEdge(
            cluster: cluster, source: client,
            destination: ObservedPeer(.unknown, address: IPAddress("10.0.0.5")), protocol: .tcp,
            port: Port(80), direction: .known)
        let fact = ConnectionFact(
            count: 9, attempts: 0, answers: 9, refusals: 0, first: when, last: when, days: DaySet(day: when.day),
            sources: .hubble, sample: "")
        let (inventory, _) = InventoryBuilder.build(
            cluster: cluster, objects: try disk.store.objects(cluster: cluster),
            addressSightings: try disk.store.addressSightings(cluster: cluster))
        let observed = NetworkObservations(
            cluster: cluster, edges: [(edge, fact)], inventory: inventory, newest: when)
        return NetworkLearner().learn(observed).learned.compactMap { connection in
            guard case .workload(let id) = connection.destination else { return nil }
            return "\(id.kind)/\(id.name)"
        }
    }

    @Test func `a pod that is deleted leaves its time, under the owner that policies select`() throws {
        try deployment("web", pod: "web-bcdf5-a", at: "10.0.0.5")
        try remove("core/Pod", "web-bcdf5-a", at: "2026-01-01T05:00:00Z")
        #expect(try sightings() == ["10.0.0.5 Deployment/web web-bcdf5-a 00:00:00 05:00:00"])
    }

    @Test(arguments: [true, false])
    func `the owner is known whatever is deleted first`(deploymentFirst: Bool) throws {
        try deployment("web", pod: "web-bcdf5-a", at: "10.0.0.5")
        let owners = [("apps/Deployment", "web"), (Self.rs, "web-bcdf5")]
        for (kind, name) in deploymentFirst ? owners : owners.reversed() {
            try remove(kind, name, at: "2026-01-01T05:00:00Z")
        }
        try remove("core/Pod", "web-bcdf5-a", at: "2026-01-01T05:00:20Z")
        #expect(try sightings() == ["10.0.0.5 Deployment/web web-bcdf5-a 00:00:00 05:00:20"])
    }

    @Test func `all of it in one transaction, as a watch may gather it`() throws {
        let gone = Made.pod("web-bcdf5-a", at: "10.0.0.5", owner: ("ReplicaSet", "web-bcdf5"))
        try apply(
            [
                .upsert(object("apps/Deployment", Made.workload("web"))),
                .upsert(object(Self.rs, Made.workload("web-bcdf5", owner: ("Deployment", "web")))),
                .upsert(object("core/Pod", Made.pod("web-bcdf5-a", at: "", owner: ("ReplicaSet", "web-bcdf5")))),
                .upsert(object("core/Pod", gone)), .remove(key(Self.rs, "web-bcdf5")),
                .remove(key("core/Pod", "web-bcdf5-a")),
            ], at: "2026-01-01T00:00:03Z")
        #expect(try sightings() == ["10.0.0.5 Deployment/web web-bcdf5-a 00:00:00 00:00:03"])
        #expect(try disk.store.objects(cluster: cluster).map(\.name) == ["web"])
    }

    @Test func `a pod that a listing finds gone was there until the last known moment`() throws {
        try deployment("web", pod: "web-bcdf5-a", at: "10.0.0.5")
        try apply(
            [.removeOthers(kind: Self.rs, kept: [])], at: "2026-01-01T09:00:00Z", podsKnown: "2026-01-01T04:00:00Z")
        try apply(
            [.removeOthers(kind: "core/Pod", kept: [])], at: "2026-01-01T04:00:00Z")
        #expect(try sightings() == ["10.0.0.5 Deployment/web web-bcdf5-a 00:00:00 04:00:00"])
    }

    @Test func `without a last known moment only the beginning is certain`() throws {
        try deployment("web", pod: "web-bcdf5-a", at: "10.0.0.5")
        try apply([.removeOthers(kind: "core/Pod", kept: [])], at: nil)
        #expect(try sightings() == ["10.0.0.5 Deployment/web web-bcdf5-a 00:00:00 00:00:00"])
    }

    @Test func `a finished Job's pod had its address until its last container ended`() throws {
        let ended = [["state": ["terminated": ["finishedAt": "2026-01-01T00:01:00Z"]]]]
        try put(
            "batch/CronJob", ["metadata": ["name": "nightly", "namespace": "shop"], "spec": ["schedule": "@daily"]])
        try put("batch/Job", Made.workload("nightly-29000000", owner: ("CronJob", "nightly")))
        try put(
            "core/Pod",
            Made.pod(
                "nightly-29000000-x", at: "10.0.0.5", owner: ("Job", "nightly-29000000"), phase: "Succeeded",
                containers: ended))
        try remove("batch/Job", "nightly-29000000", at: "2026-01-01T07:00:00Z")
        try remove("core/Pod", "nightly-29000000-x", at: "2026-01-01T07:00:01Z")
        #expect(try sightings() == ["10.0.0.5 CronJob/nightly nightly-29000000-x 00:00:00 00:01:00"])
    }

    @Test func `a pod that gets another address, or is another one of its name, leaves the old time`() throws {
        let set = (kind: "StatefulSet", name: "db")
        try put("core/Pod", Made.pod("db-0", at: "10.0.0.5", owner: set))
        try put("core/Pod", Made.pod("db-0", at: "10.0.0.6", owner: set), at: "2026-01-01T01:00:00Z")
        let again = Made.pod("db-0", at: "10.0.0.6", owner: set, started: "2026-01-01T03:00:00Z")
        try put("core/Pod", again, at: "2026-01-01T02:00:00Z")
        #expect(
            try sightings() == [
                "10.0.0.5 StatefulSet/db db-0 00:00:00 01:00:00", "10.0.0.6 StatefulSet/db db-0 00:00:00 02:00:00",
            ])
    }

    @Test func `nothing is kept of pods without an address of their own, nor of what does not change it`() throws {
        try put("core/Pod", Made.pod("host", at: "192.0.2.1", hostNetwork: true))
        try put("core/Pod", Made.pod("new", at: ""))
        try put("core/Pod", Made.pod("web", at: "10.0.0.5"))
        try put("core/Pod", Made.pod("web", at: "10.0.0.5", labels: ["app": "other"]))
        for name in ["host", "new"] { try remove("core/Pod", name, at: "2026-01-01T01:00:00Z") }
        #expect(try sightings() == [])
        try remove("core/Pod", "web", at: "2026-01-01T01:00:00Z")
        #expect(try sightings() == ["10.0.0.5 Pod/web web 00:00:00 01:00:00"])
    }

    @Test func `a watch keeps the time up to its own moment, and a restart up to the heartbeat`() async throws {
        let server = try ScriptedCluster()
        let clock = TestClock()
        let saved = SavedHeartbeat()
        try server.control(["put", "Pod", Made.pod("a", at: "10.0.0.1"), Made.pod("b", at: "10.0.0.2")])
        let first = RunningWatch(server.access(), store: disk.store, heartbeat: saved, clock: clock)
        try await first.expectTruth(server)
        clock.set("2026-01-01T13:00:00Z")
        try server.control(["delete", "Pod", "shop", "a"])
        try await first.expectTruth(server)
        clock.set("2026-01-01T14:00:00Z")
        try server.control(["bookmark"])
        let bookmark = try time("2026-01-01T14:00:00Z")
        try await first.expect("the bookmark is saved") { saved.moment == bookmark }
        try await first.stop()
        try server.control(["delete", "Pod", "shop", "b"])
        clock.set("2026-01-01T18:00:00Z")
        let second = RunningWatch(server.access(), store: disk.store, heartbeat: saved, clock: clock)
        try await second.expectTruth(server)
        try await second.stop()
        #expect(
            try sightings() == ["10.0.0.1 Pod/a a 00:00:00 13:00:00", "10.0.0.2 Pod/b b 00:00:00 14:00:00"])
    }

    @Test func `events of the time before a watch end nothing later than was known`() async throws {
        let server = try ScriptedCluster()
        let clock = TestClock()
        try server.control(["put", "Pod", Made.pod("a", at: "10.0.0.1")])
        var options = RunningWatch.options
        options.catchingUp = .seconds(3600)
        let watch = RunningWatch(server.access(), store: disk.store, options: options, clock: clock)
        try await watch.expectTruth(server)
        clock.set("2026-01-01T15:00:00Z")
        try server.control(["delete", "Pod", "shop", "a"])
        try await watch.expectTruth(server)
        try await watch.stop()
        #expect(try sightings() == ["10.0.0.1 Pod/a a 00:00:00 12:00:00"])
    }
}
