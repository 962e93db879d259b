/// What is wrong with a configuration, and how to mend it.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: Code
    package let message: String
    /// What the operator can do next.
    package let hint: String

    /// What is wrong.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let unreadable = Code(rawValue: "unreadable")
        package static let notYAML = Code(rawValue: "notYAML")
        package static let unknownKey = Code(rawValue: "unknownKey")
        package static let wrongType = Code(rawValue: "wrongType")
        package static let badValue = Code(rawValue: "badValue")
        package static let missing = Code(rawValue: "missing")
    }

    package init(code: Code, message: String, hint: String) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    package var description: String { "\(message)\n  \(hint)" }
}
