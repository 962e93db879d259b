/// What a commit and a pull request say of themselves, so that a later run needs no memory of its own.
enum ProposalMarker {
    private static let trailer = "Leastwise-Fingerprint: "
    private static let opening = "<!-- leastwise scope="

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
