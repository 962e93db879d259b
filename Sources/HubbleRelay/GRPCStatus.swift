import Decoders
import HTTPTransport

/// How a call ended as gRPC says it (github.com/grpc/grpc, doc/statuscodes.md and doc/PROTOCOL-HTTP2.md).
package struct GRPCStatus: Sendable, Equatable {
    /// The number of a status; open-ended.
    package struct Code: RawRepresentable, Sendable, Hashable {
        /// The number.
        package let rawValue: Int

        /// Makes a code.
        package init(rawValue: Int) { self.rawValue = rawValue }

        static let ok = Code(rawValue: 0)
        static let unknown = Code(rawValue: 2)
        static let invalidArgument = Code(rawValue: 3)
        static let permissionDenied = Code(rawValue: 7)
        static let resourceExhausted = Code(rawValue: 8)
        static let unimplemented = Code(rawValue: 12)
        static let internalError = Code(rawValue: 13)
        static let unavailable = Code(rawValue: 14)
        static let unauthenticated = Code(rawValue: 16)

        private static let names = [
            "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
            "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE",
            "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
        ]

        /// gRPC's name of it, or the number.
        var name: String { Self.names.indices.contains(rawValue) ? Self.names[rawValue] : "status \(rawValue)" }
    }

    /// The status.
    package let code: Code
    /// The server's words, safe to show; at most 300 characters.
    package let message: String

    /// What an answer says, in its trailers or, if it has no body, in its headers; nil where it ended without a status.
    init?(headers: HTTPHeaders, trailers: HTTPHeaders) {
        let fields = trailers["grpc-status"] == nil ? headers : trailers
        guard let text = fields["grpc-status"] else { return nil }
        // A status that is no number is UNKNOWN, as gRPC's own clients have it.
        code = Int(text).map { Code(rawValue: $0) } ?? .unknown
        message = String(shown: Self.decoded(fields["grpc-message"] ?? ""), limit: 300)
    }

    /// The status that stands for an answer that is none of gRPC's (doc/http-grpc-status-mapping.md).
    init(httpStatus: Int) {
        message = "HTTP status \(httpStatus)"
        code =
            switch httpStatus {
            case 400: .internalError
            case 401: .unauthenticated
            case 403: .permissionDenied
            case 404: .unimplemented
            case 429, 502, 503, 504: .unavailable
            default: .unknown
            }
    }

    /// A message without its percent-encoding; what is not encoded rightly stays as it is.
    static func decoded(_ text: String) -> String {
        let bytes = Array(text.utf8.prefix(4096))
        var result: [UInt8] = []
        var at = 0
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "%"), at + 2 < bytes.count, let high = hex(bytes[at + 1]),
                let low = hex(bytes[at + 2])
            {
                result.append(high << 4 | low)
                at += 3
            } else {
                result.append(bytes[at])
                at += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension RelayError {
    /// The error that a status is; a follow stream that ends with OK ended as well.
    init(_ status: GRPCStatus) {
        let words = status.message.isEmpty ? status.code.name : "\(status.code.name): \(status.message)"
        let message = "Relay answers \(words)"
        switch status.code {
        case .ok:
            self.init(code: .ended, message: "Relay ended the stream", hint: "nothing to do; it is asked again")
        case .unauthenticated, .permissionDenied:
            self.init(
                code: .refused, message: message,
                hint: "check the client certificate, and what the proxy before Relay asks for")
        case .unimplemented:
            self.init(
                code: .unsupported, message: message,
                hint: "check that the address is Hubble Relay's: there is no observer.Observer/GetFlows")
        case .invalidArgument:
            self.init(
                code: .unsupported, message: message, hint: "check Relay's version; Cilium 1.12 or newer is needed")
        case .unavailable, .resourceExhausted:
            self.init(code: .unavailable, message: message, hint: "check Relay and its connections to the nodes")
        default:
            self.init(code: .server, message: message, hint: "look into Relay's log")
        }
    }
}
