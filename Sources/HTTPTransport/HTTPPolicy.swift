/// What a client allows and how long it waits; proxies come from the environment as libcurl reads it.
package struct HTTPPolicy: Sendable, Equatable {
    /// Which redirects are followed.
    package enum Redirects: Sendable, Equatable {
        /// None: a redirect is an error.
        case none
        /// To the same scheme, host and port, or from http on port 80 to https on port 443 of the same host.
        case sameHost
    }

    /// Until the connection stands, TLS included.
    package var connectTimeout: Duration
    /// How long a transfer may go without a byte; whole seconds.
    package var stallTimeout: Duration
    /// For a request as a whole, redirects included; nil for no bound but the stall timeout.
    package var totalTimeout: Duration?
    /// The largest body, after decompression, in bytes.
    package var maxResponseBytes: Int
    /// A PEM file with the only certificate authorities to trust; nil for the system's.
    package var caFile: String?
    /// The only certificate authorities to trust, as PEM in memory; it goes before `caFile`.
    package var caPEM: [UInt8]?
    /// The certificate that this side shows; nil for none.
    package var identity: ClientIdentity?
    /// Where to connect instead of the URL's host and port, as `host:port`: the certificate is still checked against the
    /// URL's host.
    package var connectTo: String?
    /// True for HTTP/2 from the first byte also where nothing negotiates it, as gRPC does over plain TCP (RFC 9113, 3.3).
    package var assumesHTTP2 = false
    /// The `User-Agent` header.
    package var userAgent: String
    /// Which redirects are followed.
    package var redirects: Redirects
    /// The schemes that a URL may have; of http and https.
    package var allowedSchemes: [String]

    /// Makes a policy; the defaults suit small API requests.
    package init(
        connectTimeout: Duration = .seconds(10),
        stallTimeout: Duration = .seconds(30),
        totalTimeout: Duration? = .seconds(120),
        maxResponseBytes: Int = 16 << 20,
        caFile: String? = nil,
        userAgent: String = "leastwise",
        redirects: Redirects = .sameHost,
        allowedSchemes: [String] = ["http", "https"]
    ) {
        self.connectTimeout = connectTimeout
        self.stallTimeout = stallTimeout
        self.totalTimeout = totalTimeout
        self.maxResponseBytes = maxResponseBytes
        self.caFile = caFile
        self.userAgent = userAgent
        self.redirects = redirects
        self.allowedSchemes = allowedSchemes
    }
}

/// A client certificate with its key, both PEM.
package enum ClientIdentity: Sendable, Equatable {
    /// Files, read anew for each connection, so that they may be exchanged.
    case files(certificate: String, key: String)
    /// In memory.
    case pem(certificate: [UInt8], key: Secret)
}
