/// Names and labels of generated objects.
package enum GeneratedName {
    /// What marks an object as written by Leastwise.
    package static let labels: Labels = ["app.kubernetes.io/managed-by": "leastwise"]

    /// The annotation of a role that says what of it was concluded and not observed.
    package static let inferredAnnotation = "leastwise/inferred"

    /// The label that every namespace carries with its own name (KEP-2161, Kubernetes 1.22 and later).
    package static let namespaceLabel = "kubernetes.io/metadata.name"

    /// Joins the parts to a DNS subdomain name of at most 63 characters (RFC 1123), which is also a safe file name.
    ///
    /// Parts that had to be changed or cut get a hash of the original, so that different parts never share a name.
    package static func object(_ parts: String...) -> String {
        let joined = parts.joined(separator: "-")
        let safe = subdomain(joined.utf8.map { isSafe($0) ? Character(UnicodeScalar($0)) : "-" })
        if safe == joined, !safe.isEmpty, safe.utf8.count <= 63 { return joined }
        let stem = subdomain(Array(safe.prefix(54)))
        return (stem.isEmpty ? "" : stem + "-") + shortHash(parts.joined(separator: "\u{0}"))
    }

    /// The characters without what may not stand at the ends of a label, and without empty labels.
    private static func subdomain(_ characters: [Character]) -> String {
        let labels = characters.split(separator: ".").map { label in
            label.drop { $0 == "-" }.reversed().drop { $0 == "-" }.reversed()
        }
        return labels.filter { !$0.isEmpty }.map { String($0) }.joined(separator: ".")
    }

    private static func isSafe(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    /// Eight hexadecimal digits of FNV-1a (64 bits, folded): stable over versions and machines.
    package static func shortHash(_ text: String) -> String {
        let hash = text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let folded = UInt32(truncatingIfNeeded: hash ^ hash >> 32)
        let digits = String(folded, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
