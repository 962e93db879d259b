import AppConfiguration
import Engine
import Store

/// One run of the learning job: learns, and proposes where a repository is configured.
struct LearningRun: Sendable {
    let settings: Settings
    let store: Store

    /// What a run came to.
    struct Result: Codable, Sendable, Equatable {
        /// Scopes by what became of them.
        var scopes: [String: Int] = [:]
        /// One line for each scope.
        var lines: [String] = []
        var workloads = 0
        var subjects = 0
    }

    /// Learns off the caller's executor. Throws what the jobs throw.
    @concurrent
    func perform() async throws -> Result {
        do {
            return try await learn()
        } catch let error as EngineError where error.code == .nothingObserved {
            // A fresh installation: no failure.
            return Result(lines: [error.message])
        }
    }

    private func learn() async throws -> Result {
        let session = try Session(settings: settings) { _ in store }
        guard settings.repository.url != nil else {
            let learned = try session.learn()
            return Result(
                lines: ["learned; nothing is proposed, since repository.url is not set"],
                workloads: learned.workloadCount, subjects: learned.subjectCount)
        }
        var result = Result()
        let scopes = try await ProposeJob(settings).run(ProposeJob.Request()) { declared in
            let learned = try session.learn(declared)
            result.workloads = learned.workloadCount
            result.subjects = learned.subjectCount
            return learned
        }
        for scope in scopes {
            result.scopes[scope.word, default: 0] += 1
            // More than anybody reads; the store takes 64 KiB of text.
            if result.lines.count < 100 { result.lines.append(String(scope.line.prefix(400))) }
        }
        return result
    }
}
