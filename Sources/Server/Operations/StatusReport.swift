import AppConfiguration
import Domain
import Engine
import Store

/// Puts together what `GET /v1/status` answers.
struct StatusReport: Sendable {
    let settings: SettingsBox
    let store: Store
    let disk: DiskQueue
    let intake: Intake
    let learning: LearningService
    let metrics: ServerMetrics
    let readiness: Readiness
    let states: SourceStates
    let started: Timestamp

    private static let shownRuns = 5

    func document() async throws -> StatusDocument {
        let settings = settings.current
        let obstacles = await readiness.obstacles()
        let (size, newest, runs) = try await disk.run { [store] in
            (
                try store.size(), try store.newestObservation(cluster: settings.cluster),
                try store.lastRuns(limit: Self.shownRuns)
            )
        }
        return StatusDocument(
            version: ProgramVersion.text, cluster: settings.cluster.rawValue, started: "\(started)",
            ready: obstacles.isEmpty, obstacles: obstacles,
            store: .init(
                bytes: size.fileBytes + size.logBytes, maximumBytes: settings.upkeep.maximumStoreBytes,
                newestRecord: newest.map { "\($0)" }, problem: await intake.committer.problem?.message),
            intake: .init(
                connections: Int(metrics.connections.value()), waitingForCommit: Int(metrics.waiting.value()),
                bufferedBytes: intake.budget.inUse),
            sources: states.all.map { .init(name: $0.name, isUp: $0.state.isUp, note: $0.state.note) },
            learning: .init(
                isRunning: await learning.isRunning, next: try await learning.next().map { "\($0)" },
                runs: runs.map(Self.run)))
    }

    private static func run(_ run: LearnRun) -> StatusDocument.Run {
        StatusDocument.Run(
            trigger: run.trigger.rawValue, started: "\(run.started)", finished: run.finished.map { "\($0)" },
            outcome: run.outcome.rawValue, summary: run.summary)
    }
}
