extension JSONScanner {
    /// Builds the parts of the value ahead that the shape names, and passes the rest.
    ///
    /// Null counts as absent. A value of another type than the shape's is a failure, never a guess.
    mutating func read(_ shape: Shape, depth: Int = 0) throws(JSONFailure) -> JSONValue {
        guard depth < Self.depthLimit else { throw .tooLong }
        guard let first = peek() else { throw .notJSON }
        if first == UInt8(ascii: "n") { return try readScalar() }
        switch shape {
        case .scalar:
            guard first != UInt8(ascii: "{"), first != UInt8(ascii: "[") else { throw .wrongType }
            return try readScalar()
        case .text:
            guard first == UInt8(ascii: "\"") else { throw .wrongType }
            return .string(try readString())
        case .object(let members):
            return try readObject(depth: depth) { key in members[key] }
        case .texts:
            return try readObject(depth: depth) { _ in .text }
        case .array(let element):
            return try readArray(element, depth: depth)
        case .open(let members):
            return try readObject(depth: depth) { key in members[key] ?? .presence }
        case .presence:
            _ = try skipValue()
            return .bool(true)
        }
    }

    private mutating func readObject(depth: Int, shape: (String) -> Shape?) throws(JSONFailure) -> JSONValue {
        guard peek() == UInt8(ascii: "{") else { throw .wrongType }
        var members: [String: JSONValue] = [:]
        try forEachMember { (key, scanner) throws(JSONFailure) in
            guard let shape = shape(key) else {
                _ = try scanner.skipValue()
                return
            }
            let value = try scanner.read(shape, depth: depth + 1)
            // The last of equal keys counts, as for the API server.
            members[key] = value == .null ? nil : value
        }
        return .object(members)
    }

    private mutating func readArray(_ element: Shape, depth: Int) throws(JSONFailure) -> JSONValue {
        guard peek() == UInt8(ascii: "[") else { throw .wrongType }
        var elements: [JSONValue] = []
        try forEachElement { (scanner) throws(JSONFailure) in
            let value = try scanner.read(element, depth: depth + 1)
            // Dropping it could widen what the list means (an exception, a peer).
            guard value != .null else { throw .wrongType }
            elements.append(value)
        }
        return .array(elements)
    }

    private mutating func readScalar() throws(JSONFailure) -> JSONValue {
        if peek() == UInt8(ascii: "\"") { return .string(try readString()) }
        let range = try skipValue()
        let text = String(decoding: bytes[range], as: UTF8.self)
        switch text {
        case "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default:
            guard Self.isNumber(bytes[range]) else { throw .notJSON }
            return Int64(text).map { .integer($0) } ?? .number(text)
        }
    }

    /// RFC 8259, 6: `-`, digits without a leading zero, a fraction, an exponent.
    private static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        func passDigits() -> Int {
            let digits = rest.prefix { (48...57).contains($0) }
            rest = rest.dropFirst(digits.count)
            return digits.count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let whole = passDigits()
        guard whole > 0, whole == 1 || !startsWithZero else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard passDigits() > 0 else { return false }
        }
        if let exponent = rest.first, exponent | 32 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard passDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    /// Reads the string ahead, with its escapes resolved.
    mutating func readString() throws(JSONFailure) -> String {
        let start = position + 1
        try skipString()
        let content = bytes[start..<(position - 1)]
        guard content.contains(UInt8(ascii: "\\")) else {
            guard !content.contains(where: { $0 < 0x20 }) else { throw .notJSON }
            guard let text = String(validating: content, as: UTF8.self) else { throw .notText }
            return text
        }
        return try Self.unescape(content)
    }

    private static func unescape(_ content: ArraySlice<UInt8>) throws(JSONFailure) -> String {
        var plain: [UInt8] = []
        plain.reserveCapacity(content.count)
        var rest = content
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                plain.append(byte)
                continue
            }
            guard let kind = rest.popFirst() else { throw .notJSON }
            if kind == UInt8(ascii: "u") {
                plain += String(try readScalarEscape(&rest)).utf8
            } else {
                guard let replacement = escapes[kind] else { throw .notJSON }
                plain.append(replacement)
            }
        }
        guard let text = String(validating: plain, as: UTF8.self) else { throw .notText }
        return text
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
        UInt8(ascii: "/"): UInt8(ascii: "/"), UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0c,
        UInt8(ascii: "n"): 0x0a, UInt8(ascii: "r"): 0x0d, UInt8(ascii: "t"): 0x09,
    ]

    /// The character of four hexadecimal digits, or of a surrogate pair that a second escape completes; U+FFFD for a lone
    /// surrogate (RFC 8259, section 7).
    private static func readScalarEscape(_ rest: inout ArraySlice<UInt8>) throws(JSONFailure) -> Character {
        let unit = try readHexadecimal(&rest)
        if let scalar = Unicode.Scalar(unit) { return Character(scalar) }
        guard unit < 0xdc00, rest.starts(with: "\\u".utf8) else { return "\u{fffd}" }
        var ahead = rest.dropFirst(2)
        let low = try readHexadecimal(&ahead)
        guard (0xdc00..<0xe000).contains(low) else { return "\u{fffd}" }
        rest = ahead
        let value = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
        return Unicode.Scalar(value).map { Character($0) } ?? "\u{fffd}"
    }

    private static func readHexadecimal(_ rest: inout ArraySlice<UInt8>) throws(JSONFailure) -> UInt32 {
        let digits = rest.prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw .notJSON }
        rest = rest.dropFirst(4)
        return value
    }
}
