/// Walks over JSON bytes without building values: finds where values begin and end.
///
/// Skipped values are only matched for quotes and brackets, so that the cost of what nobody needs stays near that of
/// reading the bytes. What is kept is checked in full (`JSONScanner+Values.swift`).
struct JSONScanner {
    let bytes: [UInt8]
    var position: Int
    let end: Int

    /// Deeper values than this are refused: Kubernetes' own limit for JSON is 10,000, its objects stay below 30.
    static let depthLimit = 200

    init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        self.bytes = bytes
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? bytes.count
    }

    /// The next byte that is not white space; nil at the end. Stays in front of it.
    mutating func peek() -> UInt8? {
        while position < end {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return byte }
            position += 1
        }
        return nil
    }

    mutating func take(_ expected: UInt8) throws(JSONFailure) {
        guard peek() == expected else { throw .notJSON }
        position += 1
    }

    /// Passes one value of any kind and returns where it stands.
    mutating func skipValue() throws(JSONFailure) -> Range<Int> {
        guard let first = peek() else { throw .notJSON }
        let start = position
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): try skipNested()
        case UInt8(ascii: "\""): try skipString()
        default: try skipScalar()
        }
        return start..<position
    }

    private mutating func skipNested() throws(JSONFailure) {
        var depth = 0
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                try skipString()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            position += 1
            if depth == 0 { return }
        }
        throw .notJSON
    }

    mutating func skipString() throws(JSONFailure) {
        position += 1
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "\\"): position += 2
            case UInt8(ascii: "\""):
                position += 1
                return
            default: position += 1
            }
        }
        position = end
        throw .notJSON
    }

    private mutating func skipScalar() throws(JSONFailure) {
        let start = position
        while position < end, Self.isScalar(bytes[position]) { position += 1 }
        guard position > start else { throw .notJSON }
    }

    private static func isScalar(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "E")
    }

    /// Calls the body for each member of the object ahead; the body has to pass the value.
    mutating func forEachMember(
        _ body: (_ key: String, _ scanner: inout JSONScanner) throws(JSONFailure) -> Void
    ) throws(JSONFailure) {
        try take(UInt8(ascii: "{"))
        guard peek() != UInt8(ascii: "}") else {
            position += 1
            return
        }
        while true {
            guard peek() == UInt8(ascii: "\"") else { throw .notJSON }
            let key = try readString()
            try take(UInt8(ascii: ":"))
            try body(key, &self)
            guard try continues(until: UInt8(ascii: "}")) else { return }
        }
    }

    /// Calls the body for each element of the array ahead; the body has to pass the value.
    mutating func forEachElement(
        _ body: (_ scanner: inout JSONScanner) throws(JSONFailure) -> Void
    ) throws(JSONFailure) {
        try take(UInt8(ascii: "["))
        guard peek() != UInt8(ascii: "]") else {
            position += 1
            return
        }
        while true {
            try body(&self)
            guard try continues(until: UInt8(ascii: "]")) else { return }
        }
    }

    private mutating func continues(until close: UInt8) throws(JSONFailure) -> Bool {
        let byte = peek()
        guard byte == UInt8(ascii: ",") || byte == close else { throw .notJSON }
        position += 1
        return byte != close
    }
}
