import FoundationEssentials
import HTTPTypes
import Hummingbird

/// Why a request was refused, as `application/problem+json` (RFC 9457). Never holds a secret or anything of a body.
struct Problem: Error, Sendable {
    let status: HTTPResponse.Status
    /// A short word for machines and metrics.
    let reason: String
    let title: String
    /// What the sender can do.
    let detail: String
    var retryAfter: Int?
    var headers: HTTPFields = [:]
    /// What became of the records, where some were read.
    var counts: IngestAnswer?

    init(
        _ status: HTTPResponse.Status, _ reason: String, _ title: String, detail: String, retryAfter: Int? = nil
    ) {
        self.status = status
        self.reason = reason
        self.title = title
        self.detail = detail
        self.retryAfter = retryAfter
    }

    /// A failure of the service itself: the log has it under the request's id.
    static let failed = Problem(
        .internalServerError, "failed", "Failed",
        detail: "the service failed: its log tells more under this request's id")

    private struct Document: Encodable {
        let type = "about:blank"
        let title: String
        let status: Int
        let detail: String
        let instance: String
        let reason: String
        let counts: IngestAnswer?
    }

    /// The answer.
    ///
    /// - Parameter requestID: the correlation id, under which the log has more.
    func response(requestID: String) -> Response {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        let document = Document(
            title: title, status: status.code, detail: detail, instance: "request/\(requestID)", reason: reason,
            counts: counts)
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSON.bytes(document))))
    }
}

/// JSON with sorted keys.
enum JSON {
    static func bytes(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Fails for numbers that are not finite alone, which none of these documents hold.
        return (try? encoder.encode(value)).map(Array.init) ?? Array("{}".utf8)
    }

    static func text(_ value: some Encodable) -> String { String(decoding: bytes(value), as: UTF8.self) }
}
