import Store

/// Commits what the lanes took, all of it in one transaction at a time, and tells those who wait when it is durable.
///
/// A commit begins when as many wait as are still being read, or when the oldest one has waited for the delay: so half of
/// the senders are read while the disk works for the other half. Commits never overlap, so that their number follows the
/// speed of the disk, and more wait for the next one meanwhile.
actor Committer {
    private let store: Store
    private let delay: Duration
    private let metrics: ServerMetrics
    private let clock = ContinuousClock()
    private let disk: DiskQueue
    private var lanes: [Lane] = []
    private var waiters: [Waiter] = []
    private var working = 0
    private var idleWatcher: CheckedContinuation<Void, Never>?
    private var lastFailed: [ObjectIdentifier: Lane.CutNumber] = [:]
    private let (wakeups, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    private var isClosed = false
    private var commits: UInt64 = 0

    /// Why the last commit failed; nil while commits succeed.
    private(set) var problem: StoreError?

    private struct Waiter {
        let lane: Lane
        let firstCut: Lane.CutNumber
        let since: ContinuousClock.Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    init(store: Store, disk: DiskQueue, delay: Duration, metrics: ServerMetrics) {
        self.store = store
        self.disk = disk
        self.delay = delay
        self.metrics = metrics
    }

    /// From now on commits take what this lane has.
    func add(_ lane: Lane) { lanes.append(lane) }

    /// Somebody hands bytes to a lane; commits wait a little for what comes.
    func beginWork() { working += 1 }

    /// Ends what `beginWork` began.
    func endWork() {
        working -= 1
        if isDue { stopWatching() }
    }

    /// Returns once everything that the lane holds of an input is durable.
    ///
    /// Throws an `IntakeError` where a commit that held something of it failed.
    func commit(_ lane: Lane, since firstCut: Lane.CutNumber) async throws {
        guard !isClosed else { throw IntakeError.draining }
        try await withCheckedThrowingContinuation { continuation in
            waiters.append(Waiter(lane: lane, firstCut: firstCut, since: clock.now, continuation: continuation))
            metrics.waiting.set(Double(waiters.count))
            if isDue { stopWatching() }
            wake.yield()
        }
    }

    /// True where more wait than would join them.
    private var isDue: Bool { working <= waiters.count }

    /// Commits whenever somebody waits, until `close` or until it is cancelled; from then on nobody waits any more.
    func run() async {
        for await _ in wakeups {
            while !waiters.isEmpty {
                await gather()
                await commitOnce()
            }
            if isClosed { break }
        }
        isClosed = true
        let left = waiters
        waiters = []
        for waiter in left { waiter.continuation.resume(throwing: IntakeError.draining) }
    }

    /// Ends `run` once nobody waits any more.
    func close() {
        isClosed = true
        wake.yield()
        stopWatching()
    }

    /// Waits until no more are being read than wait, or the oldest waiter has waited long enough.
    private func gather() async {
        guard let oldest = waiters.first?.since else { return }
        let deadline = oldest + delay
        guard !isDue, !isClosed, clock.now < deadline else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [clock] in
                // Cancelled as soon as enough wait.
                try? await clock.sleep(until: deadline, tolerance: .milliseconds(1))
                await self.stopWatching()
            }
            await withCheckedContinuation { idleWatcher = $0 }
            group.cancelAll()
        }
    }

    private func stopWatching() {
        idleWatcher?.resume()
        idleWatcher = nil
    }

    private func commitOnce() async {
        let waiting = waiters
        waiters = []
        metrics.waiting.set(0)
        let start = clock.now
        var cuts: [LaneCut] = []
        for lane in lanes { cuts.append(await LaneCut(lane)) }
        let failures = await store(cuts)
        commits += 1
        metrics.observeCommit(
            start.duration(to: clock.now), rows: cuts.reduce(0) { $0 + $1.cut.rows }, failed: !failures.isEmpty)
        problem = failures.values.first
        for cut in cuts where failures[cut.id] != nil { lastFailed[cut.id] = cut.cut.number }
        for waiter in waiting { answer(waiter, failures[ObjectIdentifier(waiter.lane)]) }
    }

    private func answer(_ waiter: Waiter, _ failure: StoreError?) {
        metrics.acknowledgement.observe(waiter.since.duration(to: clock.now))
        if let failure {
            waiter.continuation.resume(throwing: IntakeError.notStored(failure))
        } else if let failed = lastFailed[ObjectIdentifier(waiter.lane)], failed >= waiter.firstCut {
            waiter.continuation.resume(throwing: IntakeError.partlyLost)
        } else {
            waiter.continuation.resume()
        }
    }

    /// Stores all cuts in one transaction. Where the store refuses what is in it, each lane gets one of its own, so that
    /// one lane's mistake is not the others'. Returns why a lane's cut was not stored.
    private func store(_ cuts: [LaneCut]) async -> [ObjectIdentifier: StoreError] {
        var failures: [ObjectIdentifier: StoreError] = [:]
        for cut in cuts { failures[cut.id] = cut.cut.failure.map { StoreError(describing: $0) } }
        let whole = cuts.filter { failures[$0.id] == nil }
        do {
            try await write(whole.map(\.cut))
            return failures
        } catch {
            let failure = StoreError(describing: error)
            guard failure.blamesInput, whole.count > 1 else {
                for cut in whole { failures[cut.id] = failure }
                return failures
            }
        }
        for cut in whole {
            do { try await write([cut.cut]) } catch { failures[cut.id] = StoreError(describing: error) }
        }
        return failures
    }

    private func write(_ cuts: [Lane.Cut]) async throws {
        let batches = cuts.flatMap(\.batches)
        var marks = CommitMarks()
        for cut in cuts {
            marks.cursors += cut.marks.cursors
            marks.forgottenCursors += cut.marks.forgottenCursors
            marks.receipts += cut.marks.receipts
        }
        guard !batches.isEmpty || !marks.isEmpty else { return }
        try await disk.run { [store, marks] in try store.merge(batches, marks: marks) }
    }

    /// While commits fail, tries to write something small, so that the service recovers without being sent anything.
    func probe() async {
        guard problem != nil else { return }
        let seen = commits
        var failure: StoreError?
        do {
            try await disk.run { [store] in try store.merge([], marks: .probe) }
        } catch {
            failure = StoreError(describing: error)
        }
        // A commit meanwhile knows better.
        if commits == seen { problem = failure }
    }
}

/// What a lane had, and which lane.
private struct LaneCut {
    let id: ObjectIdentifier
    let cut: Lane.Cut

    init(_ lane: Lane) async {
        id = ObjectIdentifier(lane)
        cut = await lane.cut()
    }
}

extension StoreError {
    init(describing error: any Error) {
        self =
            error as? StoreError
            ?? StoreError(
                code: .unexpected, message: "the store failed: \(error)", hint: "report this", underlying: error)
    }
}

extension CommitMarks {
    /// Something to write that means nothing.
    fileprivate static var probe: CommitMarks {
        var marks = CommitMarks()
        marks.cursors = [SourceCursor(name: "service:probe", value: "{}")]
        return marks
    }
}
