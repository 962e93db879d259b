import Ingest
import Testing

/// Which names belong to a pattern, seen from outside.
@Suite struct FilePatternTests {
    private func followed(_ pattern: String, _ names: [String]) throws -> [String] {
        let folder = try LogFolder()
        for name in names { try folder.append(name + "\n", to: name) }
        let follower = try FileFollower(patterns: [folder(pattern)])
        var files: [String] = []
        _ = try follower.poll(now: .now) { files.append(String($0.file.dropFirst(folder.path.utf8.count + 1))) }
        return files.sorted()
    }

    @Test func `a file stands for its rotated forms, and for no other file`() throws {
        let own = [
            "audit.log", "audit-2026-11-01T08-30-00.000.log", "audit.log.1", "audit.log-20261101", "audit-20261101.log",
            "audit.log.20261101-083000", "audit.log.2026-11-01_08:30:00", "audit.1.log", "audit.log.gz",
        ]
        let others = [
            "audit-other.log", "audit.log.bak", "audit.log.swp", "myaudit.log", "audit.logs", "audit", "audit-v2.log",
            "audit-.log", ".audit.log", "-1.log",
        ]
        #expect(try followed("audit.log", own + others) == own.sorted())
    }

    @Test func `a pattern stands for the rotated forms of what it matches`() throws {
        let own = ["audit-a.log", "audit-b.log", "audit-a.log.1", "audit-b-20261101.log", "audit-b.log.7.gz"]
        #expect(try followed("audit-?.log", own + ["audit-cc.log", "audit-a.log.old", ".audit-a.log"]) == own.sorted())
    }

    @Test(arguments: ["", "/", "/var/*/audit.log", "/var/lo[gk]/x"])
    func `a pattern that cannot be followed is refused`(
        pattern: String
    ) throws {
        let error = #expect(throws: IngestError.self) { try FileFollower(patterns: [pattern]) }
        #expect(error?.hint.contains("audit*.log") == true)
    }
}
