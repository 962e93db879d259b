import Domain

/// A file that Leastwise writes: its first lines say so, and hold a checksum of the rest.
///
/// The checksum tells a file as it was written from one that a person has edited since; what a person edited is theirs.
package struct GeneratedFile: Hashable, Sendable {
    package let path: String
    package let contents: String

    /// A file of that content, under a header for people and a checksum.
    package init(path: String, comment: String, body: String) {
        self.path = path
        // A line break would end the comment and begin YAML.
        let line = String(comment.map { $0.isNewline ? " " : $0 })
        contents = "# \(line)\n\(Self.checksumPrefix)\(GeneratedName.shortHash(body))\n" + body
    }

    private static let checksumPrefix = "# leastwise-checksum: "

    /// Who wrote a file.
    package enum Origin: Hashable, Sendable {
        /// Written by Leastwise and left as it was.
        case untouched
        /// Written by Leastwise, then edited by somebody.
        case edited
        /// Not written by Leastwise.
        case foreign
    }

    /// Whose the text is.
    package static func origin(of text: String) -> Origin {
        // Bytes, since CR and LF together are one `Character`.
        let lines = text.utf8.split(separator: 10, maxSplits: 2, omittingEmptySubsequences: false).map { Substring($0) }
        guard lines.count == 3, lines[1].hasPrefix(checksumPrefix) else { return .foreign }
        let recorded = lines[1].dropFirst(checksumPrefix.count)
        return recorded == GeneratedName.shortHash(String(lines[2])) ? .untouched : .edited
    }
}
