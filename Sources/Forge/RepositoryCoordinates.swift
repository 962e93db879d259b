/// Where a repository lives on its forge.
package struct RepositoryCoordinates: Sendable, Hashable {
    /// The git host in lower case, without port; API and git may differ in it.
    package let host: String
    /// The path without slashes at its ends and without `.git`, such as `group/subgroup/name`.
    package let path: String

    /// Everything between a forge's root and the name; with nested groups it holds slashes.
    package var owner: String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    /// The last part of the path.
    package var name: String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// Reads a git URL: `https://host/owner/name.git`, `ssh://git@host:22/owner/name`, `git@host:owner/name`.
    ///
    /// User information is dropped. Throws for local paths and `file://`, which no forge serves.
    package init(gitURL: String) throws {
        guard let (authority, rawPath) = Self.parts(of: gitURL), let host = Self.host(of: authority) else {
            throw Self.unreadable()
        }
        var components = rawPath.split(separator: "/").map(String.init)
        if let last = components.last, last.hasSuffix(".git") {
            components[components.count - 1] = String(last.dropLast(4))
        }
        guard components.count >= 2, components.allSatisfy(Self.isPlain) else { throw Self.unreadable() }
        self.host = host
        self.path = components.joined(separator: "/")
    }

    /// The owner without the folder under which a forge of two levels is served, such as `gitea/owner`.
    var lastOwner: String {
        owner.lastIndex(of: "/").map { String(owner[owner.index(after: $0)...]) } ?? owner
    }

    private static func parts(of url: String) -> (authority: Substring, path: Substring)? {
        if let separator = firstRange(of: "://", in: url) {
            let scheme = url[..<separator.lowerBound].lowercased()
            guard ["https", "http", "ssh", "git+ssh", "ssh+git"].contains(scheme) else { return nil }
            let rest = url[separator.upperBound...]
            guard let slash = rest.firstIndex(of: "/") else { return nil }
            return (rest[..<slash], rest[slash...])
        }
        // The form of scp: the colon comes before any slash, unless it stands in an IPv6 address.
        let start = url.firstIndex(of: "]") ?? url.startIndex
        guard let colon = url[start...].firstIndex(of: ":"), !url[start..<colon].contains("/") else { return nil }
        return (url[..<colon], url[url.index(after: colon)...])
    }

    private static func host(of authority: Substring) -> String? {
        var host = authority
        if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return nil }
            host = host[...end]
        } else if let colon = host.firstIndex(of: ":") {
            host = host[..<colon]
        }
        return host.isEmpty || !isPlain(String(host)) ? nil : host.lowercased()
    }

    private static func firstRange(of needle: String, in text: String) -> Range<String.Index>? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix(needle) { return index..<text.index(index, offsetBy: needle.count) }
            index = text.index(after: index)
        }
        return nil
    }

    private static func isPlain(_ component: String) -> Bool {
        let special = Set("?#%\\\"<>".utf8)
        return !["", ".", ".."].contains(component)
            && component.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !special.contains($0) }
    }

    private static func unreadable() -> ForgeError {
        // The URL itself may hold a token and stays out of the message.
        ForgeError(
            code: .configuration,
            message: "repository.url names no repository of a forge",
            hint: "write it as https://host/owner/name.git or git@host:owner/name.git, or set forge.kind to none"
        )
    }
}
