/// The rules for names that an API server enforces; what breaks them is no object of a cluster.
enum ObjectName {
    /// A DNS label of at most 63 characters (RFC 1123), as namespaces are named.
    static func isNamespace(_ text: String) -> Bool {
        isSubdomain(text) && text.utf8.count <= 63 && !text.utf8.contains(UInt8(ascii: "."))
    }

    /// A DNS subdomain of at most 253 characters (RFC 1123), as most objects are named.
    static func isSubdomain(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count), let first = text.utf8.first, let last = text.utf8.last else {
            return false
        }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    /// A path segment (`k8s.io/apimachinery/pkg/api/validation/path`), as RBAC objects are named: colons and more.
    static func isPathSegment(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "%") }
    }

    /// A kind, or an API group.
    static func isKind(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                isAlphanumeric($0 | 32) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
            }
    }

    /// True if all keys and values are such as the API server accepts for labels.
    static func areLabels(_ labels: [String: String]) -> Bool {
        labels.allSatisfy { isLabelKey($0.key) && isLabelValue($0.value) }
    }

    static func isLabelKey(_ key: String) -> Bool {
        guard let slash = key.utf8.firstIndex(of: UInt8(ascii: "/")) else { return !key.isEmpty && isLabelValue(key) }
        let name = key[key.index(after: slash)...]
        return !name.isEmpty && isSubdomain(String(key[..<slash])) && isLabelValue(String(name))
    }

    static func isLabelValue(_ value: String) -> Bool {
        guard let first = value.utf8.first, let last = value.utf8.last else { return true }
        return value.utf8.count <= 63 && isAlphanumeric(first | 32) && isAlphanumeric(last | 32)
            && value.utf8.allSatisfy {
                isAlphanumeric($0 | 32) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
            }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte)
    }
}
