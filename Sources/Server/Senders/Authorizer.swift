import AppConfiguration
import Domain
import HTTPTypes
import Hummingbird
import Ingest
import NIOCore
import NIOSSL

/// Who asks.
struct Principal: Sendable {
    /// For logs, receipts and rates.
    let name: String
    /// Nil for anybody on this machine, where no sender was configured.
    let sender: Sender?
}

/// Decides who may do what. The answer to a refusal says no more than what was missing.
struct Authorizer: Sendable {
    let senders: SenderDirectory
    let isLoopback: Bool
    let openMetrics: Bool
    let asksForCertificates: Bool
    let now: @Sendable () -> Timestamp

    /// Who asks, where the route lets them; throws a `Problem` with 401 or 403.
    ///
    /// - Parameter source: of the path, where the route has one.
    func authorize(
        _ route: ServerRoute, source: IngestSource?, _ request: Request, _ channel: any Channel
    ) async throws -> Principal {
        if route.access == .anybody || (route == .metrics && openMetrics) { return Principal(name: "-", sender: nil) }
        // Somebody on this machine, and nobody was told to prove anything: the default of a first try.
        if senders.isEmpty, isLoopback {
            try refuseBrowser(request)
            return Principal(name: "anonymous", sender: nil)
        }
        let sender = try await authenticate(request, channel)
        if let expires = sender.expires, expires <= now() {
            throw unauthorized("the credentials expired", reason: "expired")
        }
        try check(sender, route.access, source)
        return Principal(name: sender.name, sender: sender)
    }

    /// Where anybody on this machine may send, so may the pages in its browser: whatever a page sends to another address
    /// names its origin (Fetch standard, 3.2), and a page that had its name point here asks for that name.
    private func refuseBrowser(_ request: Request) throws {
        let host = request.head.authority.map { authority in
            authority.hasPrefix("[")
                ? String(authority.prefix { $0 != "]" }.dropFirst()) : String(authority.prefix { $0 != ":" })
        }
        // A name such as 127.0.0.1.example is anybody's.
        let isLocal =
            host.map {
                ["localhost", "::1"].contains($0.lowercased())
                    || ($0.hasPrefix("127.") && $0.utf8.allSatisfy { (48...57).contains($0) || $0 == 46 })
            } ?? true
        guard isLocal, request.headers[values: .origin].isEmpty, request.headers[values: .secFetchSite].isEmpty else {
            throw Problem(
                .forbidden, "browser", "Not for browsers",
                detail:
                    "without credentials only programs on this machine are served: by its address, and without an Origin"
            )
        }
    }

    /// A certificate that names a sender goes before any token: it was proved with its key, and the token beside it is not
    /// looked at. One that names nobody here counts as none.
    private func authenticate(_ request: Request, _ channel: any Channel) async throws -> Sender {
        if asksForCertificates, let names = try await certificateNames(channel),
            let sender = senders.sender(certificateNames: names)
        {
            return sender
        }
        guard let field = request.headers[.authorization] else {
            throw unauthorized(
                "send a bearer token, or a client certificate that is known here", reason: "no credentials")
        }
        // The scheme's case does not count (RFC 9110, 11.1).
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", let sender = senders.sender(token: parts[1]) else {
            throw unauthorized("the credentials are not known here", reason: "unknown credentials")
        }
        return sender
    }

    private func check(_ sender: Sender, _ access: ServerRoute.Access, _ source: IngestSource?) throws {
        switch access {
        case .anybody: return
        case .sourceOfPath:
            if let source, sender.sources.contains(source.rawValue) { return }
            throw forbidden(sender, "its sources in the senders' file do not hold this one", reason: "other source")
        case .permission(let permission):
            let needed = Sender.Permission(rawValue: permission.rawValue)
            if let needed, sender.permissions.contains(needed) { return }
            throw forbidden(
                sender, "its 'may' in the senders' file does not hold '\(permission.rawValue)'", reason: "not allowed")
        }
    }

    /// The names in the certificate that the sender has proved to hold; nil without one.
    ///
    /// The common name does not count: it is deprecated as an identity (RFC 9525, 2).
    private func certificateNames(_ channel: any Channel) async throws -> Set<String>? {
        guard let certificate = try await channel.nioSSL_peerCertificate().get() else { return nil }
        // Valid when the connection began, which may be long ago.
        guard certificate.notValidAfter >= now().rawValue / 1_000_000_000 else {
            throw unauthorized("the client certificate expired", reason: "expired")
        }
        var names: Set<String> = []
        for name in certificate._subjectAlternativeNames() {
            guard [.dnsName, .uri].contains(name.nameType) else { continue }
            let bytes = name.contents.withUnsafeBufferPointer { Array($0) }
            // A name with a NUL in it is made to look like another one.
            if !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) { names.insert(text) }
        }
        return names
    }

    private func unauthorized(_ detail: String, reason: String) -> Problem {
        var problem = Problem(.unauthorized, reason, "Not authenticated", detail: detail)
        problem.headers[.wwwAuthenticate] = "Bearer realm=\"leastwise\""
        return problem
    }

    private func forbidden(_ sender: Sender, _ detail: String, reason: String) -> Problem {
        Problem(.forbidden, reason, "Not allowed", detail: "sender '\(sender.name)': \(detail)")
    }
}
