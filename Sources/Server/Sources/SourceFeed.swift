import Domain
import Ingest
import NIOCore
import Store

/// Puts what the service reads by itself into a lane, and commits it together with the position behind it.
///
/// Where a commit fails, whatever was taken since the last one that succeeded has to be read again, from the stored position.
actor SourceFeed {
    private let intake: Intake
    private let lane: Lane
    /// The first cut with something that was not committed for this feed yet; nil where there is nothing.
    private var firstCut: Lane.CutNumber?

    init(_ intake: Intake, source: IngestSource, cluster: ClusterName) async {
        self.intake = intake
        lane = await intake.lane(source, cluster)
    }

    /// Takes complete records, and the position behind them; waits for a commit where the lane is full.
    ///
    /// - Parameter name: of the input, for diagnostics.
    func take(_ bytes: ByteBuffer, name: String, cursor: SourceCursor) async throws {
        let (summary, standing) = try await lane.takeRecords(bytes, name: name, cursor: cursor)
        intake.count(summary, source: lane.source)
        if firstCut == nil { firstCut = standing.cut }
        if standing.weight >= Intake.mostRows { try await commit() }
    }

    /// Stores positions that moved without records, and forgets others, with the next commit.
    func mark(_ moved: [SourceCursor], forgotten: [String]) async {
        guard !moved.isEmpty || !forgotten.isEmpty else { return }
        let cut = await lane.mark(moved, forgotten: forgotten)
        if firstCut == nil { firstCut = cut }
    }

    /// Returns once everything taken so far is durable with its position. Throws an `IntakeError`.
    func commit() async throws {
        guard let firstCut else { return }
        try await intake.committer.commit(lane, since: firstCut)
        self.firstCut = nil
    }

    /// Begins anew after a failure: what was taken and not committed is read again.
    func startOver() { firstCut = nil }
}

/// Lets a thread of its own wait for tasks.
enum OwnThread {
    /// Runs the work on a new thread, which may block for as long as it likes.
    static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await DiskQueue().run(work)
    }

    /// Waits for a task, on a thread that `run` made. Never on one of the cooperative pool: the task might need it.
    static func wait<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
        let result = WaitedResult<Value>()
        Task { result.set(await Result.catching(work)) }
        return try result.wait().get()
    }
}
