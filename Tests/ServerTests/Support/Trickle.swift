import Foundation
import Synchronization

/// Sends a few bytes on many connections, again and again, from a thread of its own.
final class Trickle: Sendable {
    private let isStopped = Mutex(false)
    private let ended: AsyncStream<Never>

    init(_ connections: [RawConnection], _ drops: [String]) {
        let (ended, end) = AsyncStream.makeStream(of: Never.self)
        self.ended = ended
        Thread.detachNewThread { [self] in
            while !isStopped.withLock({ $0 }) {
                for (index, connection) in connections.enumerated() { connection.send(drops[index % drops.count]) }
                Thread.sleep(forTimeInterval: 0.2)
            }
            end.finish()
        }
    }

    /// Sends nothing more; returns once the connections are no longer held.
    func stop() async {
        isStopped.withLock { $0 = true }
        for await _ in ended {}
    }
}

/// This process' memory.
enum Memory {
    struct Unknown: Error {}

    /// Bytes of it that are in use now.
    static func resident() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { throw Unknown() }
        return pages * 4096
    }
}
