/// What a server says to people, for example from its hooks: bounded and without control characters.
struct ServerText {
    private static let maxBytes = 8 << 10
    private static let maxLineBytes = 300

    private var bytes: [UInt8] = []

    /// Takes a piece; what is too much is dropped.
    mutating func append(_ piece: some Sequence<UInt8>) {
        bytes += piece.prefix(Self.maxBytes - bytes.count)
    }

    /// The lines so far.
    var text: String {
        let lines = String(decoding: bytes, as: UTF8.self).split { $0.isNewline }
        return lines.map(Self.cleaned).filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// The beginning of an error page's text in one line.
    static func line(_ body: [UInt8]) -> String {
        cleaned(Substring(String(decoding: body.prefix(maxLineBytes), as: UTF8.self)))
    }

    private static func cleaned(_ line: Substring) -> String {
        let visible = line.unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? " " : $0 }
        let words = String(String.UnicodeScalarView(visible)).split(separator: " ")
        return words.joined(separator: " ")
    }
}
