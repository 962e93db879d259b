import HTTPTransport

/// A repository's address, checked once.
struct RemoteAddress: Sendable, Equatable {
    enum Scheme: Sendable, Equatable {
        case http
        case ssh(user: String, host: String, port: Int, path: String)
        case file
    }

    let scheme: Scheme
    /// What libgit2 is given.
    let url: String

    init(_ text: String) throws(GitError) {
        guard !text.isEmpty, text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0 != "\u{7F}" }) else {
            throw Self.invalid("is empty or holds spaces or control characters", text)
        }
        if text.hasPrefix("/") || text.hasPrefix("file:///") {
            self.init(scheme: .file, url: text)
        } else if text.hasPrefix("https://") || text.hasPrefix("http://") {
            self.init(scheme: .http, url: try Self.httpURL(text))
        } else if text.hasPrefix("ssh://") {
            self = try Self.ssh(text.dropFirst("ssh://".count), of: text)
        } else if !text.contains("://"), let colon = text.firstIndex(of: ":"), text[..<colon].contains("@") {
            self = try Self.shortForm(text, colon)
        } else {
            throw Self.invalid("is of no known kind", text)
        }
    }

    private init(scheme: Scheme, url: String) {
        self.scheme = scheme
        self.url = url
    }

    /// The URL without trailing slashes, which would double in `/info/refs`.
    private static func httpURL(_ text: String) throws(GitError) -> String {
        guard !text.contains("?") else { throw invalid("holds a query", text) }
        do throws(HTTPError) {
            let url = try HTTPURL(text)
            return String(url.text.reversed().drop { $0 == "/" }.reversed())
        } catch {
            throw GitError(code: .invalidLocation, message: error.message, hint: error.hint, underlying: error)
        }
    }

    private static func ssh(_ rest: Substring, of text: String) throws(GitError) -> RemoteAddress {
        guard let slash = rest.firstIndex(of: "/") else { throw invalid("has no path", text) }
        var authority = rest[..<slash]
        var user = "git"
        if let at = authority.lastIndex(of: "@") {
            user = String(authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        let (host, port) = try hostAndPort(authority, of: text)
        return try make(user: user, host: host, port: port, path: String(rest[slash...]), of: text)
    }

    /// `user@host:path`, read as `ssh://user@host/path` as all forges do.
    private static func shortForm(_ text: String, _ colon: String.Index) throws(GitError) -> RemoteAddress {
        let parts = text[..<colon].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let path = text[text.index(after: colon)...]
        let absolute = path.hasPrefix("/") ? String(path) : "/\(path)"
        return try make(user: String(parts[0]), host: String(parts[1]), port: 22, path: absolute, of: text)
    }

    private static func hostAndPort(_ authority: Substring, of text: String) throws(GitError) -> (String, Int) {
        var host = authority
        var port = 22
        let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterBracket...].lastIndex(of: ":") {
            guard let number = Int(authority[authority.index(after: colon)...]), (1...65535).contains(number) else {
                throw invalid("has a bad port", text)
            }
            host = authority[..<colon]
            port = number
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return (host.lowercased(), port)
    }

    private static func make(
        user: String,
        host: String,
        port: Int,
        path: String,
        of text: String
    ) throws(GitError) -> RemoteAddress {
        guard !user.contains(":") else { throw invalid("holds a password", text) }
        let isPlain = !host.hasPrefix("-") && !user.hasPrefix("-") && !user.contains("@") && !host.contains("@")
        guard !user.isEmpty, !host.isEmpty, isPlain, path.count > 1 else {
            throw invalid("lacks user, host or path", text)
        }
        let name = host.contains(":") ? "[\(host)]" : host
        return RemoteAddress(
            scheme: .ssh(user: user, host: host, port: port, path: path),
            url: "ssh://\(user)@\(name):\(port)\(path)"
        )
    }

    private static func invalid(_ what: String, _ text: String) -> GitError {
        GitError(
            code: .invalidLocation,
            message: "the repository's address \(what): \(text.prefix(300))",
            hint: "write https://host/path, ssh://user@host/path or file:///path; tokens go elsewhere"
        )
    }
}
