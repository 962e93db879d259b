import Domain
import Testing

@testable import Store

@Suite struct ObjectChangesTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file())
    }

    private func object(_ name: String, kind: String = "core/Pod", body: String = "{}") -> ClusterObject {
        ClusterObject(
            cluster: Sample.cluster, kind: kind, namespace: Namespace("shop"), name: name, body: Array(body.utf8))
    }

    private func changes(_ actions: ObjectChange.Action...) -> [ObjectChange] {
        actions.map { ObjectChange($0, knownUntil: Sample.time(day: 3)) }
    }

    private func stored() throws -> [ClusterObject] { try store.objects(cluster: Sample.cluster) }

    @Test func `applies changes in their order, and counts them`() throws {
        let applied = try store.applyObjectChanges(
            changes(
                .upsert(object("a")), .upsert(object("b")), .upsert(object("a")), .upsert(object("a", body: "[]")),
                .remove(object("b").key), .remove(object("none").key)), cluster: Sample.cluster)
        #expect(applied == ObjectChanges(added: 2, changed: 1, removed: 1))
        #expect(try stored() == [object("a", body: "[]")])
    }

    @Test func `a complete listing removes what is not in it, of its kind and cluster alone`() throws {
        let service = object("a", kind: "core/Service")
        let theirs = ClusterObject(
            cluster: ClusterName("other"), kind: "core/Pod", namespace: Namespace("shop"), name: "z", body: [123, 125])
        try store.replaceObjects([theirs], cluster: theirs.cluster, kinds: nil)
        try store.applyObjectChanges(
            changes(
                .upsert(object("a")), .upsert(object("b")), .upsert(service),
                .removeOthers(kind: "core/Pod", kept: [object("b").key])), cluster: Sample.cluster)
        #expect(try stored() == [object("b"), service])
        #expect(try store.objects(cluster: theirs.cluster) == [theirs])
    }

    @Test func `asks what to keep of each state that goes, while it is still there`() throws {
        try store.applyObjectChanges(changes(.upsert(object("a")), .upsert(object("b"))), cluster: Sample.cluster)
        var asked: [ObjectTransition] = []
        try store.applyObjectChanges(
            changes(
                .upsert(object("a")), .upsert(object("a", body: "[]")), .upsert(object("c")),
                .removeOthers(kind: "core/Pod", kept: [object("c").key])), cluster: Sample.cluster
        ) { transition, objects in
            asked.append(transition)
            let stored = try objects.object(transition.old.key)
            #expect(stored == transition.old)
            return []
        }
        let time = Sample.time(day: 3)
        #expect(
            asked == [
                ObjectTransition(old: object("a"), new: object("a", body: "[]"), knownUntil: time),
                ObjectTransition(old: object("a", body: "[]"), new: nil, knownUntil: time),
                ObjectTransition(old: object("b"), new: nil, knownUntil: time),
            ])
    }

    @Test func `keeps sightings in the same transaction, or neither`() throws {
        struct Stop: Error {}
        let sighting = AddressSighting(
            cluster: Sample.cluster, address: IPAddress(ipv4: 7), peer: peer, podName: "a", first: Sample.time(day: 1),
            last: Sample.time(day: 2))
        try store.applyObjectChanges(changes(.upsert(object("a")), .upsert(object("b"))), cluster: Sample.cluster)
        #expect(throws: Stop.self) {
            try store.applyObjectChanges(
                changes(.remove(object("a").key), .remove(object("b").key)), cluster: Sample.cluster
            ) { transition, objects in
                if transition.old.name == "b" { throw Stop() }
                return [sighting]
            }
        }
        #expect(try stored().count == 2)
        #expect(try store.addressSightings(cluster: Sample.cluster).isEmpty)
        try store.applyObjectChanges(
            changes(.remove(object("a").key), .remove(object("b").key)), cluster: Sample.cluster
        ) { transition, objects in
            let known = try objects.sightings(of: "a", at: sighting.address)
            #expect(known == (transition.old.name == "a" ? [] : [sighting]))
            return [sighting]
        }
        #expect(try stored().isEmpty)
        #expect(try store.addressSightings(cluster: Sample.cluster) == [sighting])
    }

    private let peer = ObservedPeer(
        pod: "", namespace: Namespace("shop"), workloadKind: "Deployment", workloadName: "web", labels: [:],
        remoteCluster: "")

    @Test func `finds objects by a text in them`() throws {
        try store.applyObjectChanges(
            changes(.upsert(object("a", body: #"{"name":"x"}"#)), .upsert(object("b")), .upsert(object("c"))),
            cluster: Sample.cluster)
        try store.applyObjectChanges(changes(.remove(object("c").key)), cluster: Sample.cluster) { _, objects in
            let found = try objects.objects(kind: "core/Pod", in: Namespace("shop"), holding: #""name":"x""#)
            #expect(found.map(\.name) == ["a"])
            return []
        }
    }

    @Test func `refuses an object of another cluster, and stores nothing`() throws {
        let error = #expect(throws: StoreError.self) {
            try store.applyObjectChanges(changes(.upsert(object("a"))), cluster: ClusterName("other"))
        }
        #expect(error?.code == .invalidObservation)
        #expect(try store.objects(cluster: ClusterName("other")).isEmpty)
    }
}
