/// The rules for paths that may be written; pure.
enum RepositoryPath {
    private static let maxBytes = 4096
    private static let maxComponentBytes = 255

    /// Throws `unsafePath` unless git on every platform may check the path out (git's `verify_path`).
    static func check(_ path: String) throws(GitError) {
        if let reason = objection(to: path) {
            throw GitError(
                code: .unsafePath,
                message: "refuses to write \(path.prefix(200).debugDescription): \(reason)",
                hint: "use a plain path below the repository's root, such as clusters/a/policy.yaml"
            )
        }
    }

    private static func objection(to path: String) -> String? {
        guard !path.isEmpty else { return "the path is empty" }
        guard path.utf8.count <= maxBytes else { return "the path is longer than \(maxBytes) bytes" }
        guard !path.hasPrefix("/") else { return "the path is absolute" }
        guard path.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0 != "\u{7F}" && $0 != "\\" }) else {
            return "the path holds control characters or a backslash"
        }
        for component in path.split(separator: "/", omittingEmptySubsequences: false) {
            if let reason = objection(toComponent: component) { return reason }
        }
        return nil
    }

    private static func objection(toComponent component: Substring) -> String? {
        guard !component.isEmpty else { return "the path has an empty part" }
        guard component != ".", component != ".." else { return "the path has a part `\(component)`" }
        guard component.utf8.count <= maxComponentBytes else {
            return "a part is longer than \(maxComponentBytes) bytes"
        }
        return isGitFolder(component) ? "the path leads into git's own folder" : nil
    }

    /// Whether some file system takes the name for `.git`: NTFS drops dots and spaces at the end, splits streams off at
    /// a colon and knows the short name; HFS+ ignores characters without width.
    private static func isGitFolder(_ component: Substring) -> Bool {
        let visible = component.unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint }
        let name = String(String.UnicodeScalarView(visible)).lowercased().prefix { $0 != ":" }
        let end = name.lastIndex { $0 != "." && $0 != " " }
        guard let end else { return false }
        return [".git", "git~1"].contains(name[...end])
    }
}
