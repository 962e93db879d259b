import Glibc

/// What to follow: a file, a directory with all that is in it, or a pattern in a path's last part.
///
/// A file or pattern stands for its rotated forms too (`RotatedName`): records that were rotated away while nobody read
/// are in these.
struct FilePattern {
    let path: String
    let directory: String
    let name: String
    let isGlob: Bool

    /// Throws an `IngestError` for an empty path, and for a pattern in another part than the last.
    init(_ path: String) throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        guard let last = parts.last else { throw Self.invalid(path, "it names no file") }
        let isPattern = { (part: Substring) in part.utf8.contains { "*?[".utf8.contains($0) } }
        guard !parts.dropLast().contains(where: isPattern) else {
            throw Self.invalid(path, "only its last part may be a pattern")
        }
        let parent = parts.dropLast().joined(separator: "/")
        directory = path.hasPrefix("/") ? "/" + parent : parent.isEmpty ? "." : parent
        name = String(last)
        isGlob = isPattern(last)
        self.path = path.hasPrefix("/") && parts.count == 1 ? "/" + name : Self.join(directory, name)
    }

    static func join(_ directory: String, _ name: String) -> String {
        directory == "." ? name : directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
    }

    private static func invalid(_ path: String, _ reason: String) -> IngestError {
        IngestError(
            code: .cannotOpen, message: "cannot follow '\(path)': \(reason)",
            hint: "name a file, a directory, or a pattern such as /var/log/audit/audit*.log")
    }

    /// Does a name in the directory belong to it?
    func matches(_ candidate: String) -> Bool {
        RotatedName.originals(of: candidate).contains { original in
            isGlob ? fnmatch(name, original, FNM_PERIOD) == 0 : original.utf8.elementsEqual(name.utf8)
        }
    }
}
