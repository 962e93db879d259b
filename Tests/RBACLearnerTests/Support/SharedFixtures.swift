import Foundation

/// Recorded inputs that are too large for the repository: in `LEASTWISE_SHARED`, or in `../shared` of the package.
enum SharedFixtures {
    static let root: URL = {
        if let path = ProcessInfo.processInfo.environment["LEASTWISE_SHARED"] { return URL(filePath: path) }
        let package = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return package.deletingLastPathComponent().appending(path: "shared")
    }()

    private static let apiServer = root.appending(path: "fixtures/audit/apiserver-1.36")

    /// What a real API server logged.
    static let auditLog = apiServer.appending(path: "audit.log")

    /// The roles and bindings by which it decided.
    static let liveGrants = apiServer.appending(path: "rbac-live.json")

    /// Inputs with expected outputs, gathered from other projects.
    static let truth = root.appending(path: "fixtures/truth")

    static let hasTruth = FileManager.default.fileExists(atPath: truth.path)

    static let hasAPIServer = FileManager.default.fileExists(atPath: auditLog.path)
}
