import Foundation
import Ingest

/// Follows a folder as the service does: what chunks say is stored together with their cursors, or not at all.
struct FollowHarness {
    struct Refused: Error {}
    /// A follower says in each pass that the next one finds more.
    struct NeverEnds: Error {}

    let patterns: [String]
    var options: FollowOptions
    private var follower: FileFollower
    private(set) var now = ContinuousClock.now
    /// What is durable.
    private(set) var lines: [String] = []
    private(set) var cursors: [String: String] = [:]
    /// What was handed out since the last commit.
    private(set) var pendingLines: [String] = []
    private var pendingCursors: [String: String] = [:]
    private var pendingForgotten: [String] = []
    /// Sums over all passes.
    private(set) var lost: [FollowProgress.Loss] = []
    private(set) var forgotten: [String] = []
    private(set) var damaged: [String] = []
    private(set) var skippedLines = 0
    private(set) var skippedBytes = 0
    private(set) var largestChunk = 0
    private(set) var chunks = 0

    init(_ patterns: [String], options: FollowOptions = FollowOptions()) throws {
        self.patterns = patterns
        self.options = options
        follower = try FileFollower(patterns: patterns, options: options)
    }

    /// One pass; `refusing` lets the receiver fail at that chunk.
    @discardableResult
    mutating func poll(after wait: Duration = .seconds(1), refusing: Int = .max) throws -> FollowProgress {
        now += wait
        var count = 0
        var taken: [(text: String, cursor: FileCursor)] = []
        var progress = FollowProgress()
        do {
            progress = try follower.poll(now: now) { chunk in
                count += 1
                if count > refusing { throw Refused() }
                taken.append((String(decoding: chunk.bytes, as: UTF8.self), chunk.cursor))
            }
        } catch is Refused {}
        for (text, cursor) in taken {
            pendingLines += text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            if text.utf8.last == UInt8(ascii: "\n") { pendingLines.removeLast() }
            pendingCursors[cursor.name] = cursor.text
            largestChunk = max(largestChunk, text.utf8.count)
        }
        chunks += taken.count
        note(progress)
        return progress
    }

    private mutating func note(_ progress: FollowProgress) {
        for cursor in progress.moved { pendingCursors[cursor.name] = cursor.text }
        for name in progress.forgotten { pendingCursors[name] = nil }
        pendingForgotten += progress.forgotten
        forgotten += progress.forgotten
        lost += progress.lost
        damaged += progress.damaged
        skippedLines += progress.skippedLines
        skippedBytes += progress.skippedBytes
    }

    mutating func commit() {
        lines += pendingLines
        for name in pendingForgotten { cursors[name] = nil }
        cursors.merge(pendingCursors) { $1 }
        drop()
    }

    private mutating func drop() {
        pendingLines = []
        pendingCursors = [:]
        pendingForgotten = []
    }

    /// The process ends, whatever it was doing, and starts again.
    mutating func restart() throws {
        drop()
        let resumed = try cursors.sorted { $0.key < $1.key }.map { try FileCursor(name: $0.key, text: $0.value) }
        follower = try FileFollower(patterns: patterns, resuming: resumed.reversed(), options: options)
    }

    /// Polls until there is nothing left, also of what has to be quiet for a while, and commits.
    mutating func drain(_ rounds: Int = 3, wait: Duration = .seconds(2)) throws {
        for _ in 0..<rounds {
            var passes = 0
            while try poll(after: passes == 0 ? wait : .milliseconds(1)).hasMore {
                passes += 1
                guard passes < 2000 else { throw NeverEnds() }
            }
        }
        commit()
    }
}
