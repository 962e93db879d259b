/// Takes secrets out of texts that people will read.
///
/// Known secrets go wherever they stand; besides them everything that looks like a forge's token or a URL's user
/// information goes as well, because servers like to repeat what they were sent.
package struct Redaction: Sendable {
    private static let mark = "<redacted>"
    private static let shortestSecret = 4
    private static let tokenPrefixes = ["github_pat_", "glpat-", "gldt-", "glrt-", "glcbt-", "ATATT", "ATCTT"]
    private static let tokenLength = 16

    private let secrets: [String]

    /// Makes a redaction that also knows some secrets; the shortest ones are left out, they would hit plain words.
    package init(secrets: [Secret] = []) {
        let values = Set(secrets.map { $0.reveal() }.filter { $0.utf8.count >= Self.shortestSecret })
        self.secrets = values.sorted { ($1.utf8.count, $1) < ($0.utf8.count, $0) }
    }

    /// The text without secrets.
    package func callAsFunction(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for secret in secrets {
            bytes = Self.replacing(Array(secret.utf8), in: bytes)
        }
        return String(decoding: Self.withoutTokens(Self.withoutUserInformation(bytes)), as: UTF8.self)
    }

    /// The URL without user information and without the values of query parameters that carry secrets.
    package func callAsFunction(url: String) -> String {
        guard let mark = url.firstIndex(of: "?") else { return self(url) }
        let parameters = url[url.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false)
        let query = parameters.map(Self.withoutSecretValue).joined(separator: "&")
        return self(String(url[..<mark]) + "?" + query)
    }

    private static func withoutSecretValue(_ parameter: Substring) -> String {
        guard let equals = parameter.firstIndex(of: "=") else { return String(parameter) }
        let name = parameter[..<equals].lowercased()
        let telling = ["token", "secret", "password", "passwd", "key", "sig", "auth", "code", "jwt"]
        guard telling.contains(where: name.contains) else { return String(parameter) }
        return parameter[...equals] + mark
    }

    private static func replacing(_ needle: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index...].starts(with: needle) {
                result += mark.utf8
                index += needle.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    /// Cuts what stands between `://` and an `@` of the same authority (RFC 3986, 3.2).
    private static func withoutUserInformation(_ bytes: [UInt8]) -> [UInt8] {
        let separator = Array("://".utf8)
        let ends = Set(" \t\r\n/?#\"'<>\\".utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index...].starts(with: separator) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            result += separator
            index += separator.count
            let authority = bytes[index...].prefix { !ends.contains($0) }
            guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else { continue }
            result += mark.utf8
            index = at
        }
        return result
    }

    private static func withoutTokens(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let word = bytes[index...].prefix(while: isTokenByte)
            guard !word.isEmpty else {
                result.append(bytes[index])
                index += 1
                continue
            }
            result += isToken(word) ? Array(mark.utf8) : Array(word)
            index = word.endIndex
        }
        return result
    }

    private static func isToken(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count >= tokenLength else { return false }
        let start = Array(word.prefix(4))
        let isGitHub =
            start[0] == UInt8(ascii: "g") && start[1] == UInt8(ascii: "h")
            && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(start[2]) && start[3] == UInt8(ascii: "_")
        return isGitHub || tokenPrefixes.contains { word.starts(with: $0.utf8) }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
