package import HTTPTransport

/// Where Relay is, and how both sides know each other.
///
/// Relay's Service listens on port 80, or on 443 with TLS (Cilium's chart, `hubble.relay.servicePort`); its pods and
/// `cilium hubble port-forward` on 4245.
package struct RelayTarget: Sendable, Equatable {
    private static let path = "/observer.Observer/GetFlows"

    /// TLS towards Relay; certificate files are read anew for each connection, so that they may be exchanged.
    package struct TLS: Sendable, Equatable {
        /// A PEM file with the only authorities to trust; nil for the system's.
        package var caFile: String?
        /// The certificate that this side shows, as PEM files, where Relay asks for one; nil for none.
        package var identity: ClientIdentity?
        /// The name that Relay's certificate has to have; nil for the address's own. Cilium makes Relay's certificate for
        /// `*.hubble-relay.cilium.io`, so that it is any name below that, such as `ui.hubble-relay.cilium.io`.
        package var serverName: String?

        /// TLS with the system's authorities, the address's name and no certificate of this side, unless told otherwise.
        package init(caFile: String? = nil, identity: ClientIdentity? = nil, serverName: String? = nil) {
            self.caFile = caFile
            self.identity = identity
            self.serverName = serverName
        }
    }

    /// `host:port`, for logs.
    package let address: String
    /// How TLS is spoken; nil for plain HTTP/2.
    package let tls: TLS?
    /// The URL of the call.
    let url: String

    /// Reads `host` or `host:port`, an IPv6 address in brackets. The port is 443 with TLS and 80 without, if not given.
    package init(address: String, tls: TLS? = nil) throws(RelayError) {
        let scheme = tls == nil ? "http" : "https"
        let parsed: HTTPURL
        do throws(HTTPError) {
            parsed = try HTTPURL("\(scheme)://\(address)")
        } catch {
            throw Self.invalid("Relay's address \(address)")
        }
        guard !address.contains("/"), !address.contains("?"), !address.contains("#"), parsed.path == "/" else {
            throw Self.invalid("Relay's address \(address)")
        }
        self.address = "\(parsed.host):\(parsed.port)"
        self.tls = tls
        guard let serverName = tls?.serverName else {
            url = "\(scheme)://\(self.address)\(Self.path)"
            return
        }
        let isName = serverName.utf8.allSatisfy {
            ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2d || $0 == 0x2e
        }
        guard isName, !serverName.isEmpty else { throw Self.invalid("the server name \(serverName) for Relay") }
        url = "\(scheme)://\(serverName):\(parsed.port)\(Self.path)"
    }

    private static func invalid(_ what: String) -> RelayError {
        RelayError(
            code: .configuration, message: "\(what) cannot be used",
            hint: "write the address as host:port, and a server name without a wildcard: ui.hubble-relay.cilium.io")
    }

    /// The policy of one connection. Without a bound in time as a whole; no ping is sent, since Go's gRPC servers end
    /// connections that ping more often than every five minutes (google.golang.org/grpc/keepalive).
    func policy(silence: Duration, connectTimeout: Duration) -> HTTPPolicy {
        var policy = HTTPPolicy(
            connectTimeout: connectTimeout, stallTimeout: silence, totalTimeout: nil, maxResponseBytes: 64 << 10,
            caFile: tls?.caFile, redirects: .none, allowedSchemes: [tls == nil ? "http" : "https"])
        policy.assumesHTTP2 = true
        policy.identity = tls?.identity
        if tls?.serverName != nil { policy.connectTo = address }
        return policy
    }
}
