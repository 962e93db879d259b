import Domain
import Engine
import Foundation
import HTTPTransport
import ScriptedServers
import Store
import Synchronization
import Testing

@testable import KubernetesClient

/// A time that tests set, and waits that are short.
final class TestClock: Sendable {
    private let current = Mutex(Timestamp("2026-01-01T12:00:00Z") ?? Timestamp(seconds: 0))

    var now: Timestamp { current.withLock { $0 } }

    func set(_ text: String) { current.withLock { $0 = Timestamp(text) ?? $0 } }
}

/// An inventory watch that runs beside a test.
final class RunningWatch: Sendable {
    let store: Store
    let watch: InventoryWatch
    private let task: Task<Void, any Error>

    static var options: WatchOptions {
        var options = WatchOptions()
        options.longestWait = .milliseconds(30)
        options.gathering = .milliseconds(10)
        options.heartbeat = .milliseconds(50)
        options.discoveryInterval = .milliseconds(100)
        options.catchingUp = .zero
        return options
    }

    init(
        _ access: KubernetesAccess, store: Store, options: WatchOptions = RunningWatch.options,
        heartbeat: SavedHeartbeat = SavedHeartbeat(), clock: TestClock = TestClock()
    ) {
        self.store = store
        let watch = InventoryWatch(
            cluster: ScriptedCluster.name, store: store, access: access, options: options, heartbeat: heartbeat.value,
            clock: WatchClock(now: { clock.now }, random: { 0.5 }), variables: [:])
        self.watch = watch
        task = Task { try await watch.run() }
    }

    var status: WatchStatus { watch.board.current }

    func kind(_ name: String) -> WatchStatus.Kind { status.kinds[name] ?? WatchStatus.Kind() }

    /// Ends the watch, and waits until it has ended.
    func stop() async throws {
        task.cancel()
        try await task.value
    }

    deinit { task.cancel() }

    /// Waits until something holds; fails after the limit.
    func expect(
        _ what: Comment, within limit: Duration = .seconds(60), location: SourceLocation = #_sourceLocation,
        _ condition: () throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + limit
        while try !condition() {
            guard ContinuousClock.now < deadline else {
                Issue.record("\(what): \(status)", sourceLocation: location)
                throw WaitedInVain()
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Waits until the store holds what the server has.
    func expectTruth(_ cluster: ScriptedCluster, location: SourceLocation = #_sourceLocation) async throws {
        let truth = try cluster.truth()
        try await expect("the store holds what the server has", location: location) {
            try store.objects(cluster: ScriptedCluster.name) == truth
        }
    }

    struct WaitedInVain: Error {}
}

/// Keeps a heartbeat in memory, over the watches of one test; full, it keeps nothing.
final class SavedHeartbeat: Sendable {
    private struct Full: Error {}

    private let saved: Mutex<(moment: Timestamp?, isFull: Bool)>

    init(_ moment: Timestamp? = nil) { saved = Mutex((moment, false)) }

    var moment: Timestamp? { saved.withLock { $0.moment } }

    func isFull(_ isFull: Bool) { saved.withLock { $0.isFull = isFull } }

    var value: WatchHeartbeat {
        WatchHeartbeat(
            load: { self.moment },
            save: { moment in
                try self.saved.withLock { saved in
                    guard !saved.isFull else { throw Full() }
                    saved.moment = moment
                }
            })
    }
}

/// A store in a folder that goes with it.
final class TestStore: Sendable {
    let store: Store
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.path("leastwise.db"))
    }
}
