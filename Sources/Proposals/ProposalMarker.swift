/// What a commit and a pull request say of themselves, so that a later run needs no memory of its own.
package enum ProposalMarker {
    private static let trailer = "Leastwise-Fingerprint: "
    private static let opening = "<!-- leastwise scope="

    /// What is marked.
    package struct Mark: Sendable {
        package let scopeKey: String
        package let fingerprint: ContentFingerprint

        package init(scopeKey: String, fingerprint: ContentFingerprint) {
            self.scopeKey = scopeKey
            self.fingerprint = fingerprint
        }
    }

    /// The body with the mark as its first line, where a template of people's own left it out.
    package static func marking(body: String, _ mark: Mark) -> String {
        guard fingerprint(inBody: body) != mark.fingerprint else { return body }
        return "\(opening)\(mark.scopeKey) fingerprint=\(mark.fingerprint) -->\n\(body)"
    }

    /// The commit's message with the mark as its last trailer, where a template of people's own left it out.
    package static func marking(commit message: String, _ mark: Mark) -> String {
        guard fingerprint(inCommit: message) != mark.fingerprint else { return message }
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        let text = lines.reversed().drop { $0.allSatisfy(\.isWhitespace) }.reversed()
        let paragraph = text.reversed().prefix { !$0.isEmpty }
        // Git reads trailers from the last paragraph, which is never the subject line (git-interpret-trailers).
        let hasTrailers = paragraph.count < text.count && paragraph.allSatisfy(isTrailer)
        return text.joined(separator: "\n") + (hasTrailers ? "\n" : "\n\n") + trailer + mark.fingerprint.rawValue + "\n"
    }

    private static func isTrailer(_ line: Substring) -> Bool {
        let key = line.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        return !key.isEmpty && line.dropFirst(key.count).hasPrefix(": ")
    }

    /// The fingerprint in a commit's message; nil if it has none.
    static func fingerprint(inCommit message: String) -> ContentFingerprint? {
        message.split(separator: "\n").last { $0.hasPrefix(trailer) }
            .map { ContentFingerprint(rawValue: String($0.dropFirst(trailer.count))) }
    }

    /// The fingerprint in a pull request's body, which begins with it.
    static func fingerprint(inBody body: String) -> ContentFingerprint? {
        guard let line = body.split(whereSeparator: \.isNewline).first, line.hasPrefix(opening) else { return nil }
        let words = line.split(separator: " ")
        let key = "fingerprint="
        return words.first { $0.hasPrefix(key) }.map { ContentFingerprint(rawValue: String($0.dropFirst(key.count))) }
    }
}
