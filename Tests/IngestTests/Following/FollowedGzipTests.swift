import Foundation
import Ingest
import Testing

@Suite struct FollowedGzipTests {
    private let folder: LogFolder

    init() throws { folder = try LogFolder() }

    private func lines(_ range: Range<Int>) -> [String] {
        range.map { "\($0) \(String($0 &* 2_654_435_761, radix: 36))" }
    }

    private func text(_ range: Range<Int>) -> String { lines(range).map { $0 + "\n" }.joined() }

    @Test func `a file that appears compressed is read once, its last line too`() throws {
        var harness = try FollowHarness([folder.path])
        try folder.append(text(0..<20_000) + "the end", to: "old.log")
        try folder.gzip("old.log")
        try harness.drain()
        #expect(harness.lines == lines(0..<20_000) + ["the end"])
        try harness.restart()
        try harness.drain()
        try folder.rename("old.log.gz", to: "older.log.gz")
        try harness.drain()
        #expect(harness.lines.count == 20_001)
    }

    @Test func `a finished file is not opened again after a restart`() throws {
        try folder.append(text(0..<100), to: "old.log")
        try folder.gzip("old.log")
        var harness = try FollowHarness([folder.path])
        try harness.drain()
        try harness.restart()
        let progress = try harness.poll()
        #expect(progress.waiting == 0)
        #expect(progress.files == 1)
        try folder.append([0], to: "old.log.gz")
        #expect(try harness.poll().waiting == 1)
    }

    @Test func `a restart in the middle goes on there`() throws {
        var options = FollowOptions()
        options.chunkBytes = 1000
        options.bytesPerPoll = 5000
        try folder.append(text(0..<5000), to: "old.log")
        try folder.gzip("old.log")
        var harness = try FollowHarness([folder.path], options: options)
        for _ in 0..<100 {
            for _ in 0..<40 { try harness.poll(after: .seconds(2)) }
            harness.commit()
            try harness.poll(after: .seconds(2))
            try harness.restart()
        }
        try harness.drain()
        #expect(harness.lines == lines(0..<5000))
    }

    @Test func `many old ones do not keep the one waiting that is written now`() throws {
        var options = FollowOptions()
        options.bytesPerPoll = 40_000
        for number in 1...5 {
            try folder.append(text(number * 20_000..<number * 20_000 + 10_000), to: "app.log.\(number)")
            try folder.gzip("app.log.\(number)")
        }
        var harness = try FollowHarness([folder("app.log")], options: options)
        try harness.poll()
        for number in 0..<5 {
            try folder.append("new \(number)\n", to: "app.log")
            #expect(try harness.poll().hasMore)
            #expect(harness.pendingLines.last == "new \(number)")
        }
        try harness.drain()
        #expect(Set(harness.lines).count == 50_005)
        #expect(harness.lines.count == 50_005)
    }

    @Test func `one that is being written waits, and is read when it is complete`() throws {
        try folder.append(text(0..<20_000), to: "old.log")
        try folder.gzip("old.log")
        let bytes = try folder.bytes("old.log.gz")
        try folder.truncate("old.log.gz", to: UInt64(bytes.count / 2))
        var harness = try FollowHarness([folder.path])
        for _ in 0..<5 { #expect(try harness.poll(after: .seconds(5)).waiting == 1) }
        #expect(harness.pendingLines.isEmpty)
        try folder.append(Array(bytes[(bytes.count / 2)...]), to: "old.log.gz")
        try harness.drain()
        #expect(harness.lines == lines(0..<20_000))
        #expect(harness.damaged.isEmpty)
    }

    @Test func `one that stays broken off is read as far as it goes, once`() throws {
        try folder.append(text(0..<20_000), to: "old.log")
        try folder.gzip("old.log")
        try folder.truncate("old.log.gz", to: UInt64(try folder.bytes("old.log.gz").count / 2))
        var harness = try FollowHarness([folder.path])
        try harness.drain(5, wait: .seconds(40))
        #expect(harness.lines.count > 5000)
        #expect(harness.lines == lines(0..<harness.lines.count))
        #expect(harness.damaged == [folder("old.log.gz")])
        let count = harness.lines.count
        try harness.restart()
        try harness.drain(5, wait: .seconds(40))
        #expect(harness.lines.count == count)
    }

    @Test func `junk behind the magic number is counted and harms nobody`() throws {
        try folder.append([0x1f, 0x8b] + (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) }, to: "junk.gz")
        try folder.append(text(0..<10), to: "good.log")
        var harness = try FollowHarness([folder.path])
        try harness.drain(5, wait: .seconds(40))
        #expect(harness.lines == lines(0..<10))
        #expect(harness.damaged == [folder("junk.gz")])
    }

    @Test func `a bomb costs time by the pass, and no memory`() throws {
        var options = FollowOptions()
        options.bytesPerPoll = 1 << 20
        try folder.append("", to: "bomb")
        try folder.truncate("bomb", to: 64 << 20)
        try folder.gzip("bomb")
        try folder.append(text(0..<10), to: "good.log")
        var harness = try FollowHarness([folder.path], options: options)
        try harness.poll(after: .seconds(2))
        try harness.poll(after: .seconds(2))
        harness.commit()
        #expect(harness.lines == lines(0..<10))
        var passes = 0
        while try harness.poll().hasMore { passes += 1 }
        #expect((60...200).contains(passes))
    }
}
