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
    private let input: Lane.InputNumber
    /// The first cut with something that was not committed for this feed yet; nil where there is nothing.
    private var firstCut: Lane.CutNumber?

    init(_ intake: Intake, source: IngestSource, cluster: ClusterName, name: String) async {
        self.intake = intake
        lane = await intake.lane(source, cluster)
        input = await lane.open(name)
    }

    /// Takes complete records, and the position behind them.
    func take(_ bytes: ByteBuffer, cursor: SourceCursor) async throws {
        let standing = try await lane.append([bytes], to: input, cursor: cursor)
        if firstCut == nil { firstCut = standing.cut }
        if standing.weight >= Intake.mostRows { try await commit() }
    }

    /// Forgets positions with the next commit.
    func forget(_ cursors: [String]) async { await lane.forget(cursors) }

    /// Returns once everything taken so far is durable with its position. Throws an `IntakeError`.
    func commit() async throws {
        guard let firstCut else { return }
        try await intake.committer.commit(lane, since: firstCut)
        self.firstCut = nil
        intake.count(await lane.takeSummary(of: input), source: lane.source)
    }

    /// Begins anew after a failure: what was taken and not committed is read again.
    func startOver() { firstCut = nil }

    /// Ends the feed's input.
    func close() async { await lane.abandon(input) }
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
