/// Why a file cannot be placed in a repository.
package struct LayoutError: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: Code
    package let message: String
    /// What the operator can do next.
    package let hint: String

    /// What is in the way.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let badPath = Code(rawValue: "badPath")
        package static let foreignFile = Code(rawValue: "foreignFile")
        package static let editedFile = Code(rawValue: "editedFile")
        package static let namespaceTransformer = Code(rawValue: "namespaceTransformer")
        package static let unreadableKustomization = Code(rawValue: "unreadableKustomization")
    }

    package init(code: Code, message: String, hint: String) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    package var description: String { "\(message) (\(hint))" }
}
