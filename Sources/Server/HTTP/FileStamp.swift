import Foundation

/// Tells whether a file may have changed, or a link on the way to it: Kubernetes exchanges a whole folder by a link.
struct FileStamp: Equatable, Sendable {
    private let path: String
    private let number: UInt64?
    private let size: UInt64?
    private let modified: Date?

    init(_ path: String) {
        self.path = URL(filePath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: self.path)
        number = (attributes?[.systemFileNumber] as? NSNumber)?.uint64Value
        size = (attributes?[.size] as? NSNumber)?.uint64Value
        modified = attributes?[.modificationDate] as? Date
    }
}
