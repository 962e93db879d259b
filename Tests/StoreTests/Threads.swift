import Dispatch
import Foundation
import Synchronization

/// Runs all bodies at once, each on a thread of its own, so that one that waits for another cannot keep it from running.
///
/// Returns when all are done; throws the first error.
func onThreads(_ bodies: [@Sendable () throws -> Void]) throws {
    let failures = Failures()
    let group = DispatchGroup()
    for body in bodies {
        group.enter()
        let thread = Thread {
            do { try body() } catch { failures.errors.withLock { $0.append(error) } }
            group.leave()
        }
        thread.start()
    }
    group.wait()
    if let first = failures.errors.withLock(\.first) { throw first }
}

private final class Failures: Sendable {
    let errors = Mutex<[any Error]>([])
}
