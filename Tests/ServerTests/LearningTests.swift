import AppConfiguration
import Domain
import Foundation
import HTTPTransport
import Logging
import ServiceLifecycle
import Store
import Synchronization
import Testing

@testable import Server

@Suite struct LearningScheduleTests {
    private func slot(_ text: String, served: String?, started: String, now: String) throws -> LearningSchedule.Slot? {
        let schedule = LearningSchedule(schedule: try #require(CronSchedule(text)))
        return schedule.slot(
            served: served.flatMap { Timestamp($0) }, started: try #require(Timestamp(started)),
            now: try #require(Timestamp(now)))
    }

    @Test func `a first start waits for the schedule`() throws {
        let slot = try slot("0 3 * * *", served: nil, started: "2026-11-01T12:00:00Z", now: "2026-11-01T12:00:05Z")
        #expect(slot == .init(time: try #require(Timestamp("2026-11-02T03:00:00Z")), isLate: false))
    }

    @Test func `what was missed while nothing ran is made up for once`() throws {
        let slot = try slot(
            "0 3 * * *", served: "2026-11-01T03:00:00Z", started: "2026-11-05T12:00:00Z", now: "2026-11-05T12:00:00Z")
        #expect(slot == .init(time: try #require(Timestamp("2026-11-05T03:00:00Z")), isLate: true))
    }

    @Test func `an interval is counted from the run before`() throws {
        let next = try slot(
            "@every 6h", served: "2026-11-01T03:00:00Z", started: "2026-11-01T04:00:00Z", now: "2026-11-01T05:00:00Z")
        #expect(next == .init(time: try #require(Timestamp("2026-11-01T09:00:00Z")), isLate: false))
    }

    @Test func `a clock that went back asks for nothing twice`() throws {
        let next = try slot(
            "0 3 * * *", served: "2026-11-05T03:00:00Z", started: "2026-11-04T00:00:00Z", now: "2026-11-04T12:00:00Z")
        #expect(try #require(next).time > #require(Timestamp("2026-11-05T03:00:00Z")))
    }
}

@Suite struct LearningServiceTests {
    /// A replica's learning service over a store that others share.
    private struct Replica {
        let store: Store
        let metrics = ServerMetrics()
        let service: LearningService

        init(
            _ path: String, name: String, schedule: String?, _ more: [String: String] = [:],
            now: @escaping @Sendable () -> Timestamp
        ) throws {
            let store = try Store(path: path)
            self.store = store
            let settings = try Settings(
                ResolvedConfiguration(
                    flags: more.merging(schedule.map { ["schedule.learn": $0] } ?? [:]) { $1 }, environment: [:],
                    file: .empty))
            service = LearningService(
                store: store, settings: { settings }, metrics: metrics,
                logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() },
                holder: name, now: now, jitter: { _ in .zero }, disk: DiskQueue())
        }
    }

    /// Runs replicas until the condition holds.
    private func run(_ replicas: [Replica], until isMet: @escaping @Sendable () async throws -> Bool) async throws {
        let group = ServiceGroup(
            services: replicas.map(\.service), logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
        let running = Task { try await group.run() }
        try await Condition.wait(isMet)
        await group.triggerGracefulShutdown()
        try await running.value
    }

    @Test func `of several replicas one runs a missed slot`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "l.db").path
        let past = try #require(Timestamp("2026-11-01T03:00:00Z"))
        let now = try #require(Timestamp("2026-11-05T12:00:00Z"))
        let first = try Replica(path, name: "seed", schedule: nil, now: { past })
        let seed = try first.store.beginRun(.schedule, slot: past, now: past)
        try first.store.finishRun(seed, .succeeded, summary: "{}", now: past)
        let replicas = try (0..<4).map { try Replica(path, name: "replica \($0)", schedule: "0 3 * * *", now: { now }) }
        let store = first.store
        try await run(replicas) {
            try store.lastRuns().first?.outcome == .succeeded && store.lastServedSlot() ?? past > past
        }
        let runs = try store.lastRuns()
        #expect(runs.count == 2, "\(runs)")
        #expect(try store.lastServedSlot() == Timestamp("2026-11-05T03:00:00Z"))
    }

    @Test func `a request runs once, and one that comes meanwhile is not lost`() async throws {
        let folder = try TemporaryFolder()
        let replica = try Replica(
            folder.url.appending(path: "l.db").path, name: "a", schedule: nil, now: SystemClock.now)
        let store = replica.store
        #expect(await replica.service.request())
        try await run([replica]) { try store.lastRuns().first?.outcome == .succeeded }
        #expect(try store.lastRuns().map(\.trigger) == [.request])
    }

    @Test func `a replica waits while another one holds the lease`() async throws {
        let folder = try TemporaryFolder()
        let replica = try Replica(
            folder.url.appending(path: "l.db").path, name: "a", schedule: nil, now: SystemClock.now)
        let store = replica.store
        _ = try store.takeLease(name: "learn", holder: "other", now: SystemClock.now(), duration: .seconds(2))
        let start = ContinuousClock.now
        _ = await replica.service.request()
        try await run([replica]) { try store.lastRuns().first?.outcome == .succeeded }
        #expect(start.duration(to: .now) > .seconds(1.5))
    }

    @Test func `a run that nobody answers does not keep a service that is to end`() async throws {
        let folder = try TemporaryFolder()
        let silent = try SilentListener()
        let replica = try Replica(
            folder.url.appending(path: "l.db").path, name: "a", schedule: nil,
            [
                "repository.url": "http://127.0.0.1:\(silent.port)/r.git",
                "repository.cache": folder.url.appending(path: "cache").path,
            ], now: SystemClock.now)
        let running = Task { try await replica.service.run() }
        _ = await replica.service.request()
        try await Background.run { try silent.waitForRequest() }
        let start = ContinuousClock.now
        running.cancel()
        try await running.value
        #expect(start.duration(to: .now) < .seconds(5))
        let run = try #require(try replica.store.lastRuns().first)
        #expect(run.outcome == .failed)
        #expect(run.summary.contains("the service was stopped before the run ended"))
        // Its thread may still be pushing.
        let lease = try replica.store.takeLease(
            name: "learn", holder: "other", now: SystemClock.now(), duration: .seconds(2))
        guard case .taken = lease else { return }
        Issue.record("the lease was given back")
    }

    @Test func `a failure is kept with its reason`() async throws {
        let service = try await RunningService.start([
            "repository.url": "file:///nowhere/at/all.git", "repository.cache": "{folder}/cache",
        ])
        #expect(try await service.send("POST", "/v1/learn").status == 202)
        try await Condition.wait { try service.store.lastRuns().first?.outcome == .failed }
        let run = try #require(try service.store.lastRuns().first)
        #expect(run.summary.contains("nowhere"))
        #expect(try await service.metric("leastwise_learn_total{outcome=\"failed\"}") == 1)
        let status = try await service.send("GET", "/v1/status").text
        #expect(status.contains("\"outcome\":\"failed\""))
        try await service.stop()
    }
}
