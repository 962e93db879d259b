import HTTPTransport

/// Why there is no stream, or no longer; texts are safe to show.
package struct RelayError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure; open-ended.
    package struct Code: RawRepresentable, Sendable, Hashable {
        /// The name in logs.
        package let rawValue: String

        /// Makes a code.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The address or the TLS settings cannot be used.
        package static let configuration = Code(rawValue: "configuration")
        /// Relay cannot be reached, or has no nodes to ask, or the connection broke.
        package static let unavailable = Code(rawValue: "unavailable")
        /// One side does not trust the other's certificate.
        package static let certificate = Code(rawValue: "certificate")
        /// Relay, or what stands before it, refuses this client.
        package static let refused = Code(rawValue: "refused")
        /// The server does not offer `observer.Observer/GetFlows`, or not in this form.
        package static let unsupported = Code(rawValue: "unsupported")
        /// The bytes are not gRPC's.
        package static let notGRPC = Code(rawValue: "notGRPC")
        /// Relay ended the stream in good order.
        package static let ended = Code(rawValue: "ended")
        /// Nothing came for as long as a stream may be silent.
        package static let silent = Code(rawValue: "silent")
        /// Relay reports an error of its own.
        package static let server = Code(rawValue: "server")
        /// A stored position is none.
        package static let position = Code(rawValue: "position")
    }

    /// The kind of failure.
    package let code: Code
    /// What happened.
    package let message: String
    /// The operator's next step.
    package let hint: String

    /// Makes an error.
    package init(code: Code, message: String, hint: String) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// Message and hint in one line.
    package var description: String { "\(message) (\(hint))" }

    /// Whether only a person can change it, so that trying again soon is of no use.
    package var isLasting: Bool { [.configuration, .refused, .unsupported].contains(code) }
}

extension RelayError {
    /// libcurl's CURLE_SSL_CERTPROBLEM: this side's certificate or key cannot be used (libcurl-errors(3)).
    private static let unusableCertificate: Int32 = 58

    /// The error for a transfer that failed below gRPC.
    init(_ error: HTTPError, hasAnswered: Bool, tls: RelayTarget.TLS?) {
        let asksForCertificate = ["certificate required", "bad certificate", "unknown ca", "handshake failure"]
            .contains { error.message.lowercased().contains($0) }
        switch error.code {
        case _ where error.curlCode == Self.unusableCertificate:
            self.init(
                code: .certificate, message: error.message,
                hint: "check that certificate and key are readable PEM files and belong together")
        case .timeout where hasAnswered:
            self.init(
                code: .silent, message: "Relay sent nothing for as long as a stream may be silent",
                hint: "nothing to do if the cluster is idle; it is asked again")
        case .certificate:
            self.init(code: .certificate, message: error.message, hint: error.hint)
        case .protocolError where asksForCertificate:
            let hint =
                tls?.identity != nil
                ? "check that Relay trusts the authority of this client's certificate"
                : "Relay asks for a client certificate: name its file and its key's"
            self.init(code: .certificate, message: error.message, hint: hint)
        case .protocolError where !hasAnswered && tls != nil && tls?.identity == nil:
            // With TLS 1.3 a server learns of the missing certificate when the client believes to be connected.
            self.init(
                code: .unavailable, message: error.message,
                hint:
                    "if Relay asks for a client certificate (hubble.relay.tls.server.mtls), name its file and its key's"
            )
        case .invalidRequest:
            self.init(code: .configuration, message: error.message, hint: error.hint)
        default:
            self.init(code: .unavailable, message: error.message, hint: error.hint)
        }
    }
}
