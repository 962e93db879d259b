/// Why a file cannot be placed or edited in a repository.
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
        /// A manifest is written in a way that cannot be edited without touching more than the edit.
        package static let uneditableManifest = Code(rawValue: "uneditableManifest")
        /// A manifest does not hold what is to be edited.
        package static let changedManifest = Code(rawValue: "changedManifest")
        /// A document cannot go, since nothing would remain around it.
        package static let onlyDocument = Code(rawValue: "onlyDocument")
        package static let unreadableKustomization = Code(rawValue: "unreadableKustomization")
    }

    package init(code: Code, message: String, hint: String) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    package var description: String { "\(message) (\(hint))" }
}
