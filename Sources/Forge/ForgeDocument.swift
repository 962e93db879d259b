import FoundationEssentials

/// Writes request bodies.
enum ForgeDocument {
    /// JSON with sorted keys; absent values are left out.
    static func bytes(_ document: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try Array(encoder.encode(document))
    }
}
