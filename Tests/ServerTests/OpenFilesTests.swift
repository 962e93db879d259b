import Foundation
import HTTPTransport
import ScriptedServers
import Testing

@testable import Server

/// More connections than a process may have files.
@Suite struct OpenFilesTests {
    @Test(arguments: [(4096, 65_536, 4096), (4096, 1024, 768), (4096, 300, 150), (10, 64, 10), (5, 1, 1)])
    func `connections leave files for everything else`(wanted: Int, files: Int, most: Int) {
        #expect(FileDescriptors.connections(wanted: wanted, files: files) == most)
    }

    private func isAnswered(_ port: Int) async throws -> Bool {
        let answer = try await RawConnection.answer(port, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return RawConnection.status(answer) == 200
    }

    /// Sets how many files a process may have open from now on.
    private func limit(_ process: ServeProcess, files: Int) async throws {
        let arguments = ["prlimit", "--pid", "\(process.identifier)", "--nofile=\(files):"]
        let outcome = try await Background.run { try ScriptedServer.run(arguments) }
        try #require(outcome.status == 0, "\(outcome.output)")
    }

    @Test(.enabled(if: ServeProcess.isThere, "the program is not built"))
    func `a connection that cannot be accepted does not end the service`() async throws {
        let process = try ServeProcess()
        let port = try await process.port()
        #expect(try await isAnswered(port))
        let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.identifier)/fd").count
        try await limit(process, files: files + 10)
        var flood = try (0..<100).map { _ in try RawConnection(port: port) }
        try await Condition.wait { process.logged.contains("a connection could not be accepted") }
        withExtendedLifetime(flood) {}
        flood = []
        #expect(try await isAnswered(port))
        #expect(process.isRunning)
    }
}
