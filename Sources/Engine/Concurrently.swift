import Dispatch
import Synchronization

/// Work on several cores at once, without tasks: callers are synchronous, and wait for it.
enum Concurrently {
    /// Runs both at the same time. Throws the first one's error, or else the second one's.
    static func run<First: Sendable, Second: Sendable>(
        _ first: @Sendable () throws -> First, _ second: @Sendable () throws -> Second
    ) throws -> (First, Second) {
        let one = Mutex<Result<First, any Error>?>(nil)
        let two = Mutex<Result<Second, any Error>?>(nil)
        DispatchQueue.concurrentPerform(iterations: 2) { number in
            if number == 0 {
                let result = Result { try first() }
                one.withLock { $0 = result }
            } else {
                let result = Result { try second() }
                two.withLock { $0 = result }
            }
        }
        guard let left = one.withLock({ $0 }), let right = two.withLock({ $0 }) else {
            preconditionFailure("concurrentPerform returns when all of its work is done")
        }
        return (try left.get(), try right.get())
    }
}
