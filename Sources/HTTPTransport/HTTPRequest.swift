/// What a request carries.
package enum HTTPBody: Sendable, Equatable {
    /// Nothing.
    case none
    /// Bytes in memory.
    case bytes([UInt8])
    /// A file that is read while it is sent, for packs and other large bodies.
    case file(path: String)
}

/// How a request proves who sends it; it goes to the request's own host only.
package enum HTTPCredentials: Sendable, Equatable {
    /// `Authorization: Bearer ...` (RFC 6750).
    case bearer(Secret)
    /// `Authorization: Basic ...` (RFC 7617).
    case basic(user: String, password: Secret)
    /// `Authorization: <scheme> ...`, such as Gitea's `token`.
    case scheme(String, Secret)
    /// A header of its own, such as GitLab's `PRIVATE-TOKEN`.
    case header(name: String, Secret)

    /// The secret inside, for redaction.
    package var secret: Secret {
        switch self {
        case .bearer(let secret), .basic(_, let secret), .scheme(_, let secret), .header(_, let secret): secret
        }
    }
}

/// One HTTP request.
package struct HTTPRequest: Sendable, Equatable {
    /// The method, such as `GET`.
    package var method: String
    /// An absolute http or https URL without user information.
    package var url: String
    /// Fields besides those that credentials and policy add.
    package var headers: HTTPHeaders
    /// What is sent.
    package var body: HTTPBody
    /// Who sends it; nil for nobody.
    package var credentials: HTTPCredentials?

    /// Makes a request.
    package init(
        method: String = "GET",
        url: String,
        headers: HTTPHeaders = HTTPHeaders(),
        body: HTTPBody = .none,
        credentials: HTTPCredentials? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.credentials = credentials
    }
}
