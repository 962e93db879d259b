import FoundationEssentials

/// Cuts the pieces of a listing into its items, so that a page of any size takes no more memory than one of them.
struct ListSplitter {
    /// The answer is no list, or larger in one place than is allowed.
    struct Malformed: Error {}

    /// What a page says besides its items.
    struct Envelope {
        let version: String
        let continueToken: String
    }

    private static let largestEnvelope = 1 << 20

    private let limit: Int
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// The string that began last at depth 1: the key before a value, or the value itself.
    private var lastText: [UInt8] = []
    private var isInItems = false
    private var hasItems = false
    private var item: [UInt8] = []
    /// The document without its items.
    private var envelope: [UInt8] = []
    /// Items larger than the bound, which were passed over.
    private var oversized = 0

    init(limit: Int) { self.limit = limit }

    /// Hands on the items that are complete.
    mutating func take(_ piece: UnsafeRawBufferPointer, _ body: ([UInt8]) throws -> Void) throws {
        for byte in piece {
            let wasInString = isInString
            advanceString(byte)
            guard wasInString || isInString else {
                try advanceStructure(byte, body)
                continue
            }
            if depth == 1, !isInItems { try noteText(byte, isStart: !wasInString) }
            if !isInItems || depth > 2 { try keep(byte) }
        }
    }

    /// How many items were passed over since the last call, since they are too large.
    mutating func takeOversized() -> Int {
        defer { oversized = 0 }
        return oversized
    }

    /// What the page said; throws if it did not end, or is no list.
    func end() throws -> Envelope {
        guard depth == 0, !isInString, hasItems,
            let list = try? JSONDecoder().decode(List.self, from: Data(envelope)), list.kind.hasSuffix("List")
        else { throw Malformed() }
        return Envelope(version: list.metadata?.resourceVersion ?? "", continueToken: list.metadata?.continue ?? "")
    }

    private mutating func advanceString(_ byte: UInt8) {
        guard isInString else {
            isInString = byte == UInt8(ascii: "\"")
            return
        }
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
        }
    }

    private mutating func noteText(_ byte: UInt8, isStart: Bool) throws {
        if isStart {
            lastText = []
        } else if isInString {
            lastText.append(byte)
            guard lastText.count <= Self.largestEnvelope else { throw Malformed() }
        }
    }

    private mutating func advanceStructure(_ byte: UInt8, _ body: ([UInt8]) throws -> Void) throws {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            depth += 1
            guard depth <= 10_000 else { throw Malformed() }
            try keep(byte)
            if depth == 2, byte == UInt8(ascii: "["), lastText == Array("items".utf8), !hasItems {
                (isInItems, hasItems) = (true, true)
            }
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            guard depth >= 0 else { throw Malformed() }
            if isInItems, depth == 1 { isInItems = false }
            try keep(byte)
            if isInItems, depth == 2 { try finishItem(body) }
        case UInt8(ascii: "n") where depth == 1 && lastText == Array("items".utf8):
            // `"items": null` is how an empty slice of Go may be written.
            hasItems = true
            try keep(byte)
        default:
            try keep(byte)
        }
    }

    private mutating func keep(_ byte: UInt8) throws {
        guard isInItems else {
            guard envelope.count < Self.largestEnvelope else { throw Malformed() }
            envelope.append(byte)
            return
        }
        // Between items there are commas and white space.
        guard depth > 2 || byte == UInt8(ascii: "}") else { return }
        if item.count <= limit { item.append(byte) }
    }

    /// The next item begins without it; one that is too large was not kept whole.
    private mutating func finishItem(_ body: ([UInt8]) throws -> Void) throws {
        let whole = item
        item.removeAll(keepingCapacity: whole.count < 1 << 16)
        guard whole.count <= limit else {
            oversized += 1
            return
        }
        try body(whole)
    }

    private struct List: Decodable {
        struct Metadata: Decodable {
            let resourceVersion: String?
            let `continue`: String?
        }

        let kind: String
        let metadata: Metadata?
    }
}
