import AppConfiguration
import Domain
import Logging
import ServiceLifecycle
import Store

/// Forgets what is older than the window, keeps the store within its bound, and tries a broken disk again.
///
/// All of it in small pieces between commits, so that records never wait for it for long.
struct UpkeepService: ServiceLifecycle.Service {
    let store: Store
    let disk: DiskQueue
    let intake: Intake
    let settings: SettingsBox
    let metrics: ServerMetrics
    let logger: Logger
    let now: @Sendable () -> Timestamp

    /// How often a broken disk is tried again.
    private static let probeTime = Duration.seconds(1)
    /// Ticks of the probe between two looks at the store.
    private static let ticksPerLook = 15
    /// Rows of one transaction.
    private static let rowsPerPiece = 1000

    func run() async throws {
        var tick = 0
        while !Task.isShuttingDownGracefully {
            await intake.committer.probe()
            metrics.buffered.set(Double(intake.budget.inUse))
            if tick % Self.ticksPerLook == 0 {
                do { try await look() } catch {
                    logger.warning("upkeep of the store failed", metadata: ["error": "\(error)"])
                }
            }
            tick += 1
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.probeTime) }
            } catch is CancellationError {
                return
            }
        }
    }

    private func look() async throws {
        let upkeep = settings.current.upkeep
        let size = try await disk.run { [store] in try store.size() }
        metrics.storeBytes.set(Double(size.fileBytes), "file")
        metrics.storeBytes.set(Double(size.logBytes), "log")
        metrics.storeBytes.set(Double(size.freeBytes), "free")
        metrics.edges.set(Double(size.rows.connectionEdges), "connection")
        metrics.edges.set(Double(size.rows.accessEdges), "access")
        try await disk.run { [store] in try store.limitSize(bytes: upkeep.maximumStoreBytes) }
        let window = RetentionWindow(upkeep).days(usedBytes: size.fileBytes - size.freeBytes)
        if window.isAtBound {
            logger.error(
                "the store is as large as it may be, although it holds no more than the least window",
                metadata: ["bytes": "\(size.fileBytes)", "days": "\(window.days)"])
        }
        for cluster in try await disk.run({ [store] in try store.clusters() }) {
            try await prune(cluster, days: window.days)
        }
        let cutoff = Timestamp(rawValue: now().rawValue - Int64(upkeep.receiptHours) * 3_600_000_000_000)
        _ = try await disk.run { [store] in try store.forgetReceipts(before: cutoff, limit: Self.rowsPerPiece) }
    }

    private func prune(_ cluster: ClusterName, days: Int) async throws {
        // The records' own clock: a cluster that is silent forgets nothing.
        guard let newest = try await disk.run({ [store] in try store.newestObservation(cluster: cluster) }) else {
            return
        }
        let cutoff = Timestamp(rawValue: newest.rawValue - Int64(days) * Timestamp.nanosecondsPerDay)
        var rows = 0
        while !Task.isShuttingDownGracefully {
            let progress = try await disk.run { [store] in
                try store.prune(cluster: cluster, before: cutoff, limit: Self.rowsPerPiece)
            }
            rows += progress.total
            if progress.isDone { break }
        }
        guard rows > 0 else { return }
        metrics.pruned.add(Double(rows))
        logger.info("forgot what is older than the window", metadata: ["cluster": "\(cluster)", "rows": "\(rows)"])
    }
}

/// How many days are remembered: all of the configured ones, and fewer as the store comes near its bound.
struct RetentionWindow {
    private let configured: Int
    private let least: Int
    private let maximum: Int64

    init(_ upkeep: Settings.Upkeep) {
        configured = upkeep.retentionDays
        least = upkeep.minimumRetentionDays
        maximum = upkeep.maximumStoreBytes
    }

    /// From nine tenths of the bound on, the window shrinks evenly, and has its least length at the bound: what is
    /// forgotten makes room, and the window grows again.
    func days(usedBytes: Int64) -> (days: Int, isAtBound: Bool) {
        let share = Double(usedBytes) / Double(maximum)
        guard share > 0.9 else { return (configured, false) }
        let excess = min(1, (share - 0.9) / 0.1)
        return (configured - Int((Double(configured - least) * excess).rounded()), share >= 1)
    }
}
