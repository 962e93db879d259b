import Foundation

/// Small text files.
enum FileText {
    /// The file's text; nil if it cannot be read or is not UTF-8.
    static func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).flatMap { String(data: $0, encoding: .utf8) }
    }

    /// True if there is a file or folder.
    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
