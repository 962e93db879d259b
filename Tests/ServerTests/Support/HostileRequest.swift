import Foundation

/// Bytes that no well-meaning client sends, and the statuses that may answer them.
struct HostileRequest: Sendable {
    let name: String
    let text: String
    /// Statuses of the first answer; an empty list stands for a connection that is closed without one.
    let statuses: Set<Int>

    init(_ name: String, _ text: String, _ statuses: Set<Int>) {
        self.name = name
        self.text = text
        self.statuses = statuses
    }

    static let all = framing + lines + paths + heads

    private static func post(_ fields: String, _ rest: String = "", path: String = "/v1/observations/hubble") -> String
    {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n\r\n\(rest)"
    }

    private static func get(_ path: String, _ fields: String = "", method: String = "GET") -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n"
    }

    /// What two programs could read as different bodies (RFC 9112, 6.3 and 11.2).
    private static let framing: [HostileRequest] = [
        .init(
            "length and chunks", post("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n" + get("/livez")),
            [400]),
        .init(
            "chunks and length", post("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n" + get("/livez")),
            [400]),
        .init("two lengths", post("Content-Length: 0\r\nContent-Length: 40", get("/livez")), [400]),
        .init("a list of lengths", post("Content-Length: 0, 40", get("/livez")), [400]),
        .init("negative length", post("Content-Length: -1", "x"), [400]),
        .init("length with a sign", post("Content-Length: +1", "x"), [400]),
        .init("length in hexadecimal", post("Content-Length: 0x1", "x"), [400]),
        .init("length beyond 64 bits", post("Content-Length: 99999999999999999999", "x"), [400]),
        .init("huge length", post("Content-Length: 9223372036854775807", "x"), [413]),
        .init("larger than allowed", post("Content-Length: 2199023255552", "x"), [413]),
        .init("chunked, but not last", post("Transfer-Encoding: chunked, gzip", "0\r\n\r\n"), [400]),
        .init("unknown transfer coding", post("Transfer-Encoding: xchunked", "0\r\n\r\n"), [400, 501]),
        .init("chunk size beyond 64 bits", post("Transfer-Encoding: chunked", "fffffffffffffffff\r\nx"), [400]),
        .init("negative chunk size", post("Transfer-Encoding: chunked", "-1\r\nx"), [400]),
        .init("chunk size that is no number", post("Transfer-Encoding: chunked", "zz\r\nx\r\n0\r\n\r\n"), [400]),
        .init("chunk without its end", post("Transfer-Encoding: chunked", "1\r\nxx0\r\n\r\n"), [400]),
        .init("chunk that never comes", post("Transfer-Encoding: chunked", "7fffffff\r\nx"), [400]),
        .init(
            "a megabyte of chunk extension",
            post("Transfer-Encoding: chunked", "1;" + String(repeating: "e", count: 1 << 20) + "\r\n"), [400]),
        .init("body that breaks off", post("Content-Length: 100", "x"), [400]),
    ]

    /// Request lines and protocols.
    private static let lines: [HostileRequest] = [
        .init("HTTP/0.9", "GET /livez\r\n", [400]),
        .init("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400]),
        .init("HTTP/3.7", "GET /livez HTTP/3.7\r\nHost: localhost\r\n\r\n", [400]),
        .init("TLS handshake", "\u{16}\u{03}\u{01}\u{02}\u{00}\u{01}\u{00}", [400]),
        .init("nothing but line ends", "\r\n\r\n\r\n", []),
        .init("blank", "", []),
        .init("half a head", "GET /livez HTTP/1.1\r\nHost: loc", [400]),
        .init("CONNECT", "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", [400, 404, 405]),
        .init("TRACE", get("/livez", "X-Secret: seen\r\n", method: "TRACE"), [405]),
        .init("OPTIONS *", get("*", method: "OPTIONS"), [404]),
        .init("unknown method", get("/livez", method: "BREW"), [400, 405]),
        .init("authority form", get("localhost:80"), [400, 404]),
        .init("method override", get("/v1/learn", "X-HTTP-Method-Override: POST\r\n"), [405]),
        .init("upgrade", get("/livez", "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"), [200]),
    ]

    /// Spellings of paths that must lead nowhere.
    private static let paths: [HostileRequest] =
        [
            "//v1/status", "/v1//status", "/v1/status/", "/v1/./status", "/v1/observations/../status",
            "/v1/%73tatus", "/v1/observations/%2e%2e/status", "/V1/status", "/v1/status;x", "/v1/status%00",
            "/v1/status%20", "/v1\\status", "/metrics/../v1/status", "/livez/../v1/status", "/", "/v1",
            "/" + String(repeating: "a/", count: 4000),
        ].map { .init("path \($0.prefix(40))", get($0), [404]) }
        + [
            .init("NUL in the path", get("/livez\u{0}/../v1/status"), [400]),
            .init("a path of a megabyte", get("/" + String(repeating: "a", count: 1 << 20)), [400]),
            .init("source with a slash", post("Content-Length: 0", path: "/v1/observations/audit%2fhubble"), [404]),
            .init("source that climbs", post("Content-Length: 0", path: "/v1/observations/../learn"), [404]),
            .init("source and a NUL", post("Content-Length: 0", path: "/v1/observations/hubble%00"), [404]),
            .init("no source", post("Content-Length: 0", path: "/v1/observations/"), [404]),
            .init("unknown source", post("Content-Length: 0", path: "/v1/observations/falco"), [404]),
        ]

    /// Header fields.
    private static let heads: [HostileRequest] = [
        .init("a head of a megabyte", get("/livez", "X: \(String(repeating: "x", count: 1 << 20))\r\n"), [400]),
        .init("10,000 fields", get("/livez", (0..<10_000).map { "X-\($0): y\r\n" }.joined()), [400]),
        .init("10,000 times the same field", get("/livez", String(repeating: "X: y\r\n", count: 10_000)), [400]),
        .init("field without a colon", get("/livez", "Nonsense\r\n"), [400]),
        .init("space before the colon", get("/livez", "Host : evil\r\n"), [400]),
        .init("folded field", get("/livez", "X: a\r\n b\r\n"), [200, 400]),
        .init("NUL in a value", get("/livez", "X: a\u{0}b\r\n"), [400]),
        .init("NUL in a name", get("/livez", "X\u{0}Y: b\r\n"), [400]),
        .init("bare carriage return", get("/livez", "X: a\rY: b\r\n"), [400]),
        .init("no name", get("/livez", ": b\r\n"), [400]),
        .init(
            "forged address",
            get("/v1/status", "X-Forwarded-For: 10.9.8.7\r\nForwarded: for=10.9.8.7\r\nX-Real-IP: 10.9.8.7\r\n"), [401]),
        .init("forged id", get("/v1/status", "X-Request-Id: a\"},{\"level\":\"error\r\n"), [401]),
        .init("forged host", "GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil\r\n\r\n", [400, 401]),
    ]
}
