import AppConfiguration
import Synchronization

/// Holds senders to their rates with token buckets: a second's worth may come at once, and what a body took too much is
/// waited for by the next request.
final class RateLimiter: Sendable {
    private struct Bucket {
        var requests: Double
        var bytes: Double
        var updated: ContinuousClock.Instant
    }

    /// Seconds: a rate can be so small that its time is no number.
    private static let longestWait = 3600.0

    /// By the sender's name: there are no more of them than senders in the file.
    private let buckets = Mutex<[String: Bucket]>([:])

    /// Takes one request; nil if it may go on, else the seconds to wait.
    func admit(_ sender: Sender, now: ContinuousClock.Instant) -> Int? {
        guard sender.requestsPerSecond != nil || sender.bytesPerSecond != nil else { return nil }
        return buckets.withLock { buckets in
            var bucket = Self.refilled(buckets[sender.name], sender, now)
            defer { buckets[sender.name] = bucket }
            let lacking = max(
                sender.requestsPerSecond.map { (1 - bucket.requests) / $0 } ?? 0,
                sender.bytesPerSecond.map { -bucket.bytes / $0 } ?? 0)
            guard lacking <= 0 else { return Int(min(max(1, lacking.rounded(.up)), Self.longestWait)) }
            bucket.requests -= 1
            return nil
        }
    }

    /// Counts bytes of a body against the sender's rate.
    func spend(_ bytes: Int, _ sender: Sender, now: ContinuousClock.Instant) {
        guard sender.bytesPerSecond != nil else { return }
        buckets.withLock { buckets in
            var bucket = Self.refilled(buckets[sender.name], sender, now)
            bucket.bytes -= Double(bytes)
            buckets[sender.name] = bucket
        }
    }

    private static func refilled(_ bucket: Bucket?, _ sender: Sender, _ now: ContinuousClock.Instant) -> Bucket {
        let mostRequests = max(1, sender.requestsPerSecond ?? 1)
        let mostBytes = sender.bytesPerSecond ?? 0
        guard var bucket else { return Bucket(requests: mostRequests, bytes: mostBytes, updated: now) }
        // Requests of several threads may have looked at the clock in another order.
        let seconds = max(0, bucket.updated.duration(to: now) / .seconds(1))
        bucket.requests = min(mostRequests, bucket.requests + seconds * (sender.requestsPerSecond ?? 0))
        bucket.bytes = min(mostBytes, bucket.bytes + seconds * mostBytes)
        bucket.updated = max(bucket.updated, now)
        return bucket
    }
}
