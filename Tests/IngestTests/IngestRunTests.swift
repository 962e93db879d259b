import Decoders
import Domain
import Foundation
import Ingest
import Testing

@Suite struct IngestRunTests {
    /// A folder for one test, removed with it.
    private final class Folder {
        let url = FileManager.default.temporaryDirectory.appending(path: "ingest-\(UUID())")

        init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(at: url) }

        @discardableResult
        func write(_ name: String, _ bytes: [UInt8]) throws -> String {
            let file = url.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
            return file.path
        }
    }

    private static func log() throws -> [UInt8] { Array(try Fixtures.own("audit/audit.log").utf8) }

    private static func run(_ paths: [String]) throws -> (result: IngestResult, summary: IngestSummary) {
        var result = IngestResult()
        let summary = try IngestRun(source: .audit, cluster: ClusterName("test")).run(
            inputs: try InputFile.list(paths), into: { result.merge($0) })
        return (result, summary)
    }

    @Test func `a directory is read file by file, sorted and with its folders`() throws {
        let folder = try Folder()
        let bytes = try Self.log()
        let lines = bytes.split(separator: 10).map { Array($0) }
        try folder.write("b.log", Array(lines[100...].joined(separator: [10])))
        try folder.write("a/deep/1.log.gz", gzip(Array(lines[..<40].joined(separator: [10]))))
        try folder.write("a/2.log", Array(lines[40..<100].joined(separator: [10])))
        try FileManager.default.createSymbolicLink(
            at: folder.url.appending(path: "a/loop"), withDestinationURL: folder.url)
        let files = try InputFile.list([folder.url.path]).map { String($0.path.dropFirst(folder.url.path.count)) }
        #expect(files == ["/a/2.log", "/a/deep/1.log.gz", "/b.log"])
        let (result, summary) = try Self.run([folder.url.path])
        #expect(summary.records == 167)
        #expect(result == (try ingest(.audit, bytes).result))
    }

    @Test func `gzip is known by its bytes, and members may follow each other`() throws {
        let folder = try Folder()
        let bytes = try Self.log()
        let half = try #require(bytes[60000...].firstIndex(of: 10))
        let path = try folder.write("log", gzip(Array(bytes[..<half])) + gzip(Array(bytes[half...])) + [0, 0, 0])
        let (result, summary) = try Self.run([path])
        #expect(summary.rejected.total == 0)
        #expect(summary.bytes == bytes.count)
        #expect(result == (try ingest(.audit, bytes).result))
    }

    @Test func `zstd is known by its bytes, also behind a frame to skip`() throws {
        let folder = try Folder()
        let bytes = try Self.log()
        let half = try #require(bytes[60000...].firstIndex(of: 10))
        let frames = ZstdBytes.frame(Array(bytes[..<half])) + ZstdBytes.frame(Array(bytes[half...]))
        let paths = try [
            folder.write("a", frames), folder.write("b", ZstdBytes.skippable([1, 2, 3]) + frames),
            folder.write("cut", Array(frames.dropLast(5000))),
        ]
        let (result, summary) = try Self.run(Array(paths.prefix(2)))
        #expect(summary.rejected.total == 0)
        #expect(summary.bytes == 2 * bytes.count)
        #expect(result.accesses.keys == (try ingest(.audit, bytes).result).accesses.keys)
        let cut = try Self.run([paths[2]]).summary
        #expect(cut.rejected[.damagedZstd] == 1)
        #expect(cut.observations > 50)
    }

    @Test func `a file that asks for too much memory is refused by name, and the next is read`() throws {
        let folder = try Folder()
        let paths = [
            try folder.write("huge.zst", ZstdBytes.frame(try Self.log(), windowLog: 27)),
            try folder.write("log", try Self.log()),
        ]
        let summary = try Self.run(paths).summary
        #expect(summary.rejected[.zstdWindow] == 1)
        #expect(summary.observations == 83)
        let error = #expect(throws: IngestError.self) { try InputFile.list(paths)[0].contents(limit: 1 << 20) }
        #expect(error?.message.contains("8 MiB") == true)
    }

    @Test func `gzip that breaks off keeps what came before and says so`() throws {
        let folder = try Folder()
        let whole = gzip(try Self.log())
        let path = try folder.write("log.gz", Array(whole.prefix(whole.count / 2)))
        let summary = try Self.run([path]).summary
        #expect(summary.observations > 10)
        #expect(summary.rejected[.damagedGzip] == 1)
        #expect(summary.diagnostics.last?.kind == .damagedGzip)
        #expect(summary.diagnostics.last?.file == path)
    }

    @Test func `damaged gzip is a diagnostic, and the next file is read`() throws {
        let folder = try Folder()
        var damaged = gzip(try Self.log())
        damaged[10] = 7
        let paths = [try folder.write("bad.gz", damaged), try folder.write("good.log", try Self.log())]
        let summary = try Self.run(paths).summary
        #expect(summary.rejected[.damagedGzip] == 1)
        #expect(summary.observations == 83)
    }

    @Test(arguments: [0, 1, 2]) func `a file of next to nothing is no error`(count: Int) throws {
        let folder = try Folder()
        let path = try folder.write("tiny", Array([UInt8(ascii: " "), 10].prefix(count)))
        #expect(try Self.run([path]).summary.records == 0)
    }

    @Test func `a path that cannot be read is an error with a hint`() throws {
        let error = #expect(throws: IngestError.self) { try InputFile.list(["/nowhere/at/all"]) }
        #expect(error?.code == .cannotOpen)
        #expect(error?.hint.isEmpty == false)
    }

    @Test func `progress ends at the files' size`() throws {
        let folder = try Folder()
        let packed = gzip(try Self.log())
        let files = [try folder.write("1.gz", packed), try folder.write("2.gz", packed)]
        var seen: [IngestProgress] = []
        _ = try IngestRun(source: .audit, cluster: ClusterName("c")).run(
            inputs: try InputFile.list(files), into: { _ in }, progress: { seen.append($0) })
        #expect(seen.last?.bytesDone == 2 * packed.count)
        #expect(seen.allSatisfy { $0.bytesTotal == 2 * packed.count })
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.bytesDone <= $1.bytesDone })
    }

    @Test func `damaged streams never harm the reader`() throws {
        var random = SeededGenerator(seed: 11)
        let bytes = Array(try Self.log().prefix(30000))
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let at = Int.random(in: 0..<damaged.count, using: &random)
                damaged[at] = Array(#"{}[]",\ x"#.utf8 + [10, 0, 255]).randomElement(using: &random) ?? 0
            }
            let summary = try ingest(.audit, damaged, piece: Int.random(in: 100...9000, using: &random)).summary
            #expect(summary.observations + summary.ignored.total + summary.rejected.total == summary.records)
        }
    }
}
