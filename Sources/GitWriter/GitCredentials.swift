package import HTTPTransport

/// How the program proves who it is; sent to the repository's own host only.
package enum GitCredentials: Sendable {
    /// Nobody: public repositories and local ones.
    case none
    /// A token for http and https, sent as Basic authentication with the first request.
    ///
    /// The user is what the forge asks for: `x-access-token` (GitHub), `oauth2` (GitLab) or a real user name.
    case token(user: String, Secret)
    /// A private key file for ssh; the user is the URL's, or `git`.
    case sshKey(path: String, passphrase: Secret?)

    /// Takes these credentials out of a text.
    var redaction: Redaction {
        switch self {
        case .none: Redaction()
        case .token(_, let secret): Redaction(secrets: [secret])
        case .sshKey(_, let passphrase): Redaction(secrets: passphrase.map { [$0] } ?? [])
        }
    }

    /// What goes with an HTTP request.
    var http: HTTPCredentials? {
        guard case .token(let user, let secret) = self else { return nil }
        return .basic(user: user, password: secret)
    }
}
