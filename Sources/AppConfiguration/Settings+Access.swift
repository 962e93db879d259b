package import Domain

extension Settings {
    /// How roles are learned, and when unused rights are proposed for removal.
    package struct Access: Sendable {
        package let namesThreshold: Int
        /// Empty unless somebody asks for more than what was observed.
        package let bundles: Set<AccessBundle>
        package let excludedSubjects: Set<Subject>
        package let removals: Bool
        /// Days with audit events in which nobody used a right that is to be removed.
        package let unusedDays: Int
        /// The file of the API server's audit policy; nil where it is not known.
        package let auditPolicy: String?
    }
}

extension Settings.Access {
    init(_ values: ResolvedConfiguration) throws {
        namesThreshold = try values.number("rbac.namesThreshold")
        bundles = Set(try values.list("rbac.bundles").map(Self.bundle))
        excludedSubjects = Set(try values.list("rbac.excludedSubjects").map(Self.subject))
        removals = try values.flag("rbac.removals")
        unusedDays = try values.number("rbac.unusedDays")
        auditPolicy = try values.text("rbac.auditPolicy")
    }

    private static func bundle(_ text: String) throws -> AccessBundle {
        guard let bundle = AccessBundle(rawValue: text) else {
            throw ConfigurationError(
                code: .badValue, message: "rbac.bundles cannot hold '\(text)'",
                hint: "it takes \(AccessBundle.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return bundle
    }

    /// A subject as people write it: `User alice@example.com`, `Group ops`, `ServiceAccount shop/api`.
    private static func subject(_ text: String) throws -> Subject {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        if words.count == 2, let kind = Subject.Kind(rawValue: words[0]) {
            guard kind == .serviceAccount else { return Subject(kind: kind, name: words[1]) }
            let parts = words[1].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            if parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) {
                return Subject(kind: kind, namespace: Namespace(parts[0]), name: parts[1])
            }
        }
        throw ConfigurationError(
            code: .badValue, message: "rbac.excludedSubjects cannot hold '\(text)'",
            hint: "write User NAME, Group NAME or ServiceAccount NAMESPACE/NAME")
    }
}
