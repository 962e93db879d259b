import FoundationEssentials
import HTTPTransport

/// Makes requests for one cluster's API, with credentials that are still good.
struct KubernetesSession {
    private let access: KubernetesAccess
    private let environment: [String: String]
    private let userAgent: String
    /// What a plugin printed last.
    private var printed: CredentialPlugin.Credentials?

    init(_ access: KubernetesAccess, environment: [String: String], userAgent: String) {
        self.access = access
        self.environment = environment
        self.userAgent = userAgent
    }

    /// A request for a path below the server's URL, and the policy that it goes out under.
    ///
    /// - Parameter total: how long it may take; `stall` how long without a byte.
    mutating func request(
        _ path: String, stall: Duration, total: Duration, now: Date
    ) throws(KubernetesError) -> (request: HTTPRequest, policy: HTTPPolicy) {
        var policy = HTTPPolicy(
            stallTimeout: stall, totalTimeout: total, caFile: access.caFile, userAgent: userAgent, redirects: .none)
        policy.caPEM = access.caPEM
        policy.identity = access.identity
        var request = HTTPRequest(url: try url(path, &policy), headers: ["Accept": "application/json"])
        switch access.credentials {
        case .none: break
        case .token(let token): request.credentials = .bearer(token)
        case .tokenFile(let path): request.credentials = .bearer(try CredentialFile.token(path))
        case .basic(let user, let password): request.credentials = .basic(user: user, password: password)
        case .plugin(let plugin):
            let credentials = try credentials(of: plugin, now: now)
            request.credentials = credentials.token.map { .bearer($0) }
            policy.identity = credentials.identity ?? policy.identity
        }
        return (request, policy)
    }

    /// Asks for credentials anew, since the server did not take the last ones.
    mutating func forgetCredentials() { printed = nil }

    private mutating func credentials(
        of plugin: CredentialPlugin, now: Date
    ) throws(KubernetesError) -> CredentialPlugin.Credentials {
        if let printed, printed.expiration.map({ $0 > now + 10 }) ?? true { return printed }
        let fresh = try plugin.credentials(environment: environment)
        printed = fresh
        return fresh
    }

    /// With a server name of its own the URL has that name, and the connection goes to the server's address.
    private func url(_ path: String, _ policy: inout HTTPPolicy) throws(KubernetesError) -> String {
        guard let name = access.serverName else { return access.server + path }
        guard let server = try? HTTPURL(access.server) else {
            throw KubernetesError(
                code: .badKubeconfig, message: "\(access.origin): the server's URL is malformed",
                hint: "write it as https://host:6443")
        }
        policy.connectTo = "\(server.host):\(server.port)"
        return "\(server.scheme)://\(name):\(server.port)\(server.path == "/" ? "" : server.path)\(path)"
    }
}
