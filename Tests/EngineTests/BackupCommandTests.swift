import Foundation
import Testing

/// Backup and restore as `docs/BACKUP.md` describes them, with the built program.
@Suite(.enabled(if: Executable.isThere, "the program leastwise is not built beside the tests"))
struct BackupCommandTests {
    @Test func `restores a store that was lost`() throws {
        let leastwise = try Executable()
        let flows = Fixtures.own("hubble/corner-cases.ndjson").path
        #expect(try leastwise.run(["observe", "hubble", flows]).status == 0)
        let before = try leastwise.run(["preview", "--output", "json"])
        let backup = leastwise.folder.url.path + "/backup.db"
        let copied = try leastwise.run(["backup", backup])
        #expect(copied.status == 0, "\(copied.all)")
        #expect(copied.output.hasPrefix("\(backup): "))
        #expect(copied.errors.isEmpty)

        let state = leastwise.folder.url.path + "/state/leastwise"
        for file in try FileManager.default.contentsOfDirectory(atPath: state) {
            try Data("lost".utf8).write(to: URL(filePath: "\(state)/\(file)"))
        }
        #expect(try leastwise.run(["doctor"]).status == 5)
        for file in try FileManager.default.contentsOfDirectory(atPath: state) {
            try FileManager.default.removeItem(atPath: "\(state)/\(file)")
        }
        try FileManager.default.copyItem(atPath: backup, toPath: "\(state)/leastwise.db")
        let doctor = try leastwise.run(["doctor"])
        #expect(doctor.output.contains("store         ok"), "\(doctor.all)")
        let after = try leastwise.run(["preview", "--output", "json"])
        #expect(after.status == before.status)
        #expect(after.output == before.output)
        #expect(try leastwise.run(["observe", "hubble", flows]).status == 0)
    }

    @Test func `replaces a file only when told to, and says what else went wrong`() throws {
        let leastwise = try Executable()
        let backup = leastwise.folder.url.path + "/backup.db"
        let none = try leastwise.run(["backup", backup])
        #expect(none.status == 1)
        #expect(!FileManager.default.fileExists(atPath: backup))
        let flows = Fixtures.own("hubble/corner-cases.ndjson").path
        #expect(try leastwise.run(["observe", "hubble", flows]).status == 0)
        #expect(try leastwise.run(["backup", backup]).status == 0)
        let refused = try leastwise.run(["backup", backup])
        #expect(refused.status == 1)
        #expect(refused.errors.contains("--overwrite"))
        #expect(try leastwise.run(["backup", "--overwrite", backup]).status == 0)
        #expect(try leastwise.run(["backup"]).status == 64)
    }
}
