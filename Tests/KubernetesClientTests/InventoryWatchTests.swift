import Domain
import Engine
import Foundation
import HTTPTransport
import ScriptedServers
import Store
import Testing

@testable import KubernetesClient

/// Whole watches against a scripted API server, into a real store.
@Suite struct InventoryWatchTests {
    private let cluster: ScriptedCluster
    private let disk: TestStore

    init() throws {
        cluster = try ScriptedCluster()
        disk = try TestStore()
    }

    private func watch(
        heartbeat: SavedHeartbeat = SavedHeartbeat(), _ change: (inout WatchOptions) -> Void = { _ in }
    ) -> RunningWatch {
        var options = RunningWatch.options
        change(&options)
        return RunningWatch(cluster.access(), store: disk.store, options: options, heartbeat: heartbeat)
    }

    private func put(_ pods: Int, from first: Int = 0) throws {
        let made = (first..<first + pods).map { Made.pod("p\($0)", at: "10.0.\($0 / 250).\($0 % 250 + 1)") }
        try cluster.control(["put", "Pod"] + made)
    }

    @Test func `lists in pages, then follows what is added, changed and deleted`() async throws {
        try put(25)
        let watch = watch { $0.pageSize = 10 }
        try await watch.expectTruth(cluster)
        try await watch.expect("all is listed") { watch.status.isComplete }
        #expect(watch.kind("core/Pod").listed == 25)
        let pages = try cluster.requests().filter { $0.contains("/pods?limit=10") }
        #expect(pages.count == 3)
        #expect(pages.dropFirst().allSatisfy { $0.contains("&continue=") })
        try cluster.control(
            ["put", "Pod", Made.pod("new", at: "10.9.0.1"), Made.pod("p3", at: "10.9.0.2")],
            ["delete", "Pod", "shop", "p4"], ["put", "Node", Made.node("n1")])
        try await watch.expectTruth(cluster)
        #expect(watch.kind("core/Pod").events == 3)
        #expect(watch.kind("core/Pod").listings == 1)
        try await watch.stop()
    }

    @Test func `asks for bookmarks and an end, and takes a watch up behind a bookmark`() async throws {
        try put(3)
        let watch = watch()
        try await watch.expect("pods are watched") { try cluster.control(["watching"]) as? Int == 4 }
        try cluster.control(["bookmark"], ["compact"])
        // Without the bookmark the version would be too old by now.
        try cluster.control(["bookmark"])
        let asked = try cluster.requests().filter { $0.contains("watch=1") && $0.contains("/pods") }
        #expect(asked.allSatisfy { $0.contains("allowWatchBookmarks=true") && $0.contains("timeoutSeconds=") })
        try cluster.control(["drop", true])
        try await watch.expect("it watches again") {
            try cluster.requests().contains { $0.contains("/pods?watch") }
        }
        try put(1, from: 50)
        try await watch.expectTruth(cluster)
        #expect(watch.kind("core/Pod").listings == 1)
    }

    @Test func `lists again where the version is forgotten, and finds what went meanwhile`() async throws {
        try put(5)
        let watch = watch()
        try await watch.expectTruth(cluster)
        for odd in 0..<2 {
            // The server says so with a status or with an event, by the version's last bit.
            try put(1, from: 20 + odd)
            try await watch.expectTruth(cluster)
            try cluster.control(["delete", "Pod", "shop", "p\(odd)"], ["bookmark"], ["compact"], ["drop", false])
            try await watch.expectTruth(cluster)
        }
        try await watch.expect("it was listed again") { watch.kind("core/Pod").listings >= 2 }
    }

    @Test func `a listing that the server forgets begins anew, and one that breaks off removes nothing`() async throws {
        try put(30)
        let first = watch { $0.pageSize = 10 }
        try await first.expectTruth(cluster)
        try await first.stop()
        // From now on the third page never comes.
        for count in 0..<3 { try cluster.control(["fault", ["request": "list", "kind": "Pod", "cut": 3000 + count]]) }
        try cluster.control(["fault", ["request": "list", "kind": "Pod", "status": 410, "count": 2]])
        try cluster.control(["fault", ["request": "list", "kind": "Pod", "status": 500, "count": 1000]])
        let second = watch { $0.pageSize = 10 }
        try await second.expect("it fails") { second.kind("core/Pod").problem?.contains("500") == true }
        #expect(try disk.store.objects(cluster: ScriptedCluster.name) == cluster.truth())
        try cluster.control(["chaos", 0, 0], ["delete", "Pod", "shop", "p7"])
        try await second.expectTruth(cluster)
        #expect(second.status.isComplete)
    }

    @Test(arguments: ["cut", "goneAfter", "garbageAfter"])
    func `survives a watch that breaks`(fault: String) async throws {
        try put(3)
        let watch = watch()
        try await watch.expectTruth(cluster)
        for round in 0..<4 {
            try cluster.control(
                ["fault", ["request": "watch", "kind": "Pod", fault: round * 150]], ["drop", round % 2 == 0])
            try put(3, from: 10 * (round + 1))
            try await watch.expectTruth(cluster)
        }
    }

    @Test func `ends a watch whose event has no end`() async throws {
        try put(3)
        let watch = watch { $0.largestObject = 20_000 }
        try await watch.expectTruth(cluster)
        try cluster.control(
            ["requests"], ["fault", ["request": "watch", "kind": "Pod", "oversize": 50_000, "count": 2]],
            ["drop", true])
        for first in [20, 30, 40] {
            try put(2, from: first)
            try await watch.expectTruth(cluster)
        }
        #expect(try cluster.requests().filter { $0.contains("/pods?watch") }.count >= 3)
    }

    @Test func `gives a watch up that is silent for longer than it may last`() async throws {
        try put(2)
        let watch = watch {
            $0.watchSeconds = 1...1
            $0.watchGrace = .milliseconds(500)
        }
        try await watch.expectTruth(cluster)
        try cluster.control(["fault", ["request": "watch", "kind": "Pod", "silent": true]], ["drop", true])
        try put(1, from: 20)
        try await watch.expectTruth(cluster)
    }

    @Test func `reports a kind that it may not list, with the rule, and goes on with the others`() async throws {
        try put(2)
        try cluster.control(["fault", ["request": "list", "kind": "Node", "status": 403, "count": 1000]])
        let watch = watch()
        try await watch.expectTruth(cluster)
        try await watch.expect("nodes are refused") { watch.kind("core/Node").phase == .forbidden }
        #expect(watch.kind("core/Node").problem?.contains(#"resources: ["nodes"], verbs: ["list", "watch"]"#) == true)
        #expect(watch.status.isComplete)
        #expect(watch.status.missingRules.count == 1)
        try cluster.control(["chaos", 0, 0], ["put", "Node", Made.node("n1")])
        try await watch.expectTruth(cluster)
    }

    @Test func `waits as long as the server asks for`() async throws {
        try cluster.control(["fault", ["request": "list", "kind": "Pod", "status": 429, "retryAfter": 1]])
        let begin = ContinuousClock.now
        let watch = watch { $0.longestWait = nil }
        try await watch.expect("pods are listed") { watch.kind("core/Pod").isListed }
        #expect(ContinuousClock.now - begin >= .seconds(1))
    }

    @Test func `picks up a kind that comes later, at its version, and lets go of one that is gone`() async throws {
        try put(2)
        let watch = watch()
        try await watch.expectTruth(cluster)
        let kind = "cilium.io/CiliumNetworkPolicy"
        #expect(watch.kind(kind).phase == .absent)
        let policy: [String: Any] = [
            "metadata": ["name": "p", "namespace": "shop"], "spec": ["endpointSelector": [:] as [String: Any]],
        ]
        try cluster.control(
            ["serve", "cilium.io/v2", "CiliumNetworkPolicy", "ciliumnetworkpolicies", true],
            ["put", "CiliumNetworkPolicy", policy])
        try await watch.expectTruth(cluster)
        #expect(try disk.store.objects(cluster: ScriptedCluster.name).contains { $0.kind == kind })
        try cluster.control(["unserve", "CiliumNetworkPolicy"])
        try await watch.expectTruth(cluster)
        #expect(watch.kind(kind).phase == .absent)
    }

    @Test func `reads a rotated token after 401`() async throws {
        let folder = try TemporaryFolder()
        func write(_ token: String) throws { try Data(token.utf8).write(to: URL(filePath: folder.path("token"))) }
        try write("one")
        try cluster.control(["token", "one"])
        var access = cluster.access()
        access.credentials = .tokenFile(folder.path("token"))
        let watch = RunningWatch(access, store: disk.store)
        try put(2)
        try await watch.expectTruth(cluster)
        try cluster.control(["token", "two"], ["drop", true])
        try await watch.expect("it is refused") { watch.kind("core/Pod").problem?.contains("401") == true }
        try write("two")
        try put(1, from: 9)
        try await watch.expectTruth(cluster)
    }

    @Test func `follows two thousand pods through a slow listing`() async throws {
        try put(2000)
        try cluster.control(["slow", 0.01])
        let watch = watch()
        try await watch.expectTruth(cluster)
        #expect(watch.kind("core/Pod").listed == 2000)
        try cluster.control(["slow", 0], ["delete", "Pod", "shop", "p1999"])
        try await watch.expectTruth(cluster)
    }

    @Test func `stores what it read before it ends`() async throws {
        let watch = watch { $0.gathering = .seconds(100) }
        try await watch.expect("pods are watched") { try cluster.control(["watching"]) as? Int == 4 }
        try put(2)
        try await watch.expect("the events came") { watch.kind("core/Pod").events == 2 }
        try await watch.stop()
        #expect(try disk.store.objects(cluster: ScriptedCluster.name).count == 2)
    }

    @Test func `what cannot be stored is told, and stored when it can be`() async throws {
        let saved = SavedHeartbeat()
        saved.isFull(true)
        try put(3)
        let watch = watch(heartbeat: saved)
        try await watch.expect("it is told") { watch.status.deliveryProblem != nil }
        try put(2, from: 10)
        saved.isFull(false)
        try await watch.expectTruth(cluster)
        try await watch.expect("it is well") { watch.status.deliveryProblem == nil }
        #expect(watch.kind("core/Pod").listings == 1)
    }

    @Test func `an unreachable server is told, and tried again`() async throws {
        let access = KubernetesAccess(server: "http://127.0.0.1:1", origin: "test")
        let watch = RunningWatch(access, store: disk.store)
        try await watch.expect("it is told") { watch.status.discoveryProblem?.contains("127.0.0.1:1") == true }
        #expect(!watch.status.isComplete)
        try await watch.stop()
    }
}
