import Dispatch

/// A thread for work that waits for the disk, one piece after another: the cooperative pool has as many threads as there
/// are cores, and they take records.
struct DiskQueue: Sendable {
    private let queue = DispatchQueue(label: "leastwise.disk")

    init() {}

    /// Does the work between two others, and returns what it returns.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }
}
