import FoundationEssentials

/// The host keys of an OpenSSH `known_hosts` file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT); hashed names are not read.
struct KnownHosts: Sendable {
    enum Verdict: Sendable, Equatable {
        case trusted
        /// The host is not in the file.
        case unknown
        /// The host is in the file with other keys only.
        case different
        case revoked
    }

    private struct Entry {
        let patterns: [String]
        let key: Data
        let isRevoked: Bool
    }

    private let entries: [Entry]

    init(_ text: String) {
        entries = text.split(whereSeparator: \.isNewline).compactMap(Self.entry)
    }

    func verdict(host: String, port: Int, key: [UInt8]) -> Verdict {
        let name = (port == 22 ? host : "[\(host)]:\(port)").lowercased()
        let key = Data(key)
        let own = entries.filter { Self.matches(name, $0.patterns) }
        if own.contains(where: { $0.isRevoked && $0.key == key }) { return .revoked }
        let keys = own.filter { !$0.isRevoked }.map(\.key)
        if keys.contains(key) { return .trusted }
        return keys.isEmpty ? .unknown : .different
    }

    /// One line; nil for comments, certificate authorities and what is malformed.
    private static func entry(_ line: Substring) -> Entry? {
        var fields = line.split(whereSeparator: \.isWhitespace)
        let isRevoked = fields.first == "@revoked"
        if isRevoked { fields.removeFirst() }
        guard fields.count >= 3, let first = fields[0].first, !"#@|".contains(first),
            let key = Data(base64Encoded: String(fields[2]))
        else { return nil }
        let patterns = fields[0].lowercased().split(separator: ",").map(String.init)
        return Entry(patterns: patterns, key: key, isRevoked: isRevoked)
    }

    /// One pattern has to match, and none with `!` in front.
    private static func matches(_ name: String, _ patterns: [String]) -> Bool {
        let refused = patterns.contains { $0.hasPrefix("!") && matches(name.utf8[...], pattern: $0.dropFirst().utf8) }
        return !refused && patterns.contains { matches(name.utf8[...], pattern: $0[...].utf8) }
    }

    /// `*` stands for any text, `?` for one byte; linear but for the last `*`, so that no pattern takes long.
    private static func matches(_ name: Substring.UTF8View, pattern: Substring.UTF8View) -> Bool {
        var (name, pattern) = (name, pattern)
        var resume: (name: Substring.UTF8View, pattern: Substring.UTF8View)?
        while let byte = name.first {
            if pattern.first == UInt8(ascii: "*") {
                pattern = pattern.dropFirst()
                resume = (name, pattern)
            } else if let next = pattern.first, next == byte || next == UInt8(ascii: "?") {
                name = name.dropFirst()
                pattern = pattern.dropFirst()
            } else if let last = resume {
                name = last.name.dropFirst()
                pattern = last.pattern
                resume = (name, pattern)
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
