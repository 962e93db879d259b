import Decoders
import Domain
import Ingest
import Store
import Synchronization

/// Takes records from any number of senders at once, in bounded memory, and tells each when its own are durable.
final class Intake: Sendable {
    let committer: Committer
    let budget: MemoryBudget
    let metrics: ServerMetrics
    private let options: IngestOptions
    private let lanes = Mutex<[LaneKey: Lane]>([:])
    private let drain = Mutex(false)

    private struct LaneKey: Hashable {
        let source: IngestSource
        let cluster: ClusterName
    }

    /// Rows of a lane from which a sender waits for a commit before it is read on.
    static let mostRows = 100_000

    /// - Parameter commitDelay: the longest that a batch waits for others to be committed with.
    /// - Parameter bufferBytes: memory for what is being received.
    init(
        store: Store, disk: DiskQueue, commitDelay: Duration, bufferBytes: Int, metrics: ServerMetrics,
        options: IngestOptions = IngestOptions()
    ) {
        self.metrics = metrics
        self.options = options
        committer = Committer(store: store, disk: disk, delay: commitDelay, metrics: metrics)
        budget = MemoryBudget(bytes: bufferBytes)
    }

    /// True once nothing new is taken.
    var isDraining: Bool { drain.withLock { $0 } }

    /// From now on nothing new is taken.
    func beginDraining() { drain.withLock { $0 = true } }

    /// The lane of a source and a cluster.
    func lane(_ source: IngestSource, _ cluster: ClusterName) async -> Lane {
        let key = LaneKey(source: source, cluster: cluster)
        let made = Lane(source: source, cluster: cluster, options: options)
        let (lane, isNew) = lanes.withLock { lanes in
            if let known = lanes[key] { return (known, false) }
            lanes[key] = made
            return (made, true)
        }
        if isNew { await committer.add(lane) }
        return lane
    }

    /// Counts what became of an input's records.
    func count(_ summary: IngestSummary, source: IngestSource) {
        let name = source.rawValue
        metrics.bytes.add(Double(summary.bytes), name)
        metrics.records.add(Double(summary.observations), name, "accepted")
        metrics.records.add(Double(summary.ignored.total), name, "ignored")
        metrics.records.add(Double(summary.rejected.total), name, "rejected")
        for (reason, count) in summary.ignored.sorted { metrics.ignored.add(Double(count), name, reason.rawValue) }
        for (kind, count) in summary.rejected.sorted { metrics.diagnostics.add(Double(count), name, kind.rawValue) }
    }
}

/// Memory that many share, in bytes.
final class MemoryBudget: Sendable {
    private struct Use {
        var total = 0
        /// By the owner's name: owners that hold something.
        var owned: [String: Int] = [:]

        mutating func add(_ bytes: Int, _ owner: String?) {
            total += bytes
            guard let owner else { return }
            let held = owned[owner, default: 0] + bytes
            owned[owner] = held == 0 ? nil : held
        }
    }

    private let limit: Int
    private let use = Mutex(Use())

    init(bytes: Int) { limit = bytes }

    /// Bytes in use.
    var inUse: Int { use.withLock { $0.total } }

    /// The largest share that one body may have, so that none can starve the others; a zstd window fits in.
    var largestShare: Int { max(limit / 3, min(limit / 4 * 3, 12 << 20)) }

    /// True where more than half of it is in use.
    var isTight: Bool { inUse > limit / 2 }

    /// Shares larger than this leave the last quarter to the others: a few large ones must not stop all small ones.
    private var smallShare: Int { limit / 64 }

    /// What all shares of one owner come to at most, so that however many bodies it sends, others find room for theirs.
    private var largestOwned: Int { limit / 4 * 3 }

    /// Makes a share so many bytes larger; false where there is not enough left.
    ///
    /// - Parameter share: what the share comes to then.
    func take(_ bytes: Int, of share: Int, for owner: String?) -> Bool {
        let available = share > smallShare ? limit / 4 * 3 : limit
        return use.withLock { use in
            guard use.total + bytes <= available else { return false }
            if let owner, use.owned[owner, default: 0] + bytes > largestOwned { return false }
            use.add(bytes, owner)
            return true
        }
    }

    func give(back bytes: Int, of owner: String?) { use.withLock { $0.add(-bytes, owner) } }
}

/// A body's share of a budget; what it holds at its end goes back.
final class MemoryShare {
    private let budget: MemoryBudget
    private let owner: String?
    private(set) var held = 0

    /// - Parameter owner: the sender's name; nil for somebody without one, whom nothing tells from others.
    init(of budget: MemoryBudget, owner: String?) {
        self.budget = budget
        self.owner = owner
    }

    deinit { budget.give(back: held, of: owner) }

    /// Holds so many bytes from now on; false where there is not enough, and then holds what it held.
    func hold(_ bytes: Int) -> Bool {
        if bytes <= held {
            budget.give(back: held - bytes, of: owner)
        } else if bytes > budget.largestShare || !budget.take(bytes - held, of: bytes, for: owner) {
            return false
        }
        held = bytes
        return true
    }
}
