import Domain
import Migrations
import Testing

@testable import Store

struct StoreObjectsTests {
    @Test func `reports what a full listing adds, changes and removes`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let kinds: Set = ["core/Pod", "apps/Deployment"]
        let first = [object("core/Pod", "a"), object("core/Pod", "b"), object("apps/Deployment", "a")]
        #expect(try replace(store, first, kinds) == ObjectChanges(added: 3))
        #expect(try replace(store, first, kinds) == ObjectChanges())
        let second = [object("core/Pod", "b", body: "{\"x\":1}"), object("core/Pod", "c")]
        #expect(try replace(store, second, kinds) == ObjectChanges(added: 1, changed: 1, removed: 2))
        #expect(try store.objects(cluster: Sample.cluster) == second)
    }

    @Test func `removes nothing of other kinds, nor after a partial listing`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let all = [object("core/Pod", "a"), object("core/Service", "a")]
        #expect(try replace(store, all, nil) == ObjectChanges(added: 2))
        #expect(try replace(store, [], nil) == ObjectChanges())
        #expect(try replace(store, [], ["core/Pod"]) == ObjectChanges(removed: 1))
        #expect(try store.objects(cluster: Sample.cluster) == [all[1]])
    }

    @Test func `keeps the objects of other clusters`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let other = ClusterName("staging")
        let theirs = ClusterObject(
            cluster: other, kind: "core/Pod", namespace: Namespace("shop"), name: "a", body: Array("{}".utf8))
        try store.replaceObjects([theirs], cluster: other, kinds: ["core/Pod"])
        #expect(try replace(store, [object("core/Pod", "a")], ["core/Pod"]) == ObjectChanges(added: 1))
        #expect(try replace(store, [], ["core/Pod"]) == ObjectChanges(removed: 1))
        #expect(try store.objects(cluster: other) == [theirs])
    }

    @Test func `refuses an object of another cluster`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        let error = #expect(throws: StoreError.self) {
            try store.replaceObjects([object("core/Pod", "a")], cluster: ClusterName("staging"), kinds: nil)
        }
        #expect(error?.code == .invalidObservation)
        #expect(try store.objects(cluster: Sample.cluster).isEmpty)
    }

    @Test func `counts and measures what is stored`() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.file())
        try store.merge(Sample.batch(edges: 100))
        try replace(store, [object("core/Pod", "a")], nil)
        let statistics = try store.statistics()
        #expect((statistics.connectionEdges, statistics.accessEdges, statistics.objects) == (100, 0, 1))
        #expect(statistics.peers == 97)
        #expect(statistics.bytes > 4096)
        #expect(statistics.schemaVersion == Migration.all.count)
    }

    @discardableResult
    private func replace(_ store: Store, _ objects: [ClusterObject], _ kinds: Set<String>?) throws -> ObjectChanges {
        try store.replaceObjects(objects, cluster: Sample.cluster, kinds: kinds)
    }

    private func object(_ kind: String, _ name: String, body: String = "{}") -> ClusterObject {
        ClusterObject(
            cluster: Sample.cluster, kind: kind, namespace: Namespace("shop"), name: name, body: Array(body.utf8))
    }
}
