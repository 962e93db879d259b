import Domain

/// The authorizer's words about why it allowed a request.
///
/// `RBAC: allowed by RoleBinding "edit/shop" of ClusterRole "edit" to Group "developers"`: names are quoted as Go's
/// `%q` does (k8s.io/kubernetes, plugin/pkg/auth/authorizer/rbac).
struct GrantReason: Hashable {
    var binding: BindingKey { BindingKey(namespace: bindingNamespace, name: bindingName) }

    /// The cluster scope for a ClusterRoleBinding.
    let bindingNamespace: Namespace
    let bindingName: String
    /// The cluster scope for a ClusterRole; a Role is one of the binding's namespace.
    let role: RoleKey
    let subject: Subject

    /// Nil for anything but the exact form.
    init?(_ text: String) {
        var rest = Substring(text)
        guard Self.skip("RBAC: allowed by ", in: &rest), let binding = Self.word(in: &rest),
            let bindingText = Self.quoted(in: &rest), Self.skip(" of ", in: &rest),
            let roleKind = Self.word(in: &rest), ["ClusterRole", "Role"].contains(roleKind),
            let roleName = Self.quoted(in: &rest), Self.skip(" to ", in: &rest),
            let kind = Self.word(in: &rest).flatMap(Subject.Kind.init), let grantee = Self.quoted(in: &rest),
            rest.isEmpty
        else { return nil }
        switch binding {
        case "ClusterRoleBinding":
            bindingNamespace = .clusterScope
            bindingName = bindingText
        case "RoleBinding":
            guard let (name, namespace) = Self.split(bindingText) else { return nil }
            bindingNamespace = Namespace(namespace)
            bindingName = name
        default: return nil
        }
        role = RoleKey(namespace: roleKind == "Role" ? bindingNamespace : .clusterScope, name: roleName)
        if kind == .serviceAccount {
            guard let (name, namespace) = Self.split(grantee) else { return nil }
            subject = Subject(kind: kind, namespace: Namespace(namespace), name: name)
        } else {
            subject = Subject(kind: kind, name: grantee)
        }
    }

    private static func skip(_ prefix: String, in rest: inout Substring) -> Bool {
        guard rest.hasPrefix(prefix) else { return false }
        rest = rest.dropFirst(prefix.count)
        return true
    }

    /// A word and the space behind it.
    private static func word(in rest: inout Substring) -> String? {
        guard let end = rest.firstIndex(of: " ") else { return nil }
        defer { rest = rest[rest.index(after: end)...] }
        return String(rest[..<end])
    }

    /// `name/namespace`: neither holds another slash.
    private static func split(_ text: String) -> (String, String)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        return (String(parts[0]), String(parts[1]))
    }

    /// A string as Go's `strconv.Quote` writes it; nil for one that is not valid UTF-8.
    private static func quoted(in rest: inout Substring) -> String? {
        guard rest.unicodeScalars.first == "\"" else { return nil }
        var scalars = rest.unicodeScalars.dropFirst()
        var result = String.UnicodeScalarView()
        while let next = scalars.popFirst() {
            switch next {
            case "\"":
                rest = Substring(scalars)
                return String(result)
            case "\\":
                guard let scalar = escaped(in: &scalars) else { return nil }
                result.append(scalar)
            default: result.append(next)
            }
        }
        return nil
    }

    private static let shortEscapes: [Unicode.Scalar: Unicode.Scalar] = [
        "a": "\u{7}", "b": "\u{8}", "f": "\u{c}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{b}", "\\": "\\", "\"": "\"",
    ]

    private static func escaped(in scalars: inout Substring.UnicodeScalarView) -> Unicode.Scalar? {
        guard let kind = scalars.popFirst() else { return nil }
        if let short = shortEscapes[kind] { return short }
        guard let digits = ["x": 2, "u": 4, "U": 8][kind], scalars.count >= digits else { return nil }
        let text = String(Substring(scalars.prefix(digits)))
        scalars = scalars.dropFirst(digits)
        // `\x80` and above are bytes of broken UTF-8, not characters.
        guard let value = UInt32(text, radix: 16), kind != "x" || value < 0x80 else { return nil }
        return Unicode.Scalar(value)
    }
}
