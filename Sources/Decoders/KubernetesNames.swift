/// What may be a name in Kubernetes and DNS; records are hostile until they pass.
enum KubernetesNames {
    /// A namespace (RFC 1123 label).
    static func isNamespace(_ name: String) -> Bool { isMade(name, limit: 63, isLowerNameByte) }

    /// The name of a pod or a workload (RFC 1123 subdomain).
    static func isObjectName(_ name: String) -> Bool { isMade(name, limit: 253) { isLowerNameByte($0) || $0 == dot } }

    static func isKind(_ name: String) -> Bool { isMade(name, limit: 63) { isLetterOrDigit($0) } }

    /// The name of a cluster in a mesh: older releases allowed more than an RFC 1123 label.
    static func isCluster(_ name: String) -> Bool {
        isMade(name, limit: 253) { isLetterOrDigit($0) || $0 == dash || $0 == dot || $0 == underscore }
    }

    /// A label's key: an optional prefix with a slash, and a name.
    static func isLabelKey(_ key: String) -> Bool {
        isMade(key, limit: 317) { isLabelByte($0) || $0 == UInt8(ascii: "/") }
    }

    static func isLabelValue(_ value: String) -> Bool { value.isEmpty || isMade(value, limit: 63, isLabelByte) }

    /// A DNS name or pattern, in lower case and without its trailing dot; nil for anything else.
    static func dnsName(_ text: String) -> String? {
        let bare = text.hasSuffix(".") ? String(text.dropLast()) : text
        let isName = isMade(bare, limit: 253) { isLabelByte($0) || $0 == UInt8(ascii: "*") }
        return isName ? bare.lowercased() : nil
    }

    private static let dot = UInt8(ascii: ".")
    private static let dash = UInt8(ascii: "-")
    private static let underscore = UInt8(ascii: "_")

    private static func isMade(_ text: String, limit: Int, _ isAllowed: (UInt8) -> Bool) -> Bool {
        (1...limit).contains(text.utf8.count) && text.utf8.allSatisfy(isAllowed)
    }

    private static func isLowerNameByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || isDigit(byte) || byte == dash
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || byte == dash || byte == dot || byte == underscore
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 32) || isDigit(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
