import AppConfiguration
import Domain
import Ingest
import Logging
import NIOCore
import ServiceLifecycle
import Store

/// Follows the files of one source as exporters write and rotate them.
struct FollowService: ServiceLifecycle.Service {
    let source: IngestSource
    let patterns: [String]
    let pollInterval: Duration
    let cluster: ClusterName
    let store: Store
    let disk: DiskQueue
    let intake: Intake
    let states: SourceStates
    let metrics: ServerMetrics
    let logger: Logger

    /// The wait after a failure.
    private static let retryTime = Duration.seconds(2)

    private var name: String { "follow:\(source.rawValue)" }
    /// In front of the names of positions, so that sources and clusters do not share them.
    private var prefix: String { "file:\(cluster.rawValue):\(source.rawValue):" }

    func run() async throws {
        let feed = await SourceFeed(intake, source: source, cluster: cluster)
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await follow(feed)
                } catch is CancellationError {
                    return
                } catch {
                    states.set(name, isUp: false, "\(error)")
                    logger.warning(
                        "files are read again from the last commit",
                        metadata: ["source": "\(source.rawValue)", "error": "\(error)"])
                    await feed.startOver()
                }
                try await Task.sleep(for: Self.retryTime)
            }
        }
    }

    /// Reads on from the stored positions until a commit fails, or the task is cancelled.
    private func follow(_ feed: SourceFeed) async throws {
        let follower = HeldFollower(try FileFollower(patterns: patterns, resuming: try await storedCursors()))
        var last = FollowProgress()
        while true {
            let progress = try await OwnThread.run { try poll(follower, feed) }
            await feed.mark(progress.moved.map(mark), forgotten: progress.forgotten.map { prefix + $0 })
            try await feed.commit()
            report(progress, last)
            last = progress
            try Task.checkCancellation()
            if !progress.hasMore { try await Task.sleep(for: pollInterval) }
        }
    }

    private func poll(_ follower: HeldFollower, _ feed: SourceFeed) throws -> FollowProgress {
        try follower.follower.poll(now: .now) { chunk in
            let (bytes, name, cursor) = (ByteBuffer(bytes: chunk.bytes), chunk.file, mark(chunk.cursor))
            try OwnThread.wait { try await feed.take(bytes, name: name, cursor: cursor) }
        }
    }

    private func mark(_ cursor: FileCursor) -> SourceCursor {
        SourceCursor(name: prefix + cursor.name, value: cursor.text)
    }

    private func storedCursors() async throws -> [FileCursor] {
        let prefix = prefix
        let stored = try await disk.run { [store] in try store.cursors(prefix: prefix) }
        return stored.compactMap { cursor in
            do {
                return try FileCursor(name: String(cursor.name.dropFirst(prefix.count)), text: cursor.value)
            } catch {
                logger.error("a file's position cannot be read: it is read anew", metadata: ["error": "\(error)"])
                return nil
            }
        }
    }

    private func report(_ progress: FollowProgress, _ last: FollowProgress) {
        let reasons = progress.unreadable.map { "\($0.path): \($0.reason)" }
        let note =
            "\(progress.files) files, \(progress.waiting) waiting"
            + (progress.unreadableCount > 0 ? "; \(progress.unreadableCount) unreadable: \(reasons.first ?? "")" : "")
        states.set(name, isUp: progress.files > 0 && progress.unreadableCount == 0, note)
        for loss in progress.lost {
            metrics.lost.add(Double(loss.bytes), name, "bytes")
            logger.error(
                "bytes were removed before they were read",
                metadata: ["file": "\(loss.file)", "bytes": "\(loss.bytes)"])
        }
        if progress.skippedLines > 0 { metrics.lost.add(Double(progress.skippedLines), name, "lines") }
        for file in progress.damaged { logger.error("compressed data is damaged", metadata: ["file": "\(file)"]) }
        if progress.unreadable != last.unreadable, !reasons.isEmpty {
            logger.warning("files cannot be read", metadata: ["files": "\(reasons.joined(separator: "; "))"])
        }
    }
}

/// A follower that one thread at a time uses: each poll ends before the next one begins.
// @unchecked: see above.
private final class HeldFollower: @unchecked Sendable {
    let follower: FileFollower

    init(_ follower: FileFollower) { self.follower = follower }
}
