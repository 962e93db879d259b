/// The kind that the items of a typed list leave out.
struct ItemKind {
    let kind: String
    let apiVersion: String
}

/// The outer members of a document, as far as they were read.
struct Envelope {
    private var kind = ""
    private var apiVersion = ""
    /// Where `items` begins, also if its end is missing.
    private(set) var itemsStart: Int?
    private(set) var items: Range<Int>?

    var isList: Bool { kind.hasSuffix("List") }

    /// What the items are unless they say so themselves; nil for a `List`, whose items always do.
    var itemKind: ItemKind? {
        kind.count > 4 && isList ? ItemKind(kind: String(kind.dropLast(4)), apiVersion: apiVersion) : nil
    }

    mutating func read(from scanner: inout JSONScanner) throws(JSONFailure) {
        var found = self
        defer { self = found }
        try scanner.forEachMember { (key, scanner) throws(JSONFailure) in
            switch key {
            case "kind": found.kind = try scanner.read(.text).text ?? ""
            case "apiVersion": found.apiVersion = try scanner.read(.text).text ?? ""
            case "items":
                _ = scanner.peek()
                found.itemsStart = scanner.position
                found.items = try scanner.skipValue()
            default: _ = try scanner.skipValue()
            }
        }
    }
}
