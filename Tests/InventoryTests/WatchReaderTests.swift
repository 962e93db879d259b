import Domain
import Testing

@testable import Inventory

@Suite struct WatchReaderTests {
    private let reader = WatchReader(cluster: TestCluster.name, kind: "core/Pod", apiVersion: "v1")

    private func event(_ text: String) -> VersionedEvent { reader.event(Array(text.utf8)) }

    private func pod(
        _ metadata: String = #","resourceVersion":"8""#, kind: String = #""kind":"Pod","apiVersion":"v1","#
    )
        -> String
    {
        #"{\#(kind)"metadata":{"name":"a","namespace":"shop"\#(metadata)},"spec":{"containers":[{"env":[{"value":"x"}]}]}}"#
    }

    private let key = ClusterObject.Key(kind: "core/Pod", namespace: Namespace("shop"), name: "a")

    @Test func `keeps what a dump's reader keeps, byte for byte`() throws {
        let text = TestCluster.pod("a", labels: #"{"app":"web"}"#, address: "10.0.0.1", created: "2026-01-01T00:00:00Z")
        let dumped = try #require(TestCluster.read([text]).objects.first)
        #expect(reader.item(Array(text.utf8)) == .object(dumped))
        #expect(event(#"{"type":"MODIFIED","object":\#(text)}"#).event == .upsert(dumped))
        #expect(event(#"{"object":\#(text),"x":[{}],"type":"ADDED"}"#).event == .upsert(dumped))
    }

    @Test func `an item of a typed list names no kind`() {
        guard case .object(let object) = reader.item(Array(pod(kind: "").utf8)) else {
            Issue.record("no object")
            return
        }
        #expect(object.key == key)
    }

    @Test func `reads versions, deletions with the last state, bookmarks and errors`() {
        #expect(event(#"{"type":"ADDED","object":\#(pod())}"#).version == "8")
        let deleted = event(#"{"type":"DELETED","object":\#(pod())}"#)
        guard case .removal(key, .some(let last), nil) = deleted.event else {
            Issue.record("\(deleted)")
            return
        }
        #expect(last.key == key)
        let mark = #"{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"9","creationTimestamp":null}}"#
        #expect(event(#"{"type":"BOOKMARK","object":\#(mark)}"#) == VersionedEvent(.bookmark, version: "9"))
        let status =
            #"{"kind":"Status","metadata":{},"status":"Failure","message":"old","reason":"Expired","code":410}"#
        #expect(
            event(#"{"type":"ERROR","object":\#(status)}"#).event
                == .failure(code: 410, reason: "Expired", message: "old"))
    }

    @Test func `an object that cannot be used any more is a removal, not a stop`() {
        let broken = #","resourceVersion":"8","labels":{"a b":"c"}"#
        #expect(
            event(#"{"type":"MODIFIED","object":\#(pod(broken))}"#)
                == VersionedEvent(.removal(key, last: nil, reason: .invalidName), version: "8"))
    }

    @Test func `does not let one kind's watch change another kind`() {
        let other = pod(kind: #""kind":"Secret","apiVersion":"v1","#)
        #expect(event(#"{"type":"ADDED","object":\#(other)}"#).event == .unreadable(.notThisSource))
        #expect(reader.item(Array(other.utf8)) == .unusable(nil, .notThisSource))
    }

    @Test(arguments: [
        "", "{", "[]", "null", #"{"type":"ADDED"}"#, #"{"type":1,"object":{}}"#, #"{"type":"ADDED","object":[]}"#,
        #"{"type":"OTHER","object":{}}"#, #"{"type":"ADDED","object":{"kind":"Pod"}}"#,
        #"{"type":"BOOKMARK","object":{}} {"#, #"{"type":"ADDED","object":{"metadata":{"name":"a"#,
    ])
    func `what is no event is unreadable`(text: String) {
        guard case .unreadable = event(text).event else {
            Issue.record("\(event(text))")
            return
        }
    }

    @Test func `a custom workload is told by its form, and is gone when it has that no more`() {
        let rollout = WatchReader(
            cluster: TestCluster.name, kind: "argoproj.io/Rollout", apiVersion: "argoproj.io/v1alpha1")
        let whole = TestCluster.workload("Rollout", "web", apiVersion: "argoproj.io/v1alpha1")
        guard case .object(let object) = rollout.item(Array(whole.utf8)) else {
            Issue.record("no object")
            return
        }
        let bare = TestCluster.object("argoproj.io/v1alpha1", "Rollout", "web", #""spec":{"workloadRef":{}}"#)
        #expect(rollout.item(Array(bare.utf8)) == .unusable(object.key, nil))
    }
}
