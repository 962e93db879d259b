import Foundation
import Ingest
import Testing

/// Each case with and without a restart at each step.
@Suite struct FileFollowerTests {
    private let folder: LogFolder

    init() throws { folder = try LogFolder() }

    private func records(_ range: ClosedRange<Int>) -> String { range.map { record($0) + "\n" }.joined() }

    private func record(_ number: Int) -> String {
        #"{"id":\#(number),"pad":"\#(String(repeating: "x", count: number % 40))"}"#
    }

    private func expected(_ range: ClosedRange<Int>) -> [String] { range.map(record) }

    private func harness(_ name: String = "events.log", _ options: FollowOptions = FollowOptions()) throws
        -> FollowHarness
    {
        try FollowHarness([folder(name)], options: options)
    }

    @Test(arguments: [false, true]) func `appended lines come once, a part of a line when it is complete`(restart: Bool)
        throws
    {
        var harness = try harness()
        try folder.append(records(1...3), to: "events.log")
        try harness.drain()
        try folder.append(String(record(4).prefix(9)), to: "events.log")
        try harness.drain()
        #expect(harness.lines == expected(1...3))
        if restart { try harness.restart() }
        try folder.append(String(record(4).dropFirst(9)) + "\n" + records(5...6), to: "events.log")
        try harness.drain()
        #expect(harness.lines == expected(1...6))
    }

    @Test(arguments: [false, true]) func `a renamed file is read to its end, and the new one from its beginning`(
        restart: Bool
    ) throws {
        var harness = try harness()
        try folder.append(records(1...3), to: "events.log")
        try harness.drain()
        try folder.append(records(4...5), to: "events.log")
        try folder.rename("events.log", to: "events-2026-11-01T08-30-00.000.log")
        try folder.append(records(6...7), to: "events.log")
        if restart { try harness.restart() }
        try harness.drain()
        #expect(harness.lines.sorted() == expected(1...7).sorted())
    }

    @Test(arguments: [false, true], [false, true]) func `a compressed file carries on what was read of it`(
        restart: Bool, keepsPlain: Bool
    ) throws {
        var harness = try harness("*.log")
        try folder.append(records(1...100), to: "events.log")
        try harness.drain()
        try folder.append(records(101...200), to: "events.log")
        try folder.rename("events.log", to: "events-20261101.log")
        try folder.gzip("events-20261101.log", keeping: keepsPlain)
        try folder.append(records(201...202), to: "events.log")
        if restart { try harness.restart() }
        try harness.drain()
        #expect(harness.lines.sorted() == expected(1...202).sorted())
        if keepsPlain { try folder.remove("events-20261101.log") }
        try harness.drain(3, wait: .seconds(61))
        #expect(harness.cursors.values.count { $0.contains(#""finished":true"#) } == 1)
        try harness.restart()
        try harness.drain()
        #expect(harness.lines.count == 202)
        #expect(harness.lost.isEmpty)
    }

    @Test(arguments: [false, true]) func `what copytruncate copied is read on in the copy`(restart: Bool) throws {
        var harness = try harness()
        try folder.append(records(1...50), to: "events.log")
        try harness.drain()
        try folder.append(records(51...60), to: "events.log")
        try folder.copy("events.log", to: "events.log.1")
        if restart { try harness.restart() } else { try harness.poll(refusing: 0) }
        try folder.truncate("events.log")
        try folder.append(records(61...200), to: "events.log")
        try harness.drain()
        #expect(harness.lines.sorted() == expected(1...200).sorted())
        try harness.restart()
        try harness.drain()
        try folder.gzip("events.log.1")
        try harness.drain()
        try harness.restart()
        try harness.drain()
        #expect(harness.lines.count == 200)
    }

    @Test func `a copy that holds less than was read is never read, however old`() throws {
        var harness = try harness()
        try folder.append(records(1...50), to: "events.log")
        try harness.drain()
        try folder.copy("events.log", to: "events.log.1")
        try folder.append(records(51...60), to: "events.log")
        try harness.drain()
        try folder.truncate("events.log")
        try folder.append(records(61...62), to: "events.log")
        try harness.drain(4, wait: .seconds(4 * 3600))
        try harness.restart()
        try harness.drain()
        #expect(harness.lines == expected(1...62))
        try folder.remove("events.log.1")
        try harness.drain(3, wait: .seconds(4 * 3600))
        #expect(harness.cursors.count == 1)
    }

    @Test(arguments: [false, true]) func `several rotations while nobody looked`(compresses: Bool) throws {
        var harness = try harness()
        try folder.append(records(1...10), to: "events.log")
        try harness.drain()
        for turn in 1...4 {
            try folder.append(records(turn * 10 + 1...turn * 10 + 10), to: "events.log")
            for older in (1..<turn).reversed() {
                let suffix = compresses ? ".gz" : ""
                try folder.rename("events.log.\(older)\(suffix)", to: "events.log.\(older + 1)\(suffix)")
            }
            try folder.rename("events.log", to: "events.log.1")
            if compresses { try folder.gzip("events.log.1") }
        }
        try harness.restart()
        try harness.drain()
        #expect(harness.lines.sorted() == expected(1...50).sorted())
    }

    @Test(arguments: [false, true]) func `a file in the place and with the inode of another is another`(restart: Bool)
        throws
    {
        var harness = try harness()
        try folder.append(records(1...20), to: "events.log")
        try harness.drain()
        let inode = try folder.inode("events.log")
        try folder.truncate("events.log")
        try folder.append(records(21...60), to: "events.log")
        #expect(try folder.inode("events.log") == inode)
        if restart { try harness.restart() }
        try harness.drain()
        #expect(harness.lines == expected(1...60))
    }

    @Test(arguments: [false, true]) func `of a file that its machine's crash cut back, nothing new is missed`(
        restart: Bool
    )
        throws
    {
        var harness = try harness()
        try folder.append(records(1...200), to: "events.log")
        try harness.drain()
        try folder.truncate("events.log", to: UInt64(records(1...100).utf8.count) + 5)
        if restart { try harness.restart() }
        try folder.append("\n" + records(201...210), to: "events.log")
        try harness.drain()
        #expect(Set(harness.lines) == Set(expected(1...210) + [String(record(101).prefix(5))]))
        // What is repeated begins behind the last length at which both were compared.
        #expect((211..<265).contains(harness.lines.count))
    }

    @Test func `what was truncated before it was read is known to be lost`() throws {
        var harness = try harness()
        try folder.append(records(1...3), to: "events.log")
        try harness.drain()
        try folder.append(records(4...5), to: "events.log")
        try harness.poll(refusing: 0)
        try folder.truncate("events.log")
        try folder.append(records(6...6), to: "events.log")
        try harness.drain(3, wait: .seconds(40))
        #expect(harness.lines == expected(1...3) + expected(6...6))
        #expect(harness.lost == [.init(file: folder("events.log"), bytes: records(4...5).utf8.count)])
        try harness.restart()
        try harness.drain(3, wait: .seconds(40))
        #expect(harness.lost.count == 1)
    }

    @Test func `what was cut off an unread end is known to be lost`() throws {
        var harness = try harness()
        try folder.append(records(1...3), to: "events.log")
        try harness.drain()
        try folder.append(records(4...9), to: "events.log")
        try harness.poll(refusing: 0)
        try folder.truncate("events.log", to: UInt64(records(1...5).utf8.count))
        try harness.drain()
        #expect(harness.lines == expected(1...5))
        #expect(harness.lost == [.init(file: folder("events.log"), bytes: records(6...9).utf8.count)])
    }

    @Test func `a deleted file is read to its end while it is open`() throws {
        var options = FollowOptions()
        options.bytesPerPoll = 200
        options.chunkBytes = 100
        var harness = try harness("events.log", options)
        try folder.append(records(1...50), to: "events.log")
        #expect(try harness.poll().hasMore)
        try folder.remove("events.log")
        try harness.drain()
        #expect(harness.lines == expected(1...50))
        #expect(harness.lost.isEmpty)
    }

    @Test func `a cursor is forgotten when its content is gone for long, not while its directory is`() throws {
        var harness = try harness("logs")
        try folder.makeFolder("logs")
        try folder.append(records(1...5), to: "logs/a.log")
        try harness.drain()
        #expect(harness.cursors.count == 1)
        try folder.rename("logs", to: "elsewhere")
        try harness.drain(4, wait: .seconds(4 * 3600))
        #expect(harness.cursors.count == 1)
        try folder.rename("elsewhere", to: "logs")
        try harness.drain()
        #expect(harness.lines.count == 5)
        try folder.remove("logs/a.log")
        try harness.drain(4, wait: .seconds(4 * 3600))
        #expect(harness.cursors.isEmpty)
        #expect(harness.forgotten.count == 1)
    }

    @Test func `an unreadable file is counted and tried again`() throws {
        var harness = try harness()
        // A regular file that nobody can read at its beginning, root included.
        try FileManager.default.createSymbolicLink(
            atPath: folder("events.log"), withDestinationPath: "/proc/self/mem")
        try folder.append(records(6...7), to: "events.log.1")
        for _ in 0..<3 {
            let progress = try harness.poll()
            #expect(progress.unreadable == [.init(path: folder("events.log"), reason: "Input/output error")])
            #expect(progress.unreadableCount == 1)
        }
        try folder.remove("events.log")
        try folder.append(records(1...5), to: "events.log")
        try harness.drain()
        #expect(harness.lines.sorted() == expected(1...7).sorted())
    }

    @Test func `a directory may come later, and files in folders below it`() throws {
        var harness = try harness("logs")
        #expect(try harness.poll().unreadableCount == 1)
        try folder.makeFolder("logs/pod/container")
        try folder.append(records(1...3), to: "logs/pod/container/0.log")
        try folder.append("hidden\n", to: "logs/.0.log.swp")
        try harness.drain()
        #expect(harness.lines == expected(1...3))
    }

    @Test(arguments: [false, true]) func `links to files are followed to where their targets are rotated`(restart: Bool)
        throws
    {
        try folder.makeFolder("pods")
        try folder.makeFolder("containers")
        try folder.append(records(1...3), to: "pods/0.log")
        try folder.link("containers/api.log", to: "pods/0.log")
        var harness = try harness("containers/*.log")
        try harness.drain()
        try folder.append(records(4...5), to: "pods/0.log")
        try folder.rename("pods/0.log", to: "pods/0.log.20261101-083000")
        try folder.append(records(6...7), to: "pods/0.log")
        if restart { try harness.restart() }
        try harness.drain()
        #expect(harness.lines.sorted() == expected(1...7).sorted())
    }

    @Test func `one file under several names and patterns is read once`() throws {
        try folder.append(records(1...5), to: "a.log")
        try FileManager.default.linkItem(atPath: folder("a.log"), toPath: folder("b.log"))
        try folder.link("c.log", to: "a.log")
        var harness = try FollowHarness([folder("*.log"), folder.path, folder("a.log")])
        try harness.drain()
        #expect(harness.lines == expected(1...5))
    }

    @Test func `a line over the limit is skipped and counted, those around it are kept`() throws {
        var options = FollowOptions()
        options.chunkBytes = 256
        options.recordLimit = 1000
        options.bytesPerFile = 700
        let long = [String(repeating: "a", count: 5000), String(repeating: "b", count: 1001)]
        let kept = String(repeating: "c", count: 999)
        let text = records(1...3) + long.map { $0 + "\n" }.joined() + kept + "\n" + records(4...6)
        for name in ["events.log", "events.log.1.gz"] {
            var harness = try harness("events.log", options)
            if name.hasSuffix(".gz") {
                try folder.remove("events.log")
                try folder.append(text, to: "events.log.1")
                try folder.gzip("events.log.1")
            } else {
                try folder.append(text, to: name)
            }
            try harness.drain()
            #expect(harness.lines == expected(1...3) + [kept] + expected(4...6))
            #expect(harness.skippedLines == 2)
            #expect(harness.skippedBytes == 6003)
            #expect(harness.largestChunk == 1000)
        }
    }

    @Test func `a long line that grows is passed over without being kept`() throws {
        var options = FollowOptions()
        options.chunkBytes = 1000
        options.recordLimit = 4000
        var harness = try harness("events.log", options)
        try folder.append(records(1...1), to: "events.log")
        for _ in 0..<20 {
            try folder.append(String(repeating: "z", count: 700), to: "events.log")
            try harness.drain(1)
        }
        try harness.restart()
        try folder.append("\n" + records(2...2), to: "events.log")
        try harness.drain()
        #expect(harness.lines == expected(1...2))
        #expect(harness.skippedLines == 1)
    }

    @Test func `descriptors are bounded, and closed with the follower`() throws {
        var options = FollowOptions()
        options.openFiles = 3
        for number in 0..<20 { try folder.append(records(number * 10 + 1...number * 10 + 10), to: "\(number).log") }
        var follower: FileFollower? = try FileFollower(patterns: [folder.path], options: options)
        for _ in 0..<3 { _ = try follower?.poll(now: .now) { _ in } }
        #expect(try folder.openDescriptors() == 3)
        follower = nil
        #expect(try folder.openDescriptors() == 0)
    }

    @Test func `files beyond the limit are counted, and followed when there is room`() throws {
        var options = FollowOptions()
        options.fileLimit = 2
        for number in 1...3 { try folder.append(record(number) + "\n", to: "\(number).log") }
        var harness = try harness("*.log", options)
        #expect(try harness.poll().refused == 1)
        try folder.remove("1.log")
        try harness.drain(3, wait: .seconds(70))
        #expect(harness.lines == expected(1...3))
    }

    @Test func `zeros that a truncation leaves are no record`() throws {
        var harness = try harness()
        try folder.append(records(1...3), to: "events.log")
        try harness.drain()
        try folder.truncate("events.log")
        try folder.truncate("events.log", to: 3 << 20)
        try harness.drain()
        try folder.append(records(4...5), to: "events.log")
        try harness.drain()
        #expect(harness.lines == expected(1...5))
        #expect(harness.skippedBytes == 3 << 20)
    }
}
