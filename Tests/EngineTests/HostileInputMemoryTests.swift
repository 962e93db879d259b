import Foundation
import MalformedBodies
import Testing

/// How much memory the program itself takes for bodies that are made to take much.
@Suite(.enabled(if: Executable.isThere, "the program is not built"), .serialized)
struct HostileInputMemoryTests {
    /// A process of its own, so that the peak is its own: the system takes over the parent's at its start, and that of
    /// Python is small.
    private static let measure = """
        import resource, subprocess, sys
        code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, code)
        """

    private static let bodies =
        MalformedBody.huge.filter { $0.contentEncoding == nil }
        + MalformedBody.bombs("zeros", 0, megabytes: 512) + MalformedBody.bombs("brackets", 0x5b, megabytes: 512)

    /// The peak in MiB of a run over a file.
    private static func peak(_ source: String, _ file: URL) throws -> Int {
        guard let program = Executable.url else { return 0 }
        let folder = try TemporaryFolder()
        let store = folder.url.appending(path: "store.db").path
        let outcome = try Program.python([
            "-c", measure, program.path, "observe", source, "--database", store, file.path,
        ])
        let words = outcome.output.split(separator: " ").compactMap { Int($0.filter(\.isNumber)) }
        try #require(words.count == 2, "\(outcome.all)")
        #expect(words[1] == 0, "\(outcome.all)")
        return words[0] >> 10
    }

    @Test(arguments: bodies.indices) func `memory is bounded, whatever the input`(index: Int) throws {
        let body = Self.bodies[index]
        let folder = try TemporaryFolder()
        let file = try folder.write("", to: "body")
        let handle = try FileHandle(forWritingTo: file)
        for piece in body.pieces { try handle.write(contentsOf: piece) }
        try handle.close()
        let empty = try Self.peak(body.source.rawValue, try folder.write("", to: "empty"))
        // Below the 64 MiB that `IngestOptions` promises, beside what the program takes anyway.
        #expect(try Self.peak(body.source.rawValue, file) < empty + 64, "\(body)")
    }
}
