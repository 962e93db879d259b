import Foundation
import Ingest
import Synchronization
import Testing

/// A writer and a follower at the same time.
@Suite struct FollowedWriterTests {
    /// Writes records in two portions each, and rotates as lumberjack does.
    private final class Writer: Sendable {
        private let folder: LogFolder
        private let count: Int
        private let failure = Mutex<String?>(nil)
        private let isDone = Mutex(false)

        init(_ folder: LogFolder, count: Int) {
            self.folder = folder
            self.count = count
        }

        var hasEnded: Bool { isDone.withLock { $0 } }
        var error: String? { failure.withLock { $0 } }

        func start() {
            Thread { [self] in
                do { try write() } catch { failure.withLock { $0 = "\(error)" } }
                isDone.withLock { $0 = true }
            }.start()
        }

        private func write() throws {
            var file = try create()
            var rotations = 0
            for number in 0..<count {
                let record = Array("\(number) \(String(repeating: "r", count: number % 300))\n".utf8)
                let middle = record.count * (number % 7) / 7
                try file.write(contentsOf: Data(record[..<middle]))
                try file.write(contentsOf: Data(record[middle...]))
                guard number % 700 == 699 else { continue }
                try file.close()
                rotations += 1
                let backup = "app-2026-11-01T08-30-00.\(100 + rotations).log"
                try folder.rename("app.log", to: backup)
                file = try create()
                if rotations % 3 == 0 { try folder.gzip(backup) }
            }
            try file.close()
        }

        private func create() throws -> FileHandle {
            try Data().write(to: URL(filePath: folder("app.log")))
            return try FileHandle(forWritingTo: URL(filePath: folder("app.log")))
        }
    }

    @Test(arguments: [0, 7]) func `what is written and rotated while it is read is read once`(restartEvery: Int) throws
    {
        let folder = try LogFolder()
        let writer = Writer(folder, count: 20_000)
        var harness = try FollowHarness([folder("app.log")])
        writer.start()
        var passes = 0
        while !writer.hasEnded {
            try harness.poll(after: .milliseconds(100), refusing: passes % 5 == 4 ? 1 : .max)
            passes += 1
            if passes % 3 == 0 { harness.commit() }
            if restartEvery > 0, passes % restartEvery == 0 { try harness.restart() }
        }
        try harness.drain()
        #expect(writer.error == nil)
        let numbers = harness.lines.compactMap { $0.split(separator: " ").first.flatMap { Int($0) } }
        #expect(numbers.sorted() == Array(0..<20_000))
        #expect(harness.lost.isEmpty)
    }
}
