import AppConfiguration
import Domain
import Logging
import ServiceLifecycle
import Store

/// Runs the learning job when the schedule says so or somebody asks, one run at a time over all replicas of the store.
actor LearningService: ServiceLifecycle.Service {
    private let store: Store
    private let settings: @Sendable () -> Settings
    private let metrics: ServerMetrics
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let jitter: @Sendable (Duration) -> Duration
    private let disk: DiskQueue
    private let holder: String
    private let thread = LearningThread()
    private let started: Timestamp
    private let (wakeups, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    private var isRequested = false
    /// When a slot's run begins here: the slot and a random time.
    private var starts: [Timestamp: ContinuousClock.Instant] = [:]
    private var problem: String?
    private(set) var isRunning = false

    private static let leaseName = "learn"
    /// A replica that dies is followed by another after this time at the latest.
    private static let leaseTime = Duration.seconds(120)
    private static let lookTime = Duration.seconds(1)

    /// - Parameters:
    ///   - settings: as they are when a run begins.
    ///   - jitter: a random time up to its argument.
    init(
        store: Store, settings: @escaping @Sendable () -> Settings, metrics: ServerMetrics, logger: Logger,
        holder: String, now: @escaping @Sendable () -> Timestamp,
        jitter: @escaping @Sendable (Duration) -> Duration,
        disk: DiskQueue
    ) {
        self.store = store
        self.settings = settings
        self.metrics = metrics
        self.logger = logger
        self.holder = holder
        self.now = now
        self.jitter = jitter
        self.disk = disk
        started = now()
    }

    /// Asks for a run; false where one is in progress, which this one follows.
    func request() -> Bool {
        isRequested = true
        wake.yield()
        return !isRunning
    }

    /// When the schedule is due next; nil without one.
    func next() async throws -> Timestamp? { try await slot()?.time }

    func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { [wake] in
                    // The clock may be set, the settings be reloaded, and another replica end its run at any time.
                    while (try? await Task.sleep(for: Self.lookTime)) != nil { wake.yield() }
                }
                await loop()
                group.cancelAll()
            }
        } onGracefulShutdown: { [wake] in
            wake.finish()
        }
    }

    private func loop() async {
        for await _ in wakeups {
            do {
                try await look()
                problem = nil
            } catch {
                let text = "\(error)"
                if problem != text { logger.error("learning could not be scheduled", metadata: ["error": "\(text)"]) }
                problem = text
            }
        }
    }

    /// Begins what is due.
    private func look() async throws {
        if isRequested {
            isRequested = false
            return try await take(.request, nil)
        }
        guard let slot = try await slot(), slot.time <= now() else { return }
        guard let start = starts[slot.time] else {
            // Replicas do not all ask at once.
            starts = [slot.time: .now + jitter(settings().upkeep.jitter)]
            return
        }
        guard start <= .now else { return }
        try await take(.schedule, slot.time)
    }

    private func slot() async throws -> LearningSchedule.Slot? {
        guard let schedule = settings().upkeep.schedule else { return nil }
        let served = try await disk.run { [store] in try store.lastServedSlot() }
        return LearningSchedule(schedule: schedule).slot(served: served, started: started, now: now())
    }

    /// Takes the lease and runs, unless another replica has it or has served the slot already.
    private func take(_ trigger: LearnRun.Trigger, _ slot: Timestamp?) async throws {
        guard try await takeLease() else {
            // It runs there; a request is kept for when it ends.
            if trigger == .request { isRequested = true }
            return
        }
        do {
            try await begin(trigger, slot)
        } catch {
            try await release()
            throw error
        }
        // What was abandoned may still be pushing: another replica waits until the lease runs out.
        if !Task.isCancelled { try await release() }
    }

    private func takeLease() async throws -> Bool {
        let outcome = try await disk.run { [store, holder, now = now()] in
            try store.takeLease(name: Self.leaseName, holder: holder, now: now, duration: Self.leaseTime)
        }
        if case .taken = outcome { return true }
        return false
    }

    private func release() async throws {
        _ = try await disk.run { [store, holder] in try store.releaseLease(name: Self.leaseName, holder: holder) }
    }

    private func begin(_ trigger: LearnRun.Trigger, _ slot: Timestamp?) async throws {
        let id = try await disk.run { [store, now = now()] () -> Int64? in
            if let slot, let served = try store.lastServedSlot(), served >= slot { return nil }
            return try store.beginRun(trigger, slot: slot, now: now)
        }
        guard let id else { return }
        isRunning = true
        await perform(id, trigger)
        isRunning = false
    }

    private func perform(_ id: Int64, _ trigger: LearnRun.Trigger) async {
        logger.info("learning run began", metadata: ["run": "\(id)", "trigger": "\(trigger.rawValue)"])
        let start = ContinuousClock.now
        let result = await renewingLease { [self, settings = settings()] in
            try await abandonable { [store] in try await LearningRun(settings: settings, store: store).perform() }
        }
        let took = start.duration(to: .now)
        metrics.learning.observe(took)
        switch result {
        case .success(let result):
            metrics.runs.add(1, "succeeded")
            metrics.lastRun.set(Double(now().rawValue / 1_000_000_000))
            for (word, count) in result.scopes { metrics.proposals.add(Double(count), word) }
            await finish(id, .succeeded, JSON.text(result))
            logger.info("learning run ended", metadata: ["run": "\(id)", "seconds": "\(took / .seconds(1))"])
        case .failure(let error):
            metrics.runs.add(1, "failed")
            await finish(id, .failed, JSON.text(["error": String("\(error)".prefix(4000))]))
            logger.error("learning run failed", metadata: ["run": "\(id)", "error": "\(error)"])
        }
    }

    private func finish(_ id: Int64, _ outcome: LearnRun.Outcome, _ summary: String) async {
        do {
            try await disk.run { [store, now = now()] in
                try store.finishRun(id, outcome, summary: summary, now: now)
            }
        } catch {
            logger.error("the learning run's end was not stored", metadata: ["run": "\(id)", "error": "\(error)"])
        }
    }

    /// Does the work on its own thread. Where this is cancelled, waits no longer: git and the forges may not answer, and
    /// the process is about to end.
    private nonisolated func abandonable(
        _ work: @escaping @Sendable () async throws -> LearningRun.Result
    ) async throws -> LearningRun.Result {
        let (results, source) = AsyncStream.makeStream(of: Result<LearningRun.Result, any Error>.self)
        let task = Task(executorPreference: thread) { source.yield(await Result.catching(work)) }
        return try await withTaskCancellationHandler {
            for await result in results { return try result.get() }
            throw LearningAbandoned()
        } onCancel: {
            task.cancel()
        }
    }

    /// Does the work while the lease is renewed.
    private func renewingLease(
        _ work: @escaping @Sendable () async throws -> LearningRun.Result
    ) async -> Result<LearningRun.Result, any Error> {
        await withTaskGroup(of: Result<LearningRun.Result, any Error>?.self) { group in
            group.addTask { await Swift.Result.catching(work) }
            group.addTask {
                while (try? await Task.sleep(for: Self.leaseTime / 4)) != nil { await self.renew() }
                return nil
            }
            var result: Result<LearningRun.Result, any Error>?
            while result == nil, let next = await group.next() { result = next }
            group.cancelAll()
            return result ?? .failure(CancellationError())
        }
    }

    private func renew() async {
        do {
            guard try await !takeLease() else { return }
            logger.error("the learning lease was lost to another replica")
        } catch {
            logger.warning("the learning lease was not renewed", metadata: ["error": "\(error)"])
        }
    }
}

/// The service ended before a learning run did.
private struct LearningAbandoned: Error, CustomStringConvertible {
    let description = "the service was stopped before the run ended: the next one begins anew"
}
