import HTTPTransport

/// One API request in the forge's terms.
struct ForgeCall: Sendable {
    /// What a lost answer means for a second try.
    enum Effect: Sendable {
        /// Changes nothing.
        case read
        /// Leads to the same state when it is done twice.
        case idempotent
        /// Must not be done twice.
        case once
    }

    let method: String
    /// Behind the API's root, beginning with `/`, encoded.
    let path: String
    /// Encoded, without the question mark.
    var query: String
    let body: [UInt8]?
    let effect: Effect
    /// Whether an answer only says that the forge has not seen yet what was done a moment ago.
    var isLag: @Sendable (HTTPResponse) -> Bool = { _ in false }

    /// A request that only reads.
    static func get(_ path: String, query: [(String, String)] = []) -> ForgeCall {
        ForgeCall(method: "GET", path: path, query: encoded(query: query), body: nil, effect: .read)
    }

    /// A request that writes.
    static func write(_ method: String, _ path: String, _ body: [UInt8], effect: Effect) -> ForgeCall {
        ForgeCall(method: method, path: path, query: "", body: body, effect: effect)
    }

    /// The same request, patient with a forge that lags behind.
    func patient(_ isLag: @escaping @Sendable (HTTPResponse) -> Bool) -> ForgeCall {
        var call = self
        call.isLag = isLag
        return call
    }

    /// One part of a path or query with everything but unreserved characters encoded (RFC 3986, 2.3).
    static func encoded(_ part: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in part.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: bytes.append(byte)
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func encoded(query: [(String, String)]) -> String {
        query.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
    }
}
