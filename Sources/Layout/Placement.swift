package import Domain

/// Where generated files belong in a repository: a path pattern, and what stands there already.
package struct Placement: Sendable {
    /// The folder with `{namespace}`, `{cluster}` as placeholders, such as `policies/{namespace}`.
    package let pattern: String

    /// Throws if the pattern leaves the repository or names git's own folder.
    package init(pattern: String) throws {
        let parts = pattern.split(separator: "/", omittingEmptySubsequences: false)
        let isSafe = parts.allSatisfy { !Self.isReserved($0) }
        guard isSafe, !pattern.isEmpty else {
            throw LayoutError(
                code: .badPath, message: "repository.path '\(pattern)' is not a folder inside the repository",
                hint: "use a relative path such as policies/{namespace}")
        }
        self.pattern = pattern
    }

    /// The folder of a namespace's files; what belongs to no namespace stands in `_cluster`, which no namespace can be called.
    package func folder(cluster: ClusterName, namespace: Namespace) -> String {
        let space = namespace == .clusterScope ? Self.clusterFolder : namespace.rawValue
        let isOwn = namespace != .clusterScope && space == Self.clusterFolder
        let folder = pattern.replacing("{namespace}", with: isOwn ? Self.hashed(space) : Self.pathPart(space))
            .replacing("{cluster}", with: Self.pathPart(cluster.rawValue))
        // The pattern's own letters may complete a name to one that git keeps for itself.
        return folder.split(separator: "/").map { Self.isReserved($0) ? Self.hashed(String($0)) : String($0) }
            .joined(separator: "/")
    }

    private static let clusterFolder = "_cluster"

    private static func isReserved(_ part: some StringProtocol) -> Bool {
        part.isEmpty || part == "." || part == ".." || part.lowercased() == ".git"
    }

    private static func hashed(_ name: String) -> String { "name-\(GeneratedName.shortHash(name))" }

    /// What Kubernetes allows for a namespace, and more than enough for a cluster; file systems stop at 255 a part.
    private static let longestName = 63

    /// Names come from records: whatever could leave the folder is replaced.
    private static func pathPart(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                || "-_.".utf8.contains(byte)
        }
        return isPlain && !isReserved(name) && name.utf8.count <= longestName ? name : hashed(name)
    }
}
