import Dispatch
import Synchronization

/// A result that one thread waits for and another one sets.
final class WaitedResult<Value: Sendable>: Sendable {
    private let ready = DispatchSemaphore(value: 0)
    private let result = Mutex<Result<Value, any Error>?>(nil)

    func set(_ value: Result<Value, any Error>) {
        result.withLock { $0 = value }
        ready.signal()
    }

    func wait() -> Result<Value, any Error> {
        ready.wait()
        return result.withLock { $0 } ?? .failure(CancellationError())
    }
}

extension Result where Failure == any Error {
    /// What an asynchronous body returns or throws.
    static func catching(_ body: () async throws -> Success) async -> Self {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
