import Foundation
import Synchronization

/// The lines that a service under test logs.
final class CapturedLog: Sendable {
    private let state = Mutex<[String]>([])

    func append(_ line: String) { state.withLock { $0.append(line) } }

    var lines: [String] { state.withLock { $0 } }

    /// The lines as objects; a line that is no JSON object is missing.
    var events: [[String: String]] {
        lines.compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: String] }
    }

    /// True if a line with this message was logged.
    func has(_ message: String) -> Bool { events.contains { $0["message"] == message } }
}

/// Work that waits, on a thread of its own: the service under test runs on the same cooperative pool as the tests.
enum Background {
    static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
        }
    }
}
