import Foundation

/// A folder of log files, removed when nobody holds it.
final class LogFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "leastwise-follow-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self(name)) }

    func bytes(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: self(name)))) }

    func inode(_ name: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: self(name))[.systemFileNumber] as? Int ?? -1
    }

    func append(_ text: String, to name: String) throws { try append(Array(text.utf8), to: name) }

    /// Appends as a writer with `O_APPEND` does.
    func append(_ bytes: [UInt8], to name: String) throws {
        if !exists(name) { try Data().write(to: URL(filePath: self(name))) }
        let handle = try FileHandle(forWritingTo: URL(filePath: self(name)))
        defer { try? handle.close() }
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(bytes))
    }

    func truncate(_ name: String, to size: UInt64 = 0) throws {
        let handle = try FileHandle(forWritingTo: URL(filePath: self(name)))
        defer { try? handle.close() }
        try handle.truncate(atOffset: size)
    }

    func rename(_ name: String, to other: String) throws {
        if exists(other) { try remove(other) }
        try FileManager.default.moveItem(atPath: self(name), toPath: self(other))
    }

    func copy(_ name: String, to other: String) throws {
        try FileManager.default.copyItem(atPath: self(name), toPath: self(other))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: self(name)) }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: self(name), withIntermediateDirectories: true)
    }

    /// How many files of the folder this process holds open.
    func openDescriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?.hasPrefix(path) == true
        }
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: self(name), withDestinationPath: self(target))
    }

    /// Runs the system's gzip, as logrotate does: the compressed file comes, then the plain one goes.
    func gzip(_ name: String, keeping: Bool = false) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/gzip")
        process.arguments = (keeping ? ["-k"] : []) + [self(name)]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    }
}
