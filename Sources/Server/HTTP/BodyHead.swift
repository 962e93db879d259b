import HTTPTypes
import Ingest

/// What a request's head says of its body, checked before a byte of it is read.
struct BodyHead: Sendable {
    /// Nil for a body that is not compressed.
    let coding: ContentCoding?
    /// The `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), as it stands there.
    let key: String?
    /// The `Content-Length`; nil for a body in chunks.
    let length: Int?

    /// Records are recognised by what they are: the media types are those that senders use for them.
    private static let mediaTypes: Set<String> = [
        "application/json", "application/x-ndjson", "application/ndjson", "application/jsonl",
        "application/json-lines", "application/x-jsonlines", "application/json-seq", "text/plain",
        "application/octet-stream",
        // What curl says unless it is told otherwise.
        "application/x-www-form-urlencoded",
    ]

    /// Throws a `Problem` with 400, 413 or 415.
    init(_ headers: HTTPFields, maximumBody: Int) throws {
        coding = try Self.coding(headers[.contentEncoding])
        key = try Self.key(headers[.idempotencyKey])
        let type = headers[.contentType].map { $0.prefix { $0 != ";" }.lowercased().filter { $0 != " " } }
        if let type, !type.isEmpty, !Self.mediaTypes.contains(type) {
            throw Problem(
                .unsupportedMediaType, "media type", "Unsupported media type",
                detail: "send application/json or application/x-ndjson")
        }
        length = headers[.contentLength].flatMap { Int($0) }
        if let length, length > maximumBody { throw Self.tooLarge(maximumBody) }
    }

    static func tooLarge(_ maximum: Int) -> Problem {
        Problem(
            .contentTooLarge, "too large", "Too large",
            detail: "a body is at most \(maximum >> 20) MiB when decompressed: send it in smaller parts")
    }

    private static func coding(_ field: String?) throws -> ContentCoding? {
        guard let field, field.lowercased() != "identity", !field.isEmpty else { return nil }
        if let coding = ContentCoding(token: field) { return coding }
        var problem = Problem(
            .unsupportedMediaType, "content coding", "Unsupported content coding",
            detail: "send gzip, zstd or nothing in Content-Encoding, and one alone")
        problem.headers[.acceptEncoding] = "gzip, zstd"
        throw problem
    }

    private static func key(_ field: String?) throws -> String? {
        guard let field else { return nil }
        guard (1...128).contains(field.utf8.count), field.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw Problem(
                .badRequest, "bad key", "Bad Idempotency-Key",
                detail: "a key has 1 to 128 visible ASCII characters, such as a UUID")
        }
        return field
    }
}

extension HTTPField.Name {
    static let idempotencyKey = Self("Idempotency-Key") ?? .contentType
    static let idempotencyReplayed = Self("Idempotency-Replayed") ?? .contentType
    static let secFetchSite = Self("Sec-Fetch-Site") ?? .origin
    static let requestID = Self("X-Request-Id") ?? .contentType
}
