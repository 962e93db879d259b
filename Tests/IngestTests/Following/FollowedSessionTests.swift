import Decoders
import Domain
import Foundation
import Ingest
import Testing

/// Following and decoding together, as the service does it.
@Suite struct FollowedSessionTests {
    private let folder: LogFolder

    init() throws { folder = try LogFolder() }

    /// A run of the service until it is stopped: what chunks say is merged with the cursors, or not at all.
    private struct Run {
        var result = IngestResult()
        var records = 0
        var cursors: [String: String] = [:]

        mutating func follow(_ pattern: String, passes: Int) throws {
            let resumed = try cursors.map { try FileCursor(name: $0.key, text: $0.value) }
            let follower = try FileFollower(patterns: [pattern], resuming: resumed)
            var now = ContinuousClock.now
            for _ in 0..<passes {
                var merged = result
                var moved: [FileCursor] = []
                let session = IngestSession(source: .hubble, cluster: ClusterName("test")) { merged.merge($0) }
                let progress = try follower.poll(now: now) { chunk in
                    session.begin(file: chunk.file)
                    try session.append(chunk.bytes)
                    try session.end()
                    moved.append(chunk.cursor)
                }
                try session.flush()
                result = merged
                records += session.summary.records
                for cursor in moved + progress.moved { cursors[cursor.name] = cursor.text }
                #expect(session.summary.rejected.total == 0)
                now += .seconds(2)
            }
        }
    }

    @Test func `the records of a rotated Hubble file are decoded once`() throws {
        let lines = try Fixtures.own("hubble/corner-cases.ndjson").split(separator: "\n").map { $0 + "\n" }
            .filter { try ingest(.hubble, $0).summary.rejected.total == 0 }
        let expected = try ingest(.hubble, lines.joined()).result
        var run = Run()
        let third = lines.count / 3
        try folder.append(lines[..<third].joined(), to: "events.log")
        try run.follow(folder("events.log"), passes: 2)
        #expect(run.records == third)
        try folder.append(lines[third..<2 * third].joined() + lines[2 * third].prefix(40), to: "events.log")
        try run.follow(folder("events.log"), passes: 1)
        try folder.append(String(lines[2 * third].dropFirst(40)), to: "events.log")
        try folder.rename("events.log", to: "events-2026-11-01T08-30-00.000.log")
        try folder.gzip("events-2026-11-01T08-30-00.000.log")
        try folder.append(lines[(2 * third + 1)...].joined(), to: "events.log")
        try run.follow(folder("events.log"), passes: 3)
        try run.follow(folder("events.log"), passes: 3)
        #expect(run.records == lines.count)
        #expect(run.result == expected)
    }

    @Test func `thousands of files that do not change are not opened in a pass`() throws {
        let count = 3000
        for number in 0..<count { try folder.append("{\"id\":\(number)}\n", to: "\(number).log") }
        var harness = try FollowHarness([folder.path])
        try harness.drain()
        #expect(harness.lines.count == count)
        try harness.poll(after: .seconds(60))
        let before = try Self.opensAndReads()
        try harness.poll()
        // The directory itself is read; how many system calls that takes does not depend on what is in the files.
        #expect(try Self.opensAndReads() - before < 20)
        try folder.append("{\"id\":-1}\n", to: "7.log")
        try harness.drain()
        #expect(harness.lines.count == count + 1)
    }

    /// System calls of this process that read (proc(5), `/proc/[pid]/io`, `syscr`).
    private static func opensAndReads() throws -> Int {
        let text = try String(contentsOfFile: "/proc/thread-self/io", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("syscr:") }
        return line.flatMap { Int($0.dropFirst(7)) } ?? 0
    }

    @Test func `memory stays flat however large a file is`() throws {
        // A hole of lines would be one line: written in full, 64 MiB of records.
        let line = #"{"flow":{"uuid":"\#(String(repeating: "u", count: 2000))"}}"# + "\n"
        let block = String(repeating: line, count: 1000)
        for _ in 0..<32 { try folder.append(block, to: "events.log") }
        var lines = 0
        let follower = try FileFollower(patterns: [folder("events.log")])
        let before = try Self.resident()
        var peak = 0
        while try follower.poll(
            now: .now,
            { chunk in
                lines += chunk.bytes.count / line.utf8.count
                peak = max(peak, try Self.resident())
            }
        ).hasMore {}
        #expect(lines == 32_000)
        #expect(peak - before < 16 << 20)
    }

    private static func resident() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}
