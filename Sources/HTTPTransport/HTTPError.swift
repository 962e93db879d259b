/// Why there was no answer; texts never hold credentials.
package struct HTTPError: Error, Sendable, Equatable {
    /// The kind of failure; open-ended.
    package struct Code: RawRepresentable, Sendable, Hashable {
        /// The name in logs.
        package let rawValue: String

        /// Makes a code.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The URL, method or a header is malformed or not allowed; nothing was sent.
        package static let invalidRequest = Code(rawValue: "invalidRequest")
        /// No connection: the name does not resolve, or the host refuses or is not reachable.
        package static let unreachable = Code(rawValue: "unreachable")
        /// The time ran out; the server may have acted.
        package static let timeout = Code(rawValue: "timeout")
        /// The server's certificate is not trusted, or the authority file is unreadable.
        package static let certificate = Code(rawValue: "certificate")
        /// The answer is larger than the policy allows.
        package static let tooLarge = Code(rawValue: "tooLarge")
        /// A redirect that the policy forbids, or too many of them.
        package static let redirect = Code(rawValue: "redirect")
        /// The connection broke or spoke no HTTP; the server may have acted.
        package static let protocolError = Code(rawValue: "protocolError")
        /// A body or sink file could not be read or written.
        package static let file = Code(rawValue: "file")
        /// The task was cancelled; the server may have acted.
        package static let cancelled = Code(rawValue: "cancelled")
        /// libcurl failed otherwise.
        package static let internalFailure = Code(rawValue: "internalFailure")
    }

    /// The kind of failure.
    package let code: Code
    /// What happened, with the URL, redacted.
    package let message: String
    /// The operator's next step.
    package let hint: String
    /// libcurl's own code; nil where the failure is not libcurl's.
    package let curlCode: Int32?

    /// Makes an error.
    package init(code: Code, message: String, hint: String, curlCode: Int32? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.curlCode = curlCode
    }

    /// Whether the server can have received and acted on the request nevertheless.
    package var mayHaveReachedServer: Bool {
        [.timeout, .protocolError, .cancelled, .tooLarge].contains(code)
    }
}

extension HTTPError: CustomStringConvertible {
    /// Message and hint in one line.
    package var description: String { "\(message) (\(hint))" }
}
