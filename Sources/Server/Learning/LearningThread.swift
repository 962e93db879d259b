import Dispatch

/// A thread of its own for the learning job, which computes and waits for git for minutes: the cooperative pool, on which
/// records are taken, has as many threads as there are cores.
final class LearningThread: TaskExecutor, Sendable {
    private let queue = DispatchQueue(label: "leastwise.learn")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
