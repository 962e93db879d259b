import Synchronization
import Testing

/// Keeps servers and folders until a test ends, whatever the test still holds.
struct KeepingForges: SuiteTrait, TestTrait, TestScoping {
    final class Keeper: Sendable {
        @TaskLocal static var current: Keeper?
        private let kept = Mutex<[any AnyObject & Sendable]>([])

        func keep(_ object: any AnyObject & Sendable) {
            kept.withLock { $0.append(object) }
        }
    }

    var isRecursive: Bool { true }

    @concurrent func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let keeper = Keeper()
        try await Keeper.$current.withValue(keeper) { try await function() }
        withExtendedLifetime(keeper) {}
    }
}

extension Trait where Self == KeepingForges {
    /// Keeps what `Forge` makes until the test ends.
    static var keepingForges: KeepingForges { KeepingForges() }
}
